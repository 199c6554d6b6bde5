"""Telling the administrators about a message or a person, by a form of its own."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from messenger.core import history, people, reports
from messenger.core.refusals import Refusal
from messenger.core.snapshots import MessageSnapshot, Person
from messenger.reception import identity
from messenger.web import layout, place

pages = Blueprint("reports", __name__)
MESSAGE, PERSON = "/message/<int:message_id>/report", "/people/<login>/report"


@pages.get(MESSAGE)
def message_form(message_id: int) -> Response:
    """The form about a message."""
    return _form(history.one(identity.who(), message_id))


@pages.post(MESSAGE)
def report_message(message_id: int) -> Response:
    """Send it."""
    actor = identity.who()
    message = history.one(actor, message_id)
    back = f"{place.address_of(message.chat, actor)}?around={message.position}#message-{message_id}"
    return _sent(message, back, lambda reason: reports.report_message(actor, message_id, reason))


@pages.get(PERSON)
def person_form(login: str) -> Response:
    """The form about a person."""
    identity.who()
    return _form(people.by_login(login))


@pages.post(PERSON)
def report_person(login: str) -> Response:
    """Send it."""
    actor, person = identity.who(), people.by_login(login)
    return _sent(person, f"/people/{login}", lambda reason: reports.report_person(actor, person, reason))


def _sent(about: MessageSnapshot | Person, back: str, deed: Callable[[str], int]) -> Response:
    try:
        deed(request.form.get("reason", "").replace("\r\n", "\n"))
    except Refusal as refusal:
        return _form(about, refusal)
    return layout.done(back, str(_("Thank you. The administrators will look at it.")))


def _form(about: MessageSnapshot | Person, refusal: Refusal | None = None) -> Response:
    is_message = isinstance(about, MessageSnapshot)
    names: dict[str, Any] = {
        "message": about if is_message else None,
        "person": about.author if isinstance(about, MessageSnapshot) else about,
        "reason": request.form.get("reason", ""),
        "limit": reports.LIMIT,
    }
    if layout.is_for("dialog-body"):
        return layout.fragment("_report.html", errors={}, **names)
    return layout.page_refused("report.html", refusal, **names)
