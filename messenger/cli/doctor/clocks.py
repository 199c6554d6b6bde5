"""The clock: sessions, links and messages all tell the time by it."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.cli.knock import Answer

MOST_SECONDS = 30


def check(patient: Patient) -> Iterator[Fault]:
    """Compared with the database's and with that of whoever answers at BASE_URL."""
    for whose, moment in _others(patient):
        apart = time.time() - moment
        if abs(apart) > MOST_SECONDS:
            words = "ahead of" if apart > 0 else "behind"
            says = f"This machine's clock is {abs(apart):.0f} seconds {words} that of {whose}."
            yield Fault("clock-off", says, cures.here("timedatectl set-ntp true"))


def _others(patient: Patient) -> Iterator[tuple[str, float]]:
    if not patient.settings.is_sqlite and patient.fits:
        with create_engine(patient.settings.database_url, poolclass=NullPool).connect() as connection:
            now = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
        yield "the database", float(now)
    if patient.settings.base_url and isinstance(patient.outside, Answer):
        said = patient.outside.headers.get("Date")
        try:
            yield patient.settings.base_url, parsedate_to_datetime(said or "").timestamp()
        except ValueError:
            return
