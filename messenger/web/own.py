"""One's own settings: profile, password, e-mail, devices, look, privacy, and the way out."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import accounts, avatars, entrance, mailing, profiles, sessions
from messenger.core.refusals import Invalid, Refusal
from messenger.core.snapshots import Actor
from messenger.reception import device, identity, multipart
from messenger.web import layout, shell
from messenger.web.welcome import LEAST_PASSWORD

pages = Blueprint("own", __name__, url_prefix="/settings")


def form(address: str, template: str, known: Callable[[Actor], dict[str, Any]]) -> Callable[..., Any]:
    """A page with one form on it: `known` says what stands in it, the decorated function does what it asks for."""

    def decorate(deed: Callable[[Actor], AnyResponse | None]) -> Callable[..., Any]:
        def show(refusal: Refusal | None = None) -> Response:
            actor = identity.who()
            typed = {**known(actor), **(request.form.to_dict() if refusal else {})}
            names = {"form": typed, "errors": layout.errors_of(refusal) if refusal else {}, "person": actor.person}
            return layout.page(template, refusal.status if refusal else 200, **names)

        def post() -> AnyResponse:
            try:
                return deed(identity.who()) or layout.done(f"/settings{address}", str(_("Saved.")))
            except Refusal as refusal:
                return show(refusal)

        pages.add_url_rule(address, f"{deed.__name__}_page", show, methods=["GET"])
        pages.add_url_rule(address, deed.__name__, post, methods=["POST"])
        return deed

    return decorate


@form("", "settings.html", lambda actor: {"name": actor.person.name, "about": actor.person.about})
def profile(actor: Actor) -> None:
    """Name, a few words, a picture."""
    with multipart.taken(actor, "picture") as form:
        if form.text("remove_picture"):
            avatars.remove(actor)
        elif form.ids:
            avatars.choose(actor, form.files["picture"])
        else:
            profiles.describe(actor, form.text("name"), form.text("about"))


@form("/password", "settings_password.html", lambda actor: {})
def password(actor: Actor) -> None:
    """Another password. Every other device is signed out."""
    new = request.form.get("password", "")
    if new != request.form.get("repeat", ""):
        raise Invalid("The two new passwords are not the same.", field="repeat")
    try:
        entrance.change_password(actor, request.form.get("current", ""), new, LEAST_PASSWORD)
    except Refusal as refusal:
        if refusal.status == 403:
            refusal.field = "current"
        raise


@form(
    "/email",
    "settings_email.html",
    lambda actor: {"email": actor.person.email or "", "kept": actor.person.email, "mail": mailing.wishes(actor)},
)
def email(actor: Actor) -> None:
    """Another e-mail, with the password to prove that it is he."""
    entrance.confirm(actor, request.form.get("password", ""))
    profiles.change_email(actor, request.form.get("email", "").strip() or None)


@form("/privacy", "settings_privacy.html", lambda actor: profiles.shown(actor))
def privacy(actor: Actor) -> None:
    """What others learn of one."""
    profiles.prefer(actor, request.form.get("receipts") == "1", request.form.get("presence") == "1", {})


@form("/look", "settings_look.html", lambda actor: {"theme": request.cookies.get(shell.THEME_COOKIE, "auto")})
def look(actor: Actor) -> AnyResponse:
    """Light or dark, on this device."""
    theme = request.form.get("theme", "auto")
    response = layout.done("/settings/look")
    if theme in shell.THEMES:
        response.set_cookie(
            shell.THEME_COOKIE, theme, max_age=365 * 86_400, samesite="Lax", secure=request.is_secure, path="/"
        )
    return response


@form("/delete", "settings_delete.html", lambda actor: {})
def delete(actor: Actor) -> AnyResponse:
    """Go for good."""
    entrance.confirm(actor, request.form.get("password", ""))
    accounts.remove(actor.user_id)
    return device.forget(layout.done("/"))


@pages.get("/sessions")
def devices() -> Response:
    """Everywhere one is signed in."""
    actor = identity.who()
    rows = [
        {
            "session_id": session.session_id,
            "device": session.user_agent,
            "address": session.address,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "current": session.session_id == actor.session_id,
        }
        for session in sessions.of(actor)
    ]
    return layout.page("settings_sessions.html", sessions=rows)


@pages.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> AnyResponse:
    """Sign one device out."""
    sessions.end(identity.who(), session_id)
    return layout.done("/settings/sessions")


@pages.post("/sessions/end")
def end_others() -> AnyResponse:
    """Sign all other devices out."""
    sessions.end_others(identity.who())
    return layout.done("/settings/sessions")
