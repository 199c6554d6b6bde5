"""A request body may be slow, but not for ever: BODY_SECONDS, and one more for every 16 KiB that came."""

import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from werkzeug.exceptions import RequestTimeout

from messenger.web.headers import Wsgi

PIECE = 16 * 1024


class PatientBody:
    """Stands before gunicorn's body and gives up on it when it comes too slowly."""

    def __init__(self, body: Any, connection: socket.socket, seconds: float) -> None:
        self._body, self._connection = body, connection
        self._until = time.monotonic() + seconds

    def read(self, size: int | None = -1) -> bytes:
        """Like any file's; piece by piece, so that what comes counts."""
        pieces, left = [], float("inf") if size is None or size < 0 else size
        while left > 0:
            piece = self._in_time(self._body.read, int(min(PIECE, left)))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def readline(self, size: int | None = -1) -> bytes:
        """Like any file's."""
        return self._in_time(self._body.readline, size if size is not None and size >= 0 else PIECE)

    def __iter__(self) -> Iterable[bytes]:
        return iter(self.readline, b"")

    def _in_time(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            with gevent.Timeout(max(self._until - time.monotonic(), 0.001)):
                piece = read(size)
        except gevent.Timeout:
            # The rest will not be waited for either: the connection ends with the answer.
            self._connection.shutdown(socket.SHUT_RD)
            raise RequestTimeout from None
        self._until += len(piece) / PIECE
        return piece


def patient(inner: Wsgi, seconds: float) -> Wsgi:
    """The application, reading bodies from gunicorn with patience. Upgrades and bodyless requests are left alone."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        has_body = environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ
        if connection is not None and has_body and "HTTP_UPGRADE" not in environ:
            environ["wsgi.input"] = PatientBody(environ["wsgi.input"], connection, seconds)
        return inner(environ, start_response)

    return outer
