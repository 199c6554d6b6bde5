"""The door: sign in, make an account, sign out."""

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import accounts, entrance, founding, sessions
from messenger.core.accounts import Application
from messenger.core.refusals import Refusal
from messenger.core.sessions import SignedIn
from messenger.reception import device, identity
from messenger.web import layout

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
    except Refusal as refusal:
        return welcome("login", refusal)
    return _enter(signed_in)


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
    return _enter(signed_in)


@pages.post("/founding")
def found() -> AnyResponse:
    """Who is signed in already becomes the first administrator."""
    actor = identity.who()
    founding.become(device.steward(actor), request.form.get("admin", ""))
    return layout.done("/", str(_("You look after this server now.")))


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
    return layout.fragment(
        "welcome.html",
        refusal.status if refusal else 200,
        tab="register" if tab == "register" or (is_founder and "tab" not in request.args and not refusal) else "login",
        form=layout.form_values("login", "name"),
        errors=layout.errors_of(refusal) if refusal else {},
        fresh=accounts.is_fresh_server() and founding.is_open(),
        founder=token if is_founder else "",
        used=bool(token) and not is_founder,
        next=_safe(request.values.get("next", "")),
        invitation=request.values.get("invitation", ""),
    )


def _unless_inside(tab: str) -> AnyResponse:
    if identity.who_if_anyone() is not None:
        return redirect(_safe(request.args.get("next", "")) or "/", 303)
    return welcome(tab)


def _enter(signed_in: SignedIn) -> Response:
    return device.remember(layout.done(_safe(request.form.get("next", "")) or "/"), signed_in)


def _safe(address: str) -> str:
    """A path on this server, or nothing: who signs in is never sent to somebody else's."""
    # Browsers take any number of slashes, and backslashes too, for the beginning of a host's name.
    is_path = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if is_path and address.isprintable() else ""
