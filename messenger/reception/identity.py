"""Who asks: the token, from whichever place the documented clients put it, and the session it names."""

from flask import Request, g, request
from flask_login import UserMixin

from messenger.core import sessions
from messenger.core.refusals import Unauthenticated
from messenger.core.snapshots import Actor
from messenger.reception import jar

COOKIE = "sessionToken"
SUBPROTOCOL = "auth"


def who() -> Actor:
    """The one who asks. Unauthenticated for nobody and for a dead token alike."""
    actor = who_if_anyone()
    if actor is None:
        raise Unauthenticated()
    return actor


def who_if_anyone() -> Actor | None:
    """The one who asks, if he can be recognised; looked up once a request."""
    if "actor" not in g:
        token = given_token()
        is_bound = is_by_cookie() and bool(jar.own(COOKIE))
        g.actor = sessions.resolve(token, is_exposed(), is_bound) if token else None
    actor: Actor | None = g.actor
    return actor


class Visitor(UserMixin):  # type: ignore[misc]
    """The actor as flask-login knows him. Its own cookies are not used: only the session's row lets somebody in."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The id of the person."""
        return str(self.actor.user_id)


def visitor(_: Request) -> Visitor | None:
    """flask-login's request loader."""
    actor = who_if_anyone()
    return None if actor is None else Visitor(actor)


def given_token() -> str:
    """The token of this request, "" when there is none. An Authorization header silences the cookie."""
    header = request.headers.get("Authorization")
    if header is not None:
        return _bare(header)
    if request.environ.get("HTTP_UPGRADE", "").lower() == "websocket":
        token = request.args.get("token") or _from_subprotocol()
        if token:
            return _bare(token)
    return jar.given(COOKIE)


def is_exposed() -> bool:
    """Did a browser bring only the plain name, which a neighbour under the same domain could have set?

    Over https every browser of today says which page makes it ask. Programs have no pages and no neighbours.
    """
    is_plain = is_by_cookie() and not jar.own(COOKIE)
    return is_plain and jar.is_encrypted() and "Sec-Fetch-Site" in request.headers


def is_by_cookie() -> bool:
    """Does only the cookie say who asks? Then another site may have made the browser ask."""
    if "Authorization" in request.headers:
        return False
    is_socket = request.environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    return not (is_socket and (request.args.get("token") or _from_subprotocol())) and bool(jar.given(COOKIE))


def subprotocol() -> str | None:
    """The subprotocol to answer with, for browsers that carry their token in the list of them."""
    return SUBPROTOCOL if _from_subprotocol() else None


def _bare(header: str) -> str:
    """The token of `Bearer x`, `Bearerx` and `x`: real clients send all three."""
    words = header.strip()
    return words[6:].strip() if words[:6].lower() == "bearer" else words


def _from_subprotocol() -> str:
    offered = [word.strip() for word in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    return offered[1] if len(offered) > 1 and offered[0] == SUBPROTOCOL else ""
