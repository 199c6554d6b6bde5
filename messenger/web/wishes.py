"""How one wants a chat: on top, silent, told of or not. The same forms for dialogs and groups."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from messenger.core import clock, receipts, wishes
from messenger.core.refusals import Unknown
from messenger.reception import body
from messenger.web import layout, place
from messenger.web.chat import DIALOG, GROUP
from messenger.web.place import Place

pages = Blueprint("wishes", __name__)
FOR_EVER = 2**52


@pages.post(f"{DIALOG}/<any(notify, mute, pin, read):what>")
def for_person(login: str, what: str) -> Response:
    """A wish about a dialog."""
    return grant(place.of_person(login), what)


@pages.post(f"{GROUP}/<any(notify, mute, pin, read):what>")
def for_group(chat_id: int, what: str) -> Response:
    """A wish about a group."""
    return grant(place.of_group(chat_id), what)


def grant(here: Place, what: str) -> Response:
    """Store it and go back."""
    if here.chat.chat_id is None:
        raise Unknown("Write something first; then this chat can be arranged.")
    if what == "notify":
        wishes.notify(here.actor, here.chat.chat_id, request.form.get("notify", ""))
    elif what == "mute":
        wishes.mute(here.actor, here.chat.chat_id, _until(request.form.get("hours", "")))
    elif what == "read":
        receipts.read(here.actor, here.chat, body.number_of(request.form.get("position", "")) or 0)
    else:
        wishes.pin(here.actor, here.chat.chat_id, request.form.get("on") == "1")
    return layout.done(here.address)


def _until(hours: str) -> int | None:
    if hours == "always":
        return FOR_EVER
    number = body.number_of(hours)
    return clock.now() + number * 60 * clock.MINUTE if number and number < 10_000 else None
