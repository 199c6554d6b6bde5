"""How one signs in: the second step, switched on and off with the password, and its recovery codes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import entrance, factors, passkeys
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Actor
from messenger.reception import identity
from messenger.web import layout

pages = Blueprint("security", __name__, url_prefix="/settings/security")
HOME = "/settings/security"


@pages.get("")
def overview() -> Response:
    """What is asked of one at sign-in."""
    return _overview(identity.who())


@pages.post("/begin")
def begin() -> AnyResponse:
    """Set an authenticator up, with the password."""
    return _with_password("begin", prepare)


def prepare(actor: Actor) -> Response:
    """A fresh secret, shown on the next page."""
    factors.begin(actor)
    return layout.done(f"{HOME}/setup")


@pages.get("/setup")
def setup() -> AnyResponse:
    """The squares for the app, and the field for its first code."""
    return _setup(identity.who())


@pages.post("/setup")
def confirm() -> AnyResponse:
    """The first code: from now on it counts. The recovery codes are shown this once."""
    actor = identity.who()
    try:
        return _codes(factors.confirm(actor, request.form.get("code", "")))
    except Refusal as refusal:
        return _setup(actor, refusal)


@pages.post("/codes")
def renew() -> AnyResponse:
    """Other recovery codes, with the password."""
    return _with_password("codes", lambda actor: _codes(factors.renew_codes(actor)))


@pages.post("/off")
def off() -> AnyResponse:
    """No second step any more, with the password."""

    def leave(actor: Actor) -> Response:
        factors.switch_off(actor.user_id)
        return layout.done(HOME, str(_("Two-factor sign-in is off.")))

    return _with_password("off", leave)


def _with_password(what: str, deed: Callable[[Actor], Response]) -> AnyResponse:
    """Do it for who says his password again; else the page, with what was wrong beside the field."""
    actor = identity.who()
    try:
        entrance.confirm(actor, request.form.get("password", ""))
        return deed(actor)
    except Refusal as refusal:
        return _overview(actor, refusal, what)


def _overview(actor: Actor, refusal: Refusal | None = None, what: str = "") -> Response:
    names: dict[str, Any] = {
        "is_on": factors.is_on(actor.user_id),
        "is_lost": factors.is_lost(actor.user_id),
        "left": factors.codes_left(actor.user_id),
        "most": factors.CODES,
        "what": what,
        "passkeys": passkeys.of(actor),
    }
    return layout.page_refused("settings_security.html", refusal, **names)


def _setup(actor: Actor, refusal: Refusal | None = None) -> AnyResponse:
    pending = factors.pending(actor)
    if pending is None:
        return redirect(HOME, 303)
    import segno

    secret = " ".join(pending.secret[start : start + 4] for start in range(0, len(pending.secret), 4))
    picture = segno.make(pending.address, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass="squares", lineclass=None, omitsize=True
    )
    names = {"squares": Markup(picture), "secret": secret, "address": pending.address}  # noqa: S704 made of squares
    return layout.page_refused("settings_setup.html", refusal, **names)


def _codes(codes: list[str]) -> Response:
    return layout.page("settings_codes.html", codes=codes, errors={})
