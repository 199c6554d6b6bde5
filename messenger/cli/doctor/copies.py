"""The backups: whether there are any, and of when."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import func, select

from messenger.cli.archives.backup import shelf_at
from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.core import clock
from messenger.core.models import User
from messenger.extensions import db

HOUR = 3600
STAMP = re.compile(r"(\d{8}-\d{6})")


def check(patient: Patient) -> Iterator[Fault]:
    """As often as BACKUP_EVERY says; and at all, where people have been for a day."""
    settings = patient.settings
    try:
        found = shelf_at(settings.backup_to).archives()
    except Exception as error:
        says = f"The place of the backups does not answer ({type(error).__name__})."
        yield Fault("backup-silent", says, cures.bucket("BACKUP_TO"))
        return
    ages = [age for entry in found[:1] if (age := _age(entry.key)) is not None]
    if not ages and _lived(patient) > max(24, settings.backup_every) * HOUR and settings.base_url:
        says = "There is no backup of this server."
        yield Fault("backup-missing", says, [*cures.here("flask backup"), *cures.setting("BACKUP_EVERY", "24")])
    elif ages and settings.backup_every and ages[0] > 2 * settings.backup_every * HOUR:
        says = f"The newest backup is {ages[0] / HOUR:.0f} hours old, BACKUP_EVERY is {settings.backup_every}."
        yield Fault("backup-late", says, cures.here("flask backup", "and look in the server's log for: backup"))


def _age(name: str) -> float | None:
    stamp = STAMP.search(name)
    made = datetime.strptime(stamp[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if stamp else None
    return None if made is None else time.time() - made.timestamp()


def _lived(patient: Patient) -> float:
    """Seconds since the first person came."""
    if not patient.fits:
        return 0
    first = db.session.scalar(select(func.min(User.created_at)))
    db.session.remove()
    return 0 if first is None else (clock.now() - first) / clock.SECOND
