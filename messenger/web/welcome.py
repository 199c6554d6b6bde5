"""The door: sign in, make an account, sign out."""

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import accounts, entrance, founding, sessions
from messenger.core.accounts import Application
from messenger.core.refusals import CodeNeeded, Refusal
from messenger.reception import device, identity
from messenger.web import entering, layout, second_step

pages = Blueprint("welcome", __name__)
LEAST_PASSWORD = 8


@pages.get("/")
def home() -> Response:
    """The chats of who is signed in; the door for everybody else."""
    if identity.who_if_anyone() is not None:
        token = request.args.get("admin", "")
        return layout.page("founding.html", token=token) if founding.is_key(token) else layout.page("chats.html", q="")
    return welcome(request.args.get("tab", "login"))


@pages.get("/login")
def login_page() -> AnyResponse:
    """The door, at its first tab."""
    return _unless_inside("login")


@pages.get("/register")
def register_page() -> AnyResponse:
    """The door, at its second tab."""
    return _unless_inside("register")


@pages.post("/login")
def login() -> AnyResponse:
    """Sign in by the form."""
    try:
        signed_in = entrance.authenticate(
            request.form.get("login", ""), request.form.get("password", ""), device.of_request("browser")
        )
    except CodeNeeded as needed:
        return second_step.ask(needed.user_id, entering.safe(request.form.get("next", "")))
    except Refusal as refusal:
        return welcome("login", refusal)
    return entering.enter(signed_in, request.form.get("next", ""))


@pages.post("/register")
def register() -> AnyResponse:
    """Make an account by the form."""
    form = request.form
    application = Application(
        form.get("login", ""),
        form.get("password", ""),
        form.get("name") or None,
        invitation=form.get("invitation", "").strip(),
        token=form.get("admin", ""),
    )
    try:
        signed_in = accounts.register(application, device.of_request("browser"), LEAST_PASSWORD)
    except Refusal as refusal:
        return welcome("register", refusal)
    return entering.enter(signed_in, request.form.get("next", ""))


@pages.post("/founding")
def found() -> AnyResponse:
    """Who is signed in already becomes the first administrator."""
    actor = identity.who()
    founding.become(device.steward(actor), request.form.get("admin", ""))
    return layout.done("/admin/people", str(_("You look after this server now.")))


@pages.post("/logout")
def logout() -> AnyResponse:
    """Sign out on this device."""
    actor = identity.who_if_anyone()
    if actor is not None and actor.session_id is not None:
        sessions.end(actor, actor.session_id)
    return device.forget(layout.done("/"))


def welcome(tab: str, refusal: Refusal | None = None) -> Response:
    """The card with its two tabs, what was typed, and what was wrong with it."""
    token = request.values.get("admin", "")
    is_founder = founding.is_key(token)
    return layout.refused(
        "welcome.html",
        refusal,
        tab="register" if tab == "register" or (is_founder and "tab" not in request.args and not refusal) else "login",
        form=layout.form_values("login", "name"),
        fresh=accounts.is_fresh_server() and founding.is_open(),
        founder=token if is_founder else "",
        used=bool(token) and not is_founder,
        next=entering.safe(request.values.get("next", "")),
        invitation=request.values.get("invitation", ""),
    )


def _unless_inside(tab: str) -> AnyResponse:
    if identity.who_if_anyone() is not None:
        return redirect(entering.safe(request.args.get("next", "")) or "/", 303)
    return welcome(tab)
