"""What every documented wire is to the house: a name, a home, addresses, and one way to say no.

A protocol is a module here that makes one `PROTOCOL` and declares everything on it:

    PROTOCOL = Protocol("flash_chat", __name__)
    pages, shared = PROTOCOL.pages, PROTOCOL.shared

    @PROTOCOL.says_no
    def envelope(no: Refusal) -> ResponseReturnValue:          # every error, a fault and a 405 too, comes as a Refusal
        return {"code": str(no.status), "message": no.message, "content": None}, no.status

    @pages.get("/users")                                       # stands at /users and at /flash-chat/users
    def users(): ...

    @shared.post("/login")                                     # at /flash-chat/login; doors.py leads /login there
    def login(): ...

    sock = SafeSock()

    @sock.route("/chats/<username>", bp=pages, dialect=FlashChat())
    def chat(username): ...

What a refusal asks of HTTP (Retry-After, Allow) is added to the envelope here. A socket's door refuses in the same
words: `turn_away = staticmethod(PROTOCOL.answer)` in its dialect. In __init__.py the module's name is added to ALL.
"""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from flask import Blueprint, Flask, Response, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from messenger.core.refusals import Refusal

log = structlog.get_logger(__name__)
KEPT = ("Allow", "Retry-After", "Connection", "Upgrade", "Sec-WebSocket-Version")
FAULT = "Something went wrong on our side. It has been noted."

Envelope = Callable[[Refusal], ResponseReturnValue]


class Protocol:
    """One wire. `pages` stand at the root and under its home, `shared` only under its home."""

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self.home = "/" + name.replace("_", "-")
        self.pages = Blueprint(name, module)
        self.shared = Blueprint(f"{name}_shared", module)
        self.envelope: Envelope

    def says_no(self, envelope: Envelope) -> Envelope:
        """Have this function put every refusal into the protocol's shape."""
        self.envelope = envelope
        for pages in (self.pages, self.shared):
            # 404 and 405 by number too, or the app's own handlers of these numbers would be asked first.
            for kind in (Refusal, HTTPException, Exception, 404, 405):
                pages.register_error_handler(kind, self.answer)
        return envelope

    def answer(self, error: Exception) -> Response:
        """Whatever went wrong, in the protocol's shape."""
        if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
            return make_response(error.get_response())
        refusal = as_refusal(error)
        response = make_response(self.envelope(refusal))
        for name, value in error.get_headers() if isinstance(error, HTTPException) else ():
            if name in KEPT:
                response.headers[name] = value
        wait = getattr(refusal, "retry_after", None)
        if wait is not None:
            response.headers["Retry-After"] = str(max(1, round(wait)))
        return response

    def install(self, app: Flask) -> None:
        """Open its addresses, at the root and at home."""
        app.register_blueprint(self.pages)
        app.register_blueprint(self.pages, name=f"{self.name}_home", url_prefix=self.home)
        app.register_blueprint(self.shared, url_prefix=self.home)

    def owns(self, endpoint: str) -> bool:
        """Is this one of its endpoints, at the root or at home?"""
        return endpoint.partition(".")[0] in (self.name, f"{self.name}_home", f"{self.name}_shared")


def as_refusal(error: Exception) -> Refusal:
    """Any error as a refusal with a status; the trace of a fault goes to the log, never to the client."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HTTPException):
        refusal = Refusal(f"{HTTPStatus(error.code or 500).phrase}.")
        refusal.status = error.code or 500
        return refusal
    status = getattr(error, "status", None)
    if isinstance(status, int):
        refusal = Refusal("%(words)s", words=str(error))
        refusal.status = status
        if hasattr(error, "retry_after"):
            refusal.retry_after = error.retry_after  # type: ignore[attr-defined]
        return refusal
    log.error("unexpected error", path=request.path, exc_info=error)
    refusal = Refusal(FAULT)
    refusal.status = 500
    return refusal
