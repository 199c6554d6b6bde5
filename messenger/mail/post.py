"""The round of the postman. It runs beside the loop; nothing here waits in a turn."""

import logging
import smtplib

from messenger.core import letters
from messenger.core.letters import Envelope
from messenger.extensions import db, settings
from messenger.mail import paper, server

log = logging.getLogger("messenger.mail")
SECONDS = 5.0


def deliver() -> None:
    """Send what is due. What a mail server does not take now is tried again later."""
    if not letters.is_any_due():
        return
    db.session.remove()
    taken = letters.take()
    if not taken:
        return
    try:
        with server.opened(settings.smtp_url) as connection:
            while taken:
                _send(connection, taken[0])
                del taken[0]
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server does not answer as it should: %s", _said(error))
        for envelope in taken:
            letters.failed(envelope.letter_id, False)


def _send(connection: smtplib.SMTP, envelope: Envelope) -> None:
    """One letter. What is wrong with it alone keeps no other back; a lost connection is raised."""
    try:
        letter = paper.written(envelope)
        db.session.remove()
        if letter is not None:
            server.hand_over(connection, letter)
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, UnicodeError, ValueError) as error:
        log.warning("a letter was not taken: %s", _said(error))
        letters.failed(envelope.letter_id, server.is_final(error))
    else:
        letters.sent(envelope.letter_id)


def _said(error: Exception) -> str:
    """What kind of error, with the server's code; not the address, which its words may hold."""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
