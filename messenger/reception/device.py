"""With what somebody signs in, as far as the request tells; and the cookie he gets for it."""

from flask import Flask, Response, g, request

from messenger.core import devices
from messenger.core.audit import Steward
from messenger.core.clock import SECOND
from messenger.core.sessions import DISUSE, Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.reception import forgery, identity, jar
from messenger.reception.identity import COOKIE

MARK = "knownDevice"
YEAR = 365 * 86_400


def of_request(door: str, minutes: int | None = None) -> Device:
    """The device that asks, at this door."""
    agent = (request.user_agent.string or "").encode("utf-8", "replace").decode("utf-8", "replace")
    shown = "".join(sign for sign in agent if sign.isprintable())
    return Device(door, shown, request.remote_addr or "", minutes, jar.given(MARK), jar.is_encrypted())


def steward(actor: Actor) -> Steward:
    """Who acts for the server, and from where."""
    return Steward(actor, request.remote_addr or "")


def remember(response: Response, signed_in: SignedIn) -> Response:
    """Give the browser its cookie. Another site, which made it sign in, shall not say as whom it goes on."""
    if forgery.is_foreign():
        return response
    _hand_out(response, signed_in.token)
    return response


def recognise(response: Response, signed_in: SignedIn) -> Response:
    """Let the browser show next time that this person has signed in here before."""
    jar.put(response, MARK, devices.mark(signed_in.actor.user_id), YEAR)
    return response


def forget(response: Response) -> Response:
    """Take it back."""
    jar.take_back(response, COOKIE)
    return response


def install(app: Flask) -> None:
    """Give a browser of before the name that nobody else can set, as soon as it comes by."""
    app.after_request(_renew)


def _renew(response: Response) -> Response:
    if g.get("actor") is None or not identity.is_exposed():
        return response
    if not any(line.startswith(COOKIE) for line in response.headers.getlist("Set-Cookie")):
        _hand_out(response, identity.given_token())
    return response


def _hand_out(response: Response, token: str) -> None:
    """Under both names over https: programs know it by the one that is documented."""
    seconds = DISUSE // SECOND
    jar.put(response, COOKIE, token, seconds)
    if jar.is_encrypted():
        jar.put_plainly(response, COOKIE, token, seconds)
