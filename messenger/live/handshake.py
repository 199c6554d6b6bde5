"""The opening handshake of RFC 6455 section 4.2, checked before anything else: who fails here was never a websocket."""

import base64
import binascii
from typing import Any

from websockets.utils import accept_key

from messenger.live.opening import ForeignOrigin, TurnedAway


def check(environ: dict[str, Any]) -> str:
    """The client's key. Raises TurnedAway."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("SERVER_PROTOCOL", "HTTP/1.1") < "HTTP/1.1":
        raise TurnedAway()
    if "websocket" not in _tokens(environ, "HTTP_UPGRADE"):
        raise TurnedAway("This address is for websockets.", 426, {"Upgrade": "websocket"})
    if "upgrade" not in _tokens(environ, "HTTP_CONNECTION"):
        raise TurnedAway()
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION", "").strip() != "13":
        wanted = {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        raise TurnedAway("This server speaks version 13 of the protocol.", 426, wanted)
    if environ.get("CONTENT_LENGTH") not in (None, "", "0") or environ.get("HTTP_TRANSFER_ENCODING"):
        raise TurnedAway("A handshake has no body.")
    return _key(environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip())


def _tokens(environ: dict[str, Any], name: str) -> set[str]:
    return {token.strip().lower() for token in environ.get(name, "").split(",")}


def _key(key: str) -> str:
    try:
        is_proper = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        is_proper = False
    if not is_proper:
        raise TurnedAway()
    return key


def answer(key: str, subprotocol: str | None) -> bytes:
    """The 101, up to and with the empty line. No extension is ever accepted: compression costs 95 KiB a socket."""
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines.append(f"Sec-WebSocket-Accept: {accept_key(key)}")
    if subprotocol:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def subprotocols(environ: dict[str, Any]) -> list[str]:
    """What the client offers, in his order."""
    return [name.strip() for name in environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "").split(",") if name.strip()]


def check_origin(request: Any) -> None:
    """For doors that know the visitor by his cookie, which foreign pages' handshakes carry too. Raises ForeignOrigin.

    A request without Origin comes from a program, not from a page.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != request.host_url.rstrip("/").lower():
        raise ForeignOrigin("This page belongs to another site.")
