"""The mail server: whether it answers, and lets us in."""

import smtplib
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient

PATIENCE = 10


def check(patient: Patient) -> Iterator[Fault]:
    """Nothing is sent."""
    url = patient.settings.smtp_url
    if not url:
        return
    try:
        _greet(url)
    except smtplib.SMTPAuthenticationError:
        says = "The mail server does not take the login and password of SMTP_URL."
        yield Fault("mail-refused", says, cures.setting("SMTP_URL", "smtp://user:password@host:587"))
    except (OSError, smtplib.SMTPException) as error:
        says = f"The mail server does not answer ({type(error).__name__})."
        yield Fault("mail-silent", says, cures.setting("SMTP_URL", "smtp://user:password@host:587"))


def _greet(url: str) -> None:
    parts = urlsplit(url)
    is_safe = parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if is_safe else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or (465 if is_safe else 587), timeout=PATIENCE) as line:
        line.ehlo()
        if not is_safe and line.has_extn("starttls"):
            line.starttls()
            line.ehlo()
        if parts.username:
            line.login(unquote(parts.username), unquote(parts.password or ""))
