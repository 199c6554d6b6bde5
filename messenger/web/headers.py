"""Security headers on every answer, whoever made it: a page, an error, a file, another WSGI application."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from werkzeug.datastructures import Headers

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
UNUSED = ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "payment", "usb")
# Voice messages are recorded by our own pages alone.
OURS = ("microphone",)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # Never no-referrer: the check of forms on https wants to see where a form came from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([*(f"{thing}=()" for thing in UNUSED), *(f"{thing}=(self)" for thing in OURS)]),
    "X-Frame-Options": "DENY",
    # Files served from disk say for themselves how long they keep; everything else is for this reader, now.
    "Cache-Control": "no-store",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def dressed(inner: Wsgi) -> Wsgi:
    """The application with the headers above on every answer that does not say otherwise itself."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        https = environ.get("wsgi.url_scheme") == "https"

        def start(status: str, lines: list[tuple[str, str]], *error: Any) -> Any:
            headers = Headers(lines)
            dress(headers, https)
            return start_response(status, headers.to_wsgi_list(), *error)

        return inner(environ, start)

    return outer


def dress(headers: MutableMapping[str, str] | Headers, https: bool = False) -> None:
    """Adds what is missing; an answer's own, stricter header stays."""
    for name, value in (ALWAYS | HTTPS_ONLY if https else ALWAYS).items():
        headers.setdefault(name, value)
