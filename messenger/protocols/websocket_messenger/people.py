"""Accounts on this wire: made, looked at, signed in and out."""

from flask import Response

from messenger.core import accounts, clock, entrance, sessions
from messenger.core import people as everybody
from messenger.core.accounts import Application
from messenger.core.refusals import Unauthenticated
from messenger.extensions import presence
from messenger.protocols.websocket_messenger.words import (
    ERROR,
    NOBODY,
    No,
    example,
    fields,
    instead,
    pages,
    said,
    text_of,
    who,
)
from messenger.reception import device
from messenger.reception.described import LOGIN, PASSWORD, Body, described

DOOR = "websocket_messenger"
TAKEN, NOT_FOUND = "Username already taken", "User not found"
ANN = Body({"Username": "ann", "Password": "secret"}, rules={"Username": LOGIN, "Password": PASSWORD})
PROFILE = {"Username": "ann", "LoggedOn": True, "LastOnline": 1630121139, "Created": 1630121139}


@pages.post("/user")
@described(
    "Create a user.",
    body=ANN,
    answers={200: example("User Created", "jwt-token"), 400: ERROR, 403: ERROR, 409: example(TAKEN), 429: ERROR},
    is_open=True,
)
def create_user() -> Response:
    """He is logged in on creation; Data is the token."""
    body = fields()
    application = Application(text_of(body, "Username"), text_of(body, "Password"))
    with instead(taken=TAKEN):
        fruit = accounts.register(application, device.of_request(DOOR))
    return said("User Created", fruit.token)


@pages.get("/user/<username>")
@described(
    "A user's profile.",
    answers={200: example("Profile Retrieved", PROFILE), 401: NOBODY, 404: example(NOT_FOUND)},
    parameters={"username": "ann"},
)
def profile(username: str) -> Response:
    viewer_id = who().user_id
    with instead(unknown=NOT_FOUND):
        person = everybody.by_login(username)
    seen = presence.last_seen(person, viewer_id)
    shown = {
        "Username": person.login,
        "LoggedOn": sessions.is_signed_in(person.user_id) and not presence.is_hidden(viewer_id, person.user_id),
        # Who keeps it to himself was never seen after he came.
        "LastOnline": (seen or person.created_at) // clock.SECOND,
        "Created": person.created_at // clock.SECOND,
    }
    return said("Profile Retrieved", shown)


@pages.post("/user/login")
@described(
    "Log in.",
    body=ANN,
    answers={
        200: example("Login Successful", "jwt-token"),
        400: ERROR,
        401: example(NOT_FOUND),
        403: ERROR,
        429: ERROR,
    },
    is_open=True,
)
def login() -> Response:
    """An unknown user and a wrong password are answered alike."""
    body = fields()
    username, password = text_of(body, "Username"), text_of(body, "Password")
    try:
        fruit = entrance.authenticate(username, password, device.of_request(DOOR))
    except Unauthenticated:
        raise No(401, NOT_FOUND) from None
    return said("Login Successful", fruit.token)


@pages.post("/user/logout")
@described("Log out.", answers={200: example("Logged Out"), 401: NOBODY})
def logout() -> Response:
    """The token is dead from now on, and its sockets close."""
    actor = who()
    sessions.end(actor, actor.session_id or 0)
    return device.forget(said("Logged Out"))
