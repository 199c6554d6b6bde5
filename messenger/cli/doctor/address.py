"""Where people reach the server: whether somebody answers there, and whether it is us."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from messenger.cli import knock
from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.cli.knock import PATIENCE, Silent


def check(patient: Patient) -> Iterator[Fault]:
    """On this machine first, then at BASE_URL."""
    if patient.is_asked_here:
        yield from _here(patient)
    yield from _named(patient)
    if patient.settings.base_url:
        yield from _outside(patient)


def _here(patient: Patient) -> Iterator[Fault]:
    url, answer = knock.local_url(patient.settings), patient.here
    if isinstance(answer, Silent):
        says = f"Nobody answers at {url} ({answer}), so that the way people come could not be looked at wholly."
        yield Fault("server-silent", says, cures.here("bin/run", "or, if it listens elsewhere: PORT=9000 flask doctor"))
    elif answer.heard() is None:
        says = f"At {url} somebody answers, but not with this server's SECRET_KEY: another program, or older settings."
        yield Fault("port-taken", says, cures.setting("PORT", "8001"))


def _named(patient: Patient) -> Iterator[Fault]:
    settings = patient.settings
    if not settings.base_url and (settings.platform or settings.smtp_url):
        says = "BASE_URL is not set: links in mails and invitations lead nowhere, and cookies may not be Secure."
        yield Fault("base-url-missing", says, cures.setting("BASE_URL", "https://chat.example.org"))
    elif settings.base_url and not settings.is_https and _is_public(settings.base_url):
        says = "BASE_URL is http: everything, passwords too, can be read on the way."
        yield Fault("not-https", says, [*cures.proxy(settings.port), *cures.setting("BASE_URL", "https://…")])
    if settings.host_names and settings.base_url:
        name = urlsplit(settings.base_url).hostname or ""
        if not any(name == host or (host.startswith(".") and name.endswith(host)) for host in settings.host_names):
            says = f"TRUSTED_HOSTS does not name {name}, the host of BASE_URL: everybody there is turned away."
            yield Fault(
                "trusted-hosts-exclude", says, cures.setting("TRUSTED_HOSTS", f"{settings.trusted_hosts},{name}")
            )


def _outside(patient: Patient) -> Iterator[Fault]:
    url, answer = patient.settings.base_url, patient.outside
    if isinstance(answer, Silent):
        yield Fault("base-url-silent", f"Nobody answers at {url} ({answer}).", cures.proxy(patient.settings.port))
        return
    if answer.heard() is None:
        says = f"At {url} somebody answers ({answer.status}), but it is not this server with this SECRET_KEY."
        yield Fault("base-url-elsewhere", says, cures.proxy(patient.settings.port))
    if patient.settings.is_https and (why := _distrust(url)):
        says = f"Browsers refuse the certificate of {url}: {why}."
        yield Fault("certificate", says, [*cures.here("certbot renew"), *cures.proxy(patient.settings.port)[1:2]])


def _distrust(url: str) -> str:
    """Why a browser would not believe who answers there; nothing when it would."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), PATIENCE) as line:
            ssl.create_default_context().wrap_socket(line, server_hostname=parts.hostname).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        return str(error)
    return ""


def _is_public(url: str) -> bool:
    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        return "." in name and not name.endswith((".local", ".lan", ".internal", ".home.arpa"))
