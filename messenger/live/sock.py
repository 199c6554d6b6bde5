"""flask-sock's decorator, made safe: everything is checked before the 101, then the connection is handed to the loop.

A decorated function is a *door*: it runs inside the request, says by an `Opening` who comes in, or raises.
"""

from collections.abc import Callable
from functools import cache, partial, update_wrapper, wraps
from typing import Any

import flask_sock
from werkzeug.exceptions import HTTPException
from werkzeug.routing import WebsocketMismatch

from messenger.live import faults, handshake, takeover
from messenger.live.dialect import Dialect
from messenger.live.handshake import check_origin, subprotocols
from messenger.live.opening import Crowded, ForeignOrigin, Opening, TurnedAway
from messenger.live.switchboard import Switchboard

__all__ = ["Crowded", "Door", "ForeignOrigin", "Opening", "SafeSock", "TurnedAway", "check_origin", "subprotocols"]

Door = Callable[..., Opening]
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


class SafeSock(flask_sock.Sock):
    """`@sock.route("/ws", dialect=Gossip())` on a door."""

    def init_app(self, app: Any) -> None:
        """Also answers those who knock at a websocket's address with something else, or the other way round."""
        super().init_app(app)
        app.register_error_handler(WebsocketMismatch, _mismatch)

    def route(self, path: str, bp: Any = None, *, dialect: Dialect, **options: Any) -> Callable[[Door], Door]:
        """Declares a websocket address. The rule itself is made by flask-sock, around our own view."""

        def decorate(door: Door) -> Door:
            @wraps(door)
            def unsafe(ws: Any, *args: Any, **kwargs: Any) -> None:
                """flask-sock's form of a view; never called."""

            view = partial(_enter, door, dialect)
            target = _Target(bp or self.app or self._blueprint(), view)
            super(SafeSock, self).route(path, bp=target, **options)(wraps(door)(unsafe))
            return door

        return decorate

    def _blueprint(self) -> Any:
        blueprint: Any = getattr(self, "bp", None) or flask_sock.Blueprint("__flask_sock", __name__)
        self.bp = blueprint
        return blueprint


class _Target:
    """Stands where flask-sock registers its view, and registers ours instead, under the same rule and name."""

    def __init__(self, target: Any, view: Callable[..., Any]) -> None:
        self._target = target
        self._view = view

    def route(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
        """What flask-sock calls."""
        return lambda theirs: self._target.route(path, **options)(update_wrapper(self._view, theirs))


def _enter(door: Door, dialect: Dialect, *args: Any, **kwargs: Any) -> Any:
    """One handshake, from the first check to the handing over."""
    request, app = flask_sock.request, flask_sock.current_app
    switchboard: Switchboard = app.extensions["switchboard"]
    address = request.remote_addr or "local"
    try:
        key = handshake.check(request.environ)
        takeover.check(request.environ)
        switchboard.check_room(address)
        with switchboard.doorstep.place():
            opening = door(*args, **kwargs)
            mailbox = switchboard.admit(opening, dialect, address)
    except HTTPException:
        raise
    except Exception as error:
        if not faults.is_refusal(error):
            raise
        switchboard.counters.turned_away += 1
        return _turned_away(app, dialect, error)
    sock, read_already = takeover.take(request.environ)
    switchboard.begin(mailbox, sock, handshake.answer(key, opening.subprotocol), read_already)
    return _handed_over(app.response_class, "gunicorn.socket" in request.environ)(status=101)


@cache
def _handed_over(kind: type, is_gunicorn: bool) -> type:
    """A response of the app's kind that says nothing: gunicorn lets go of a connection on StopIteration."""

    def call(self: Any, environ: Any, start_response: Any) -> Any:
        if is_gunicorn:
            raise StopIteration
        return kind.__call__(self, environ, start_response)

    return type("HandedOver", (kind,), {"__call__": call})


def _turned_away(app: Any, dialect: Dialect, error: Any) -> Any:
    """The dialect's answer. The connection ends with it: what was sent behind the handshake is no request."""
    response = app.make_response(dialect.turn_away(error))
    response.headers.update(getattr(error, "headers", {}))
    if getattr(error, "retry_after", None) is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    takeover.leave(flask_sock.request.environ)
    response.headers["Connection"] = "close"
    return response


def _mismatch(error: WebsocketMismatch) -> Any:
    """A websocket's address asked without an upgrade, or a page's address with one."""
    takeover.leave(flask_sock.request.environ)
    if "websocket" in flask_sock.request.headers.get("Upgrade", "").lower():
        return "There is no websocket here.\n", 400, {"Connection": "close", **PLAIN}
    return "This address is for websockets.\n", 426, {"Upgrade": "websocket", "Connection": "close", **PLAIN}
