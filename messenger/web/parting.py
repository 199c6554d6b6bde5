"""An answer that ends its connection. gunicorn writes the Connection header itself and drops ours; untold, it promises
to stay and leaves, and the client sends his next request into a closed door."""

from collections.abc import Callable, Iterable
from typing import Any

from messenger.web.headers import Wsgi

CLOSE = ("connection", "close")


def parted(inner: Wsgi) -> Wsgi:
    """The application, whose `Connection: close` is heeded. Stands next to gunicorn, whose method it looks behind."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            force_close = getattr(getattr(start_response, "__self__", None), "force_close", None)
            if force_close is not None and any((name.lower(), value.lower()) == CLOSE for name, value in headers):
                force_close()
            return start_response(status, headers, *error)

        return inner(environ, start)

    return outer
