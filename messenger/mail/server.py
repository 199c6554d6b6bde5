"""The mail server of SMTP_URL: smtp:// begins TLS where it is offered, smtps:// from the first byte."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

SECONDS = 20
OWN = ("localhost", "127.0.0.1", "::1")


class InTheOpen(smtplib.SMTPException):
    """The server wants a password but offers no TLS to say it in."""


@contextmanager
def opened(url: str) -> Iterator[smtplib.SMTP]:
    """A connection that may send. OSError or SMTPException when there is none to be had."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "localhost", parts.scheme == "smtps"
    context = ssl.create_default_context()
    if is_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)
    else:
        connection = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
    with connection:
        connection.ehlo()
        if not is_tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
            is_tls = True
        if parts.username:
            if not is_tls and host not in OWN:
                raise InTheOpen("The mail server offers no TLS; the password is not said in the open.")
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        yield connection


def is_final(error: Exception) -> bool:
    """Will this letter never be taken, however often it is tried?"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPNotSupportedError | UnicodeError | ValueError):
        return True
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPConnectError):
        return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and 500 <= error.smtp_code < 600
    return False


def hand_over(connection: smtplib.SMTP, letter: EmailMessage) -> None:
    """One letter."""
    connection.send_message(letter)
