"""The people: whether somebody is in charge."""

from collections.abc import Iterator

from sqlalchemy import func, select

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.core.models import User
from messenger.extensions import db


def check(patient: Patient) -> Iterator[Fault]:
    """An administrator who can sign in."""
    if not patient.fits:
        return
    people = select(func.count()).where(User.deleted_at.is_(None))
    everybody = db.session.scalar(people) or 0
    in_charge = db.session.scalar(people.where(User.is_admin, User.disabled_at.is_(None))) or 0
    db.session.remove()
    if everybody and not in_charge:
        says = f"{everybody} people are here, and none of them is an administrator who can sign in."
        if patient.settings.registration == "open":
            says += " Anybody may make an account, and nobody can close one."
        yield Fault("no-administrator", says, cures.here("flask user promote LOGIN"))
