"""mvp_messenger over HTTP: accounts and profiles; and how this wire says no there. Success texts are JSON strings."""

from flask import Response

from messenger.core import accounts, entrance, people, profiles
from messenger.core.accounts import Application
from messenger.core.refusals import Forbidden, Invalid, Refusal, Taken, Unauthenticated
from messenger.protocols.mvp_messenger import checks, examples, shapes
from messenger.protocols.protocol import Protocol
from messenger.reception import device, identity
from messenger.reception.answers import answer
from messenger.reception.described import EMAIL, NAME, PASSWORD, Body, described, list_of

PROTOCOL = Protocol("mvp_messenger", __name__)
pages = PROTOCOL.pages

FIELDS = {"name": "firstName", "password": "password", "login": "userEmail", "email": "userEmail"}
SIGN_UP = Body(
    {"userEmail": "email@mail.com", "password": "password1", "firstName": "Patrick0", "lastName": "Smith"},
    optional=("firstName", "lastName"),
    rules={"userEmail": EMAIL, "password": PASSWORD, "firstName": NAME, "lastName": NAME},
)


@PROTOCOL.says_no
def no(refusal: Refusal) -> Response:
    """401 in its two words; mistakes one by one; what the document says as a bare string as one."""
    if refusal.status == 401:
        return answer({"message": "Not authorized" if identity.given_token() else "Authorization header required"}, 401)
    if isinstance(refusal, checks.Mistakes):
        return answer({"message": refusal.message, "errors": refusal.mistakes}, 400)
    if isinstance(refusal, Taken):
        return answer(examples.EXISTS, 400)
    return answer({"message": refusal.message}, refusal.status)


@pages.post("/auth/sing-up", strict_slashes=False)  # QUIRK(mvp_messenger): its own description spells it so
@pages.post("/auth/sign-up", strict_slashes=False)
@described(
    "Register.",
    body=SIGN_UP,
    answers={
        201: "User registered!",
        400: [examples.EXISTS, examples.INVALID],
        403: {"message": "…"},
        429: examples.TOO_MANY,
    },
    is_open=True,
)
def sign_up() -> Response:
    """The login is made from the e-mail's local part; first and last name together become the shown name."""
    given = checks.body(["userEmail|email", "password"], ["firstName", "lastName"])
    first, last = given.get("firstName"), given.get("lastName")
    name = profiles.full_name(first, last) or None
    application = Application(None, given["password"], name, given["userEmail"], first, last)
    try:
        accounts.register(application, device.of_request(PROTOCOL.name))
    except Invalid as refusal:
        raise checks.of_refusal(refusal, FIELDS) from None
    return answer("User registered!", 201)


@pages.post("/auth/login", strict_slashes=False)
@described(
    "Sign in.",
    body=Body({"email": "email@mail.com", "password": "password1"}, rules={"email": EMAIL, "password": PASSWORD}),
    answers={
        201: examples.AUTHORIZED,
        400: examples.INVALID,
        403: {"message": "…"},
        404: examples.NO_SUCH_USER,
        429: examples.TOO_MANY,
    },
    is_open=True,
)
def login() -> Response:
    """By e-mail; who registered through another protocol without one may give his login there."""
    given = checks.body(["email|userEmail", "password"])
    try:
        signed_in = entrance.authenticate(given["email"], given["password"], device.of_request(PROTOCOL.name))
    except Unauthenticated:
        return answer(examples.NO_SUCH_USER, 404)
    return answer({"message": "User is authorized", "token": signed_in.token}, 201)


@pages.patch("/profile/update", strict_slashes=False)
@described(
    "Change one's name or e-mail.",
    body=Body(
        {"firstName": "Patrick0", "lastName": "Smith", "email": "email@mail.com"},
        optional=("firstName", "lastName", "email"),
        rules={"firstName": NAME, "lastName": NAME, "email": EMAIL},
    ),
    answers={201: "User updated.", 400: [examples.EXISTS, examples.INVALID], 401: examples.UNAUTHORIZED},
)
def update() -> Response:
    """What is not given stays as it is."""
    actor = identity.who()
    given = checks.body([], ["firstName", "lastName", "email"])
    try:
        profiles.introduce(actor, given.get("firstName"), given.get("lastName"), given.get("email"))
    except Invalid as refusal:
        raise checks.of_refusal(refusal, {"email": "email"}) from None
    return answer("User updated.", 201)


@pages.patch("/profile/change-password", strict_slashes=False)
@described(
    "Change one's password.",
    body=Body(
        {"oldPassword": "password1", "newPassword": "password2", "repeatNewPassword": "password2"},
        rules={"oldPassword": PASSWORD, "newPassword": PASSWORD, "repeatNewPassword": PASSWORD},
    ),
    answers={
        201: "Password changed successfully.",
        400: ["New passwords do not match", "Wrong password", examples.INVALID],
        401: examples.UNAUTHORIZED,
    },
)
def change_password() -> Response:
    """All other sessions of the person end; this one stays."""
    actor = identity.who()
    given = checks.body(["oldPassword", "newPassword", "repeatNewPassword"])
    if given["newPassword"] != given["repeatNewPassword"]:
        return answer("New passwords do not match", 400)
    try:
        entrance.change_password(actor, given["oldPassword"], given["newPassword"])
    except Forbidden:
        return answer("Wrong password", 400)
    except Invalid as refusal:
        raise checks.of_refusal(refusal, {"password": "newPassword"}) from None
    return answer("Password changed successfully.", 201)


@pages.delete("/profile/destroy", strict_slashes=False)
@described(
    "Close one's account.",
    answers={200: examples.DESTROYED, 401: examples.UNAUTHORIZED, 409: examples.LAST},
)
def destroy() -> Response:
    """For good: the token is dead; messages written to others stay, as from a deleted user. Not the last
    administrator."""
    accounts.remove(identity.who().user_id)
    return answer(examples.DESTROYED)


@pages.get("/users/list", strict_slashes=False)
@described("All people.", answers={200: list_of([examples.USER, examples.NAMELESS]), 401: examples.UNAUTHORIZED})
def users() -> Response:
    """By id, with their e-mails; never anything of their passwords."""
    identity.who()
    return answer([shapes.user(person) for person in sorted(people.everyone(), key=lambda person: person.user_id)])
