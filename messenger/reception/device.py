"""With what somebody signs in, as far as the request tells; and the cookie he gets for it."""

from flask import Response, request

from messenger.core import devices
from messenger.core.audit import Steward
from messenger.core.clock import SECOND
from messenger.core.sessions import DISUSE, Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.extensions import settings
from messenger.reception import forgery
from messenger.reception.identity import COOKIE

MARK = "knownDevice"
YEAR = 365 * 86_400


def of_request(door: str, minutes: int | None = None) -> Device:
    """The device that asks, at this door."""
    agent = (request.user_agent.string or "").encode("utf-8", "replace").decode("utf-8", "replace")
    shown = "".join(sign for sign in agent if sign.isprintable())
    return Device(door, shown, request.remote_addr or "", minutes, request.cookies.get(MARK, ""))


def steward(actor: Actor) -> Steward:
    """Who acts for the server, and from where."""
    return Steward(actor, request.remote_addr or "")


def remember(response: Response, signed_in: SignedIn) -> Response:
    """Give the browser its cookie. Another site, which made it sign in, shall not say as whom it goes on."""
    if forgery.is_foreign():
        return response
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=DISUSE // SECOND,
        secure=request.is_secure or settings.is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def recognise(response: Response, signed_in: SignedIn) -> Response:
    """Let the browser show next time that this person has signed in here before."""
    response.set_cookie(
        MARK,
        devices.mark(signed_in.actor.user_id),
        max_age=YEAR,
        secure=request.is_secure or settings.is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget(response: Response) -> Response:
    """Take it back."""
    response.delete_cookie(
        COOKIE, path="/", secure=request.is_secure or settings.is_https, httponly=True, samesite="Lax"
    )
    return response
