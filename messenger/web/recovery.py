"""What links in mails lead to, for people who are not signed in: another password, a proven address, no more mail."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import mailing, recovery
from messenger.core.refusals import Invalid, Refusal, Unknown
from messenger.core.snapshots import Person
from messenger.core.verbs import nobody
from messenger.extensions import limiter, settings
from messenger.web import layout
from messenger.web.welcome import LEAST_PASSWORD

pages = Blueprint("recovery", __name__)


@pages.get("/forgot")
def forgot() -> Response:
    """Where one says who one is."""
    _only_with_mail()
    return layout.fragment("forgot.html", is_asked=False)


@pages.post("/forgot")
@limiter.limit("20 per hour")
def ask() -> Response:
    """The same answer for everybody, after the same time: what comes of it happens later."""
    _only_with_mail()
    recovery.ask.submit(request.form.get("login", ""), then=nobody)
    return layout.fragment("forgot.html", is_asked=True)


@pages.get("/reset")
def reset() -> Response:
    """The form for another password."""
    return _reset_page(recovery.whose(_given()))


@pages.post("/reset")
@limiter.limit("60 per hour")
def choose() -> AnyResponse:
    """Take it. Every session of the person ends, here too."""
    password, person = request.form.get("password", ""), recovery.whose(_given())
    try:
        if password != request.form.get("repeat", ""):
            raise Invalid("The two passwords are not the same.", field="repeat")
        recovery.choose(_given(), password, LEAST_PASSWORD)
    except Unknown:
        raise
    except Refusal as refusal:
        return _reset_page(person, refusal)
    return layout.done("/login", str(_("Your new password is set. Please sign in.")))


@pages.get("/verify")
def verification() -> Response:
    """Programs that look at mails open links, too: only the button counts."""
    return _one_button("verify", str(_("Is this your address?")), str(_("Yes, it is mine")))


@pages.post("/verify")
def verify() -> AnyResponse:
    """It is."""
    mailing.verify(_given())
    return layout.fragment("letter_done.html", words=_("Thank you. This address is yours."))


@pages.get("/unsubscribe")
def leaving() -> Response:
    """Ask once."""
    return _one_button("unsubscribe", str(_("No more mail about missed messages?")), str(_("No more mail")))


@pages.post("/unsubscribe")
def unsubscribe() -> AnyResponse:
    """Also what a mail program sends by itself when its own button is pressed."""
    mailing.unsubscribe(_given())
    return layout.fragment("letter_done.html", words=_("You get no more mail about missed messages."))


def _given() -> str:
    return str(request.values.get("pass", ""))


def _only_with_mail() -> None:
    if not settings.smtp_url:
        raise Unknown()


def _reset_page(person: Person, refusal: Refusal | None = None) -> Response:
    errors = layout.errors_of(refusal) if refusal else {}
    status = refusal.status if refusal else 200
    return layout.fragment("reset.html", status, person=person, errors=errors, given=_given())


def _one_button(purpose: str, question: str, answer: str) -> Response:
    given, action = _given(), f"/{purpose}"
    names: dict[str, Any] = {"person": mailing.holder(purpose, given), "question": question, "answer": answer}
    return layout.fragment("letter_question.html", given=given, action=action, **names)
