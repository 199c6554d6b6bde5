"""Accounts over HTTP: register, sign in, sign out, and who one is."""

from flask import Response

from messenger.core import accounts, entrance, sessions
from messenger.core.accounts import Application
from messenger.core.refusals import CodeNeeded
from messenger.core.sessions import SignedIn
from messenger.protocols.gmessenger import shapes
from messenger.protocols.gmessenger.asking import optional_text
from messenger.protocols.gmessenger.wire import ERROR, answer, done, envelope, pages, shared
from messenger.reception import device, identity
from messenger.reception.body import json_object, text_of
from messenger.reception.described import LOGIN, NAME, PASSWORD, Body, described

DOOR = "gmessenger"
USER = {
    "id": 7,
    "uid": "6f0c2e4e-8c4b-4d5e-9a3f-0d8f3c1b2a10",
    "login": "somelogin",
    "name": "someusername",
    "email": None,
}
SIGNED_IN = {"code": "200", "message": "welcome someusername", "content": {"token": "eyJhbGciOi…", "user": USER}}


@shared.post("/register")
@described(
    "Make an account and sign in with it.",
    body=Body(
        {"username": "someusername", "login": "somelogin", "password": "somepassword", "invitation": ""},
        optional=("invitation",),
        rules={"username": NAME, "login": LOGIN, "password": PASSWORD},
    ),
    answers={200: SIGNED_IN, 400: ERROR, 403: ERROR, 409: ERROR, 429: ERROR},
    is_open=True,
)
def register() -> Response:
    """The token comes as the cookie `sessionToken` and in the body. 409: the login is taken."""
    given = json_object()
    application = Application(
        login=text_of(given, "login"),
        password=text_of(given, "password"),
        name=text_of(given, "username"),
        invitation=optional_text(given, "invitation") or "",
    )
    signed_in = accounts.register(application, device.of_request(DOOR))
    return _welcome(signed_in, f"welcome {signed_in.actor.person.name}")


@shared.post("/login")
@described(
    "Sign in.",
    body=Body(
        {"login": "somelogin", "password": "somepassword", "code": "123456"},
        optional=("code",),
        rules={"login": LOGIN, "password": PASSWORD},
    ),
    answers={200: SIGNED_IN | {"message": ""}, 400: ERROR, 401: ERROR, 403: ERROR, 429: ERROR},
    is_open=True,
)
def login() -> Response:
    """The token comes as the cookie `sessionToken` and in the body. 401: wrong login, password or code.

    403: the password is right and the account signs in with two steps: send the same again with `code`, which is a code
    of the authenticator or a recovery code. 429: too many tries; Retry-After says when the next one is looked at.
    """
    given = json_object()
    who, password, code = text_of(given, "login"), text_of(given, "password"), optional_text(given, "code")
    try:
        return _welcome(entrance.authenticate(who, password, device.of_request(DOOR), code), "")
    except CodeNeeded:
        raise CodeNeeded("This account signs in with two steps: send the same again with code.") from None


@shared.post("/logout")
@described("Sign out.", answers={200: {"code": "200", "message": "", "content": None}, 401: ERROR})
def logout() -> Response:
    """The session is dead everywhere, its sockets are closed, the cookie is cleared."""
    actor = identity.who()
    if actor.session_id is not None:
        sessions.end(actor, actor.session_id)
    return device.forget(done())


@pages.get("/me")
@described("Who am I?", answers={200: USER, 401: ERROR})
def me() -> Response:
    """The person whose token this is."""
    return answer(shapes.user(identity.who()))


def _welcome(signed_in: SignedIn, message: str) -> Response:
    content = {"token": signed_in.token, "user": shapes.user(signed_in.actor)}
    return device.remember(envelope(200, message, content), signed_in)
