"""The letters that wait: written down with what caused them, taken by one process at a time, tried again for a day."""

import logging
from typing import Literal, cast

import msgspec
from sqlalchemy import delete, func, select

from messenger.core import clock, people
from messenger.core.models import Letter, User
from messenger.core.snapshots import Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

log = logging.getLogger("messenger.letters")

Kind = Literal["reset", "verify", "missed"]
HOUR = 60 * clock.MINUTE
# Who takes a letter has so long to send it before another may.
LEASE = 5 * clock.MINUTE
WAITS = (clock.MINUTE, 5 * clock.MINUTE, 30 * clock.MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
# A link in them lives no longer than this, so a later letter is of no use.
LIVES = {"reset": 2 * HOUR, "verify": clock.DAY, "missed": clock.DAY}
MOST_AN_HOUR = 3


class Envelope(msgspec.Struct, frozen=True):
    """A letter on its way."""

    letter_id: int
    kind: Kind
    person: Person
    address: str


def put(tx: Tx, user: User, kind: Kind) -> None:
    """One more letter to this person. Nobody's post-box is flooded: what is too much is left out."""
    recent = select(func.count()).where(Letter.user_id == user.id, Letter.kind == kind)
    if not user.email or (tx.scalar(recent.where(Letter.created_at > tx.now - HOUR)) or 0) >= MOST_AN_HOUR:
        return
    tx.add(Letter(user_id=user.id, kind=kind, address=user.email, tries=0, created_at=tx.now, due_at=tx.now))


def is_any_due() -> bool:
    """Is there something to take?"""
    due = select(Letter.id).where(Letter.sent_at.is_(None), Letter.due_at <= clock.now())
    return db.session.scalar(due.limit(1)) is not None


@verb
def take(tx: Tx, limit: int = 20) -> list[Envelope]:
    """The letters that are due; nobody else gets them until the lease ends. What is too old is thrown away."""
    tx.execute(delete(Letter).where(Letter.sent_at < tx.now - clock.DAY))
    rows = (
        select(Letter, User)
        .join(User, User.id == Letter.user_id)
        .where(Letter.sent_at.is_(None), Letter.due_at <= tx.now)
        .order_by(Letter.due_at)
        .limit(limit)
        .with_for_update(of=Letter, skip_locked=True)
    )
    taken = []
    for letter, user in tx.execute(rows).all():
        if letter.created_at < tx.now - LIVES[letter.kind] or not user.is_active or user.email != letter.address:
            letter.sent_at = tx.now
            continue
        letter.due_at = tx.now + LEASE
        taken.append(Envelope(letter.id, cast(Kind, letter.kind), people.snapshot(user), letter.address))
    return taken


@verb
def sent(tx: Tx, letter_id: int) -> None:
    """It has left, or is not wanted any more. Its row stays for a day, to count by."""
    letter = tx.get(Letter, letter_id)
    if letter is not None:
        letter.sent_at = tx.now


@verb
def failed(tx: Tx, letter_id: int, is_final: bool) -> None:
    """It could not be sent: later again, unless nobody will ever take it."""
    letter = tx.get(Letter, letter_id)
    if letter is None:
        return
    letter.tries += 1
    if is_final or letter.tries > len(WAITS):
        letter.sent_at = tx.now
        log.warning("a letter could not be sent and is given up (%s, after %s tries)", letter.kind, letter.tries)
    else:
        letter.due_at = tx.now + WAITS[letter.tries - 1]


def waiting() -> int:
    """How many have not left yet."""
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))) or 0
