"""Gives every request an id and writes one line when it is answered; never its query string, where tokens are."""

import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from werkzeug.wsgi import ClosingIterator

from messenger.web.headers import Wsgi

log = structlog.get_logger("messenger.request")
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def logged(inner: Wsgi) -> Wsgi:
    """The application with X-Request-ID in and out, and its line in the log."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began, seen = time.monotonic(), {"status": 0}
        name = request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        environ["messenger.request_id"], environ["messenger.began"] = name, began
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            seen["status"] = int(status[:3])
            return start_response(status, [*headers, ("X-Request-ID", name)], *error)

        def done() -> None:
            # Sockets write their own lines when they open and close.
            if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
                _line(environ, seen["status"], began)

        return ClosingIterator(inner(environ, start), done)

    return outer


def request_id(asked: str) -> str:
    """The id the proxy in front gave, when it is a sane one; else a new one."""
    return asked if SANE.fullmatch(asked) else uuid.uuid4().hex


def _line(environ: dict[str, Any], status: int, began: float) -> None:
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
    say = log.debug if path == "/healthz" else log.info
    say(
        "request",
        method=environ.get("REQUEST_METHOD", ""),
        path=path,
        status=status,
        address=environ.get("REMOTE_ADDR", ""),
        ms=round((time.monotonic() - began) * 1000, 1),
    )
