"""The cookie people are signed in by: whether it may travel in the open."""

from collections.abc import Iterator

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient


def check(patient: Patient) -> Iterator[Fault]:
    """Secure where people come by https; and they must come so when it is."""
    settings, heard = patient.settings, patient.heard
    comes_safely = bool(settings.platform) or (heard is not None and heard["said_scheme"].startswith("https"))
    if comes_safely and not settings.is_https:
        says = "People come by https, but BASE_URL does not say so: the cookie is sent in the open too."
        yield Fault("cookie-not-secure", says, cures.setting("BASE_URL", "https://chat.example.org"))
