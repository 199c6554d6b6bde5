"""A websocket, opened by hand: the handshake, one frame, and what came instead."""

import base64
import os
import socket
import ssl
from urllib.parse import urlsplit

from messenger.cli.knock import PATIENCE, UNCHECKED
from messenger.core import signed
from messenger.web import echo

FRAME = b"\x81\x05heard"


def opened(url: str) -> str:
    """Nothing when a frame came through; else what happened instead."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https"
    try:
        with socket.create_connection(
            (parts.hostname or "", parts.port or (443 if is_safe else 80)), PATIENCE
        ) as plain:
            line = UNCHECKED.wrap_socket(plain, server_hostname=parts.hostname) if is_safe else plain
            line.sendall(_handshake(url, parts.netloc.rpartition("@")[2]))
            return _judged(line)
    except (OSError, ssl.SSLError) as error:
        return str(error) or type(error).__name__


def _handshake(url: str, host: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {echo.SOCKET}?{signed.query(echo.SOCKET, 5)} HTTP/1.1",
        f"Host: {host}",
        f"Origin: {url}",
        "User-Agent: flask doctor",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def _judged(line: socket.socket) -> str:
    said = b""
    while b"\r\n\r\n" not in said or (said.startswith(b"HTTP/1.1 101") and FRAME not in said):
        chunk = line.recv(4096)
        if not chunk or len(said) > 64 * 1024:
            break
        said += chunk
    head = said.partition(b"\r\n")[0].decode("latin-1")
    if " 101 " not in f"{head} ":
        return head.partition(" ")[2] or "the line was cut"
    return "" if FRAME in said else "the line opens, but no frame comes through"
