"""How a letter reads: plain words, and the same in simple HTML. Never what somebody wrote to somebody."""

from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale, gettext

from messenger.core import mailing, missed, recovery
from messenger.core.letters import Envelope
from messenger.extensions import settings

SUBJECTS = {
    "reset": "Choose another password",
    "verify": "Is this your address?",
    "missed": "Messages wait for you",
}


def written(envelope: Envelope) -> EmailMessage | None:
    """The whole letter, or nothing when there is no more reason for it."""
    names = _names(envelope)
    if names is None:
        return None
    with force_locale(settings.default_language.replace("-", "_")):
        names |= {"person": envelope.person, "base": settings.base_url, "site": settings.site_name}
        names["subject"] = gettext(SUBJECTS[envelope.kind])
        letter = _addressed(envelope, f"{settings.site_name}: {names['subject']}")
        letter.set_content(_rendered(f"mail/{envelope.kind}.txt", names))
        letter.add_alternative(_rendered(f"mail/{envelope.kind}.html", names), subtype="html")
    if envelope.kind == "missed":
        letter["List-Unsubscribe"] = f"<{settings.base_url}{names['leave']}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return letter


def sender() -> str:
    """Whom mails come from."""
    return settings.mail_from or f"no-reply@{urlsplit(settings.base_url).hostname or 'localhost'}"


def _names(envelope: Envelope) -> dict[str, Any] | None:
    person = envelope.person
    if envelope.kind == "reset":
        return {"link": settings.base_url + recovery.path_for(person)}
    if envelope.kind == "verify":
        return {"link": settings.base_url + mailing.verification_path(person)}
    waiting = missed.waiting(person)
    if not waiting:
        return None
    shown, more = waiting[: missed.SHOWN], len(waiting[missed.SHOWN :])
    total = sum(row.count for row in waiting)
    return {"waiting": shown, "more": more, "total": total, "leave": mailing.leaving_path(person)}


def _addressed(envelope: Envelope, subject: str) -> EmailMessage:
    from email.policy import SMTP

    letter = EmailMessage(policy=SMTP)
    letter["From"] = formataddr((_in_one_line(settings.site_name), sender()))
    letter["To"] = envelope.address
    letter["Subject"] = _in_one_line(subject)
    letter["Date"] = formatdate()
    # The same for every try: who gets it twice keeps it once.
    letter["Message-ID"] = f"<letter-{envelope.letter_id}@{sender().rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    return letter


def _rendered(template: str, names: dict[str, Any]) -> str:
    return current_app.jinja_env.get_template(template).render(**names)


def _in_one_line(words: str) -> str:
    return " ".join(words.split())
