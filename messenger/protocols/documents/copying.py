"""Lines to copy: how to get a token with curl, and how to talk on a socket with a command-line client."""

import json
from urllib.parse import quote

import msgspec

from messenger.protocols.documents.routes import Route
from messenger.reception.described import Conversation

REGISTER = """\
curl -s -X POST {origin}/register -d '{{"name": "Ann", "username": "ann", "password": "secret"}}'"""


class Sample(msgspec.Struct, frozen=True):
    """A few lines for one tool."""

    tool: str
    lines: str


def samples(route: Route, told: Conversation, origin: str) -> list[Sample]:
    """For curl, which gets the token, and for websocat and Python's websockets, which talk."""
    address = origin + _filled(route, told)
    frame = _one_line(next(iter(told.hears.values()), ""))
    return [
        Sample("curl", REGISTER.format(origin=origin.replace("ws", "http", 1))),
        Sample("websocat", f"websocat -H 'Authorization: Bearer TOKEN' {_quoted(address)}\n{frame}"),
        Sample("python", f"python -m websockets {_quoted(address + '?token=TOKEN')}\n{frame}"),
    ]


def _filled(route: Route, told: Conversation) -> str:
    path = route.path
    for name in route.variables:
        path = path.replace(f"{{{name}}}", quote(str(told.parameters.get(name, name)), safe=""))
    return path


def _one_line(frame: object) -> str:
    return frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False)


def _quoted(address: str) -> str:
    return f"'{address}'"
