"""What keeps one from taking everything, and the operating system's own bounds."""

import resource
from collections.abc import Iterator

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient

# Files, the database, logs, requests under way.
BESIDE = 300


def check(patient: Patient) -> Iterator[Fault]:
    """Rates, open files, and how much is written down."""
    settings = patient.settings
    if not settings.limits:
        says = "LIMITS=off lifts every rate and cap: one client can take the server down."
        yield Fault("limits-off", says, cures.setting("LIMITS", "on"))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.sockets_total + BESIDE
    if most != resource.RLIM_INFINITY and most < wanted:
        says = f"A process may open {most} files here, SOCKETS_TOTAL={settings.sockets_total} needs {wanted}."
        unit = ["in the [Service] of the systemd unit:", f"LimitNOFILE={wanted}"]
        fitting = cures.setting("SOCKETS_TOTAL", str(max(1, most - BESIDE)))
        yield Fault("open-files", says, [*cures.here(*unit), *fitting])
    if settings.log_level == "debug" and (settings.platform or settings.base_url):
        says = "LOG_LEVEL=debug writes a line for everything: the disk fills, and everything is slower."
        yield Fault("log-debug", says, cures.setting("LOG_LEVEL", "info"))
