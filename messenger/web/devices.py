"""More of one's devices: an end to all of them at once, and a token for a program that acts as oneself."""

from flask import Blueprint, Response, request

from messenger.core import accounts, entrance, sessions, texts
from messenger.core.refusals import Refusal
from messenger.core.sessions import Device
from messenger.reception import device, identity
from messenger.web import layout

pages = Blueprint("devices", __name__, url_prefix="/settings/sessions")


@pages.post("/everywhere")
def end_every() -> Response:
    """Sign out everywhere, here too."""
    sessions.end_every(identity.who())
    return device.forget(layout.done("/"))


@pages.get("/token")
def form() -> Response:
    """The form for a token."""
    identity.who()
    return _page()


@pages.post("/token")
def make() -> Response:
    """A token, shown only now, for who says his password again."""
    actor = identity.who()
    try:
        name = texts.one_line(request.form.get("name", ""), "name")
        entrance.confirm(actor, request.form.get("password", ""))
    except Refusal as refusal:
        return _page(refusal)
    made = accounts.sign_in(actor.user_id, Device("token", name, request.remote_addr or ""))
    return layout.page("settings_token.html", token=made.token, name=name, errors={})


def _page(refusal: Refusal | None = None) -> Response:
    return layout.page_refused("settings_token.html", refusal, token="", name=request.form.get("name", ""))
