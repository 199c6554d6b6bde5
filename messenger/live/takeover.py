"""Takes the accepted connection away from the HTTP server, with the bytes already read behind the request."""

import os
import socket as sockets
import ssl
from _socket import socket as PlainSocket
from typing import Any

from messenger.live.opening import TurnedAway


def check(environ: dict[str, Any]) -> None:
    """Whether the connection can be taken. Raises TurnedAway."""
    sock = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if sock is None:
        raise TurnedAway("This server cannot speak websocket.", 501)
    if isinstance(sock, ssl.SSLSocket) or hasattr(sock, "getpeercert"):
        raise TurnedAway("Here websockets need a proxy in front that ends TLS.", 501)


def take(environ: dict[str, Any]) -> tuple[Any, bytes]:
    """The connection as a plain socket that never blocks, and what had been read of it."""
    take_from = _from_gunicorn if "gunicorn.socket" in environ else _from_werkzeug
    ours, buffered = take_from(environ)
    ours.setblocking(False)
    if ours.family != sockets.AF_UNIX:
        ours.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
    return ours, buffered


def _from_gunicorn(environ: dict[str, Any]) -> tuple[Any, bytes]:
    """Its socket object gives up the descriptor; what it does later with the empty shell harms nobody.

    Not a dup: libev would go on hearing of the old number, and rebuild its whole epoll set each time (milliseconds).
    The bytes wait in the unreader, below the body (which has none) and its reader.
    """
    buffered: bytes = environ["wsgi.input"].reader.unreader.take_buffered()
    theirs = environ["gunicorn.socket"]
    return PlainSocket(theirs.family, theirs.type, theirs.proto, fileno=theirs.detach()), buffered


def _from_werkzeug(environ: dict[str, Any]) -> tuple[Any, bytes]:
    """A copy of the descriptor. Werkzeug goes on to answer, drain and shut down: into a dead end."""
    theirs = environ["werkzeug.socket"]
    ours = PlainSocket(theirs.family, theirs.type, theirs.proto, fileno=os.dup(theirs.fileno()))
    dead_end, other = sockets.socketpair()
    os.dup2(dead_end.fileno(), theirs.fileno(), inheritable=False)
    other.close()
    dead_end.close()
    buffered: bytes = environ["wsgi.input"].peek(64 * 1024)
    return ours, buffered


def leave(environ: dict[str, Any]) -> None:
    """Let the connection end with the answer. gunicorn ignores our header, but not a body that went wrong."""
    body: Any = environ.get("wsgi.input")
    if hasattr(body, "failed"):
        body.failed = True
