"""The addresses claimed by two parties, and who gets them. Settled before routing: a request that belongs to a protocol
is led to the address under that protocol's home, everything else stays where the pages are.

The address as it was asked for stands in `environ["messenger.asked"]`.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing.exceptions import WebsocketMismatch
from werkzeug.wrappers import Request

from messenger import protocols
from messenger.live import takeover
from messenger.live.opening import TurnedAway
from messenger.reception.body import wants_page
from messenger.web import errors

PAGE = ""
FLASH_CHAT, GMESSENGER, MVP, WEBSOCKET = "/flash-chat", "/gmessenger", "/mvp-messenger", "/websocket-messenger"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LONGEST_BODY = 128 * 1024

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Body(msgspec.Struct):
    """As much of a JSON body as decides whose it is."""

    login: Any = msgspec.UNSET


def by_body(asked: Request) -> str:
    """A form is the page's; JSON with `login` in it is gmessenger's, other JSON flash_chat's."""
    if is_form(asked):
        return PAGE
    try:
        body = msgspec.json.decode(_body(asked), type=Body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return FLASH_CHAT
    return FLASH_CHAT if body.login is msgspec.UNSET else GMESSENGER


def by_form(asked: Request) -> str:
    """A form is the page's, anything else gmessenger's."""
    return PAGE if is_form(asked) or asked.headers.get("HX-Request") == "true" else GMESSENGER


def by_accept(asked: Request) -> str:
    """Who prefers text/html gets the page, everybody else gmessenger's JSON."""
    return PAGE if wants_page(asked) else GMESSENGER


def message_by_accept(asked: Request) -> str:
    """One message for a browser; the messages of a conversation for websocket_messenger."""
    return PAGE if wants_page(asked) else WEBSOCKET


def by_upgrade(asked: Request) -> str:
    """The front page, unless a socket is wanted: that is mvp_messenger's."""
    return MVP if is_upgrade(asked) else PAGE


def by_page_mark(asked: Request) -> str:
    """Sockets of the page say `?page=1`."""
    return PAGE if asked.args.get("page") == "1" else GMESSENGER


def page(asked: Request) -> str:
    """The page's alone, though it looks like one of the next rows."""
    return PAGE


@cache
def _pattern(address: str) -> re.Pattern[str]:
    """The address, each `*` one word of it."""
    return re.compile(address.replace("*", "[^/]+"))


class Door(NamedTuple):
    """Who asks for this address with this method is led where `choose` says."""

    method: str
    address: str
    choose: Callable[[Request], str]

    def fits(self, method: str, path: str) -> bool:
        """Is it this one?"""
        asked = "GET" if method == "HEAD" else method
        return asked == self.method and _pattern(self.address).fullmatch(path) is not None


# The first row that fits decides.
TABLE = (
    Door("GET", "/", by_upgrade),
    Door("POST", "/login", by_body),
    Door("POST", "/register", by_body),
    Door("POST", "/logout", by_form),
    Door("GET", "/chats", by_accept),
    Door("GET", "/chats/ws", by_page_mark),
    Door("GET", "/group/new", page),
    Door("POST", "/group/new", page),
    Door("GET", "/dialog/*", by_accept),
    Door("POST", "/dialog/*", by_form),
    Door("GET", "/dialog/*/ws", by_page_mark),
    Door("GET", "/group/*", by_accept),
    Door("POST", "/group/*", by_form),
    Door("GET", "/group/*/ws", by_page_mark),
    Door("POST", "/group/*/members", by_form),
    Door("GET", "/dialog/*/about", by_accept),
    Door("GET", "/group/*/about", by_accept),
    Door("GET", "/message/*", message_by_accept),
    Door("GET", "/message/*/readers", by_accept),
    Door("GET", "/starred", by_accept),
    Door("POST", "/message/*/reactions", by_form),
)


def install(app: Flask) -> None:
    """Stand before the routing; and answer for what nobody serves in the words of whose address it would be."""
    app.wsgi_app = settled(app.wsgi_app)  # type: ignore[method-assign,assignment]
    app.register_error_handler(NotFound, lambda error: _unserved(app, error))
    app.register_error_handler(MethodNotAllowed, lambda error: _unserved(app, error))
    app.register_error_handler(WebsocketMismatch, lambda error: _mismatched(app))


def settled(inner: Wsgi) -> Wsgi:
    """The application, with every request at the address of the party that it is for."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        environ["messenger.asked"] = path
        for door in TABLE:
            if door.fits(environ.get("REQUEST_METHOD", ""), path):
                home = door.choose(Request(environ))
                return inner({**environ, "PATH_INFO": home + path} if home else environ, start_response)
        return inner(environ, start_response)

    return outer


def is_upgrade(asked: Request) -> bool:
    """Does somebody want a socket?"""
    return asked.headers.get("Upgrade", "").lower() == "websocket"


def is_form(asked: Request) -> bool:
    """Was it sent by a form of a page? A program that calls its JSON a form (`curl -d`) is still a program."""
    if asked.mimetype not in FORMS:
        return False
    return asked.mimetype == FORMS[1] or not _body(asked).lstrip().startswith((b"{", b"["))


def _body(asked: Request) -> bytes:
    """The body, left in place for whoever gets the request; b"" when it is too long to be looked at."""
    if (asked.content_length or 0) > LONGEST_BODY:
        return b""
    asked.max_content_length = LONGEST_BODY
    try:
        body = asked.get_data(cache=True)
    except HTTPException:
        return b""
    asked.environ["wsgi.input"] = BytesIO(body)
    asked.environ["CONTENT_LENGTH"] = str(len(body))
    asked.environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _unserved(app: Flask, error: HTTPException) -> Response:
    """In the words of the protocol whose address it would be, if a protocol's."""
    owner = protocols.at(app, request.path)
    if owner is not None and request.routing_exception is error and not wants_page():
        return owner.answer(error)
    status = error.code or 404
    return errors.answer(status, errors.WORDS[status], [h for h in error.get_headers() if h[0] == "Allow"])


def _mismatched(app: Flask) -> Response:
    """A socket's address asked for without an upgrade, or with half of one; or an upgrade where there is no socket."""
    if is_upgrade(request):
        error = TurnedAway("There is no websocket here, or this is not a proper handshake.", 400)
    else:
        error = TurnedAway("This address is for websockets.", 426, {"Upgrade": "websocket"})
    owner = protocols.at(app, request.path)
    response = owner.answer(error) if owner else errors.answer(error.status, str(error))
    response.headers.update({**error.headers, "Connection": "close"})
    takeover.leave(request.environ)
    return response
