"""The documented wires. One module each; they do not know each other. What a module must hold stands in protocol.py."""

from flask import Flask

from messenger.protocols import flash_chat, gmessenger, mvp_messenger, netrox, websocket_messenger
from messenger.protocols.protocol import Protocol

ALL: tuple[Protocol, ...] = (
    websocket_messenger.PROTOCOL,
    flash_chat.PROTOCOL,
    netrox.PROTOCOL,
    mvp_messenger.PROTOCOL,
    gmessenger.PROTOCOL,
)
NAMES = tuple(protocol.name for protocol in ALL)


def install(app: Flask) -> None:
    """Open the addresses of all of them."""
    for protocol in ALL:
        protocol.install(app)


def at(app: Flask, path: str) -> Protocol | None:
    """The protocol that an address without a route belongs to: by its home, or by its first word."""
    word = _first_word(path)
    for protocol in ALL:
        if word == protocol.home[1:]:
            return protocol
    for rule in app.url_map.iter_rules():
        if _first_word(rule.rule) == word:
            for protocol in ALL:
                if protocol.owns(rule.endpoint):
                    return protocol
    return None


def _first_word(path: str) -> str:
    return path.lstrip("/").partition("/")[0].partition("<")[0]
