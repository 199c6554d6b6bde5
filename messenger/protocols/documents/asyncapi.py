"""The AsyncAPI document of all sockets: a channel for each, with the frames that travel on it in both directions."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Flask

from messenger.extensions import settings
from messenger.protocols.documents import schemas
from messenger.protocols.documents.routes import SOCKET, Route, of
from messenger.reception.described import Conversation, conversation_of
from messenger.version import VERSION

Part = dict[str, Any]

ABOUT = "The sockets of the protocols that this server speaks, at the addresses their clients know."


def sockets(app: Flask) -> list[tuple[Route, Conversation]]:
    """Every socket with what was told of it."""
    return [(route, conversation_of(route.view) or _untold()) for route in of(app) if route.method == SOCKET]


def document(app: Flask, host: str, is_secure: bool) -> Part:
    """The whole, as a plain value."""
    told = {channel_name(route): (route, conversation) for route, conversation in sockets(app)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": settings.site_name, "version": VERSION, "description": ABOUT},
        "defaultContentType": "application/json",
        "servers": {"here": {"host": host, "protocol": "wss" if is_secure else "ws"}},
        "channels": {name: _channel(route, conversation) for name, (route, conversation) in told.items()},
        "operations": {
            f"{deed}_{name}": _operation(deed, name, side, list(frames))
            for name, (_, conversation) in told.items()
            for deed, side, frames in (
                ("receive", "client", conversation.hears),
                ("send", "server", conversation.speaks),
            )
        },
    }


def channel_name(route: Route) -> str:
    """The name of a socket in the document."""
    return f"{route.protocol.name}{re.sub('[^A-Za-z0-9]+', '_', route.address)}".strip("_")


def _channel(route: Route, told: Conversation) -> Part:
    query = {name: example for name, example in told.parameters.items() if name not in route.variables}
    return {
        "address": route.path,
        "title": route.protocol.name,
        "description": f"{told.summary} {told.opening}",
        "tags": [{"name": route.protocol.name}],
        "parameters": {
            name: {"examples": [str(told.parameters[name])] if name in told.parameters else []}
            for name in route.variables
        },
        "messages": {**_messages("client", told.hears), **_messages("server", told.speaks)},
        "bindings": {"ws": {"method": "GET", "query": schemas.drawn([query])}},
    }


def _messages(side: str, frames: Any) -> Part:
    return {
        _message_name(side, name): {
            "name": name,
            "payload": schemas.drawn([example]),
            "examples": [{"name": name, "payload": example}] if isinstance(example, dict) else [],
        }
        for name, example in frames.items()
    }


def _operation(deed: str, channel: str, side: str, frames: Sequence[str]) -> Part:
    place = f"#/channels/{channel}"
    messages = [{"$ref": f"{place}/messages/{_message_name(side, name)}"} for name in frames]
    return {"action": deed, "channel": {"$ref": place}, "messages": messages}


def _message_name(side: str, name: str) -> str:
    return f"{side}_{re.sub('[^A-Za-z0-9_]+', '_', name)}"


def _untold() -> Conversation:
    return Conversation("", {}, {}, {}, "")
