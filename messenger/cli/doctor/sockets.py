"""Websockets: whether one opens here, and where people come from."""

from collections.abc import Iterator

from messenger.cli import knock
from messenger.cli.doctor import cures, line
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.cli.knock import Answer

# Routers cut a silent line after 55 or 60 seconds.
QUIET = 45


def check(patient: Patient) -> Iterator[Fault]:
    """A real one, with a frame through it."""
    settings = patient.settings
    if patient.is_asked_here and isinstance(patient.here, Answer) and patient.here.heard() is not None:
        why = line.opened(knock.local_url(settings))
        if why:
            yield Fault("websocket-dead", f"No websocket opens on this machine: {why}.", cures.here("bin/run"))
    if patient.heard is not None and (why := line.opened(settings.base_url)):
        says = f"No websocket comes through at {settings.base_url}: {why}. Nothing arrives until a page is reloaded."
        yield Fault("websocket-blocked", says, cures.proxy(settings.port))
    if settings.ping_seconds > QUIET and (settings.platform or settings.trusted_proxies):
        says = f"PING_SECONDS is {settings.ping_seconds}: routers cut a line that is silent for so long."
        yield Fault("ping-slow", says, cures.setting("PING_SECONDS", "25"))
