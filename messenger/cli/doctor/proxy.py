"""The proxies in front: whether they hand on who asks, by which scheme and for which host, and how large a body."""

from collections.abc import Iterator
from typing import Any

from messenger.cli import knock
from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.cli.knock import Silent

MIB = 1024 * 1024
# nginx lets one MiB through unless it is told otherwise.
TRIED = 2


def check(patient: Patient) -> Iterator[Fault]:
    """By what the server heard of a request to BASE_URL."""
    settings, heard = patient.settings, patient.heard
    if settings.trusted_proxies and settings.host in ("0.0.0.0", "::") and patient.is_asked_here:  # noqa: S104 compared
        says = "The port is open beside the proxy: who asks there directly may claim any address in X-Forwarded-For."
        yield Fault("port-open", says, cures.setting("HOST", "127.0.0.1"))
    if heard is not None:
        yield from _count(patient, heard)
        yield from _scheme(patient, heard)
        yield from _host(patient, heard)
        yield from _body(patient)


def _count(patient: Patient, heard: dict[str, Any]) -> Iterator[Fault]:
    trusted, hops, url = patient.settings.trusted_proxies, heard["hops"], patient.settings.base_url
    if hops == 0 and (trusted or patient.settings.is_https):
        says = f"Requests to {url} carry no X-Forwarded-For: everybody seems to come from {heard['peer']}."
        yield Fault("proxy-for-missing", says, cures.proxy(patient.settings.port))
    elif hops != trusted:
        says = (
            f"{hops} proxies stand in front, TRUSTED_PROXIES says {trusted}: addresses, and what is https, are wrong."
        )
        yield Fault("proxy-count", says, cures.setting("TRUSTED_PROXIES", str(hops)))


def _scheme(patient: Patient, heard: dict[str, Any]) -> Iterator[Fault]:
    if patient.settings.is_https and heard["said_scheme"].split(",")[0].strip() != "https":
        says = "The proxy does not say that people come by https (X-Forwarded-Proto): sending anything will be refused."
        yield Fault("proxy-scheme", says, cures.proxy(patient.settings.port))


def _host(patient: Patient, heard: dict[str, Any]) -> Iterator[Fault]:
    wanted = knock.host_of(patient.settings.base_url)
    if heard["host"].lower() != wanted:
        says = f"The server hears the host {heard['host']}, people type {wanted}: sockets and forms will be refused."
        yield Fault("proxy-host", says, cures.proxy(patient.settings.port))


def _body(patient: Patient) -> Iterator[Fault]:
    if patient.settings.max_upload_mb < TRIED:
        return
    try:
        answer = knock.ask(patient.settings.base_url, knock.echo_path(), b"\0" * (TRIED * MIB))
    except Silent:
        answer = None
    if answer is None or answer.heard() is None:
        says = (
            f"An upload of {TRIED} MiB does not come through, though MAX_UPLOAD_MB is {patient.settings.max_upload_mb}."
        )
        yield Fault("proxy-body", says, cures.body(patient.settings.max_upload_mb))
