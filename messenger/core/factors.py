"""Two-factor sign-in: an authenticator app whose codes are taken once, and recovery codes for the day it is lost."""

import hashlib
import secrets

from sqlalchemy import delete, func, select

from messenger.core import accounts, authenticators
from messenger.core.authenticators import Setup
from messenger.core.models import RecoveryCode, SecondFactor
from messenger.core.refusals import Conflict, Invalid, Unauthenticated
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

CODES = 10
# Without letters and digits that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG = "This code is wrong, or was used already."
LOST = "Your authenticator app no longer fits this server. Please use a recovery code, or ask the administrator."


def is_on(user_id: int) -> bool:
    """Is a code asked of this person?"""
    rows = select(SecondFactor.user_id).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return db.session.scalar(rows) is not None


def codes_left(user_id: int) -> int:
    """How many recovery codes still open."""
    rows = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return db.session.scalar(rows.where(RecoveryCode.used_at.is_(None))) or 0


def pending(actor: Actor) -> Setup | None:
    """What is being set up and waits for its first code."""
    row = db.session.get(SecondFactor, actor.user_id)
    secret = authenticators.secret_of(row) if row is not None and row.confirmed_at is None else None
    return None if secret is None else authenticators.setup(actor, secret)


def is_lost(user_id: int) -> bool:
    """Is a code asked for that nobody can check any more, since the server's own secret has changed?"""
    row = db.session.get(SecondFactor, user_id)
    return row is not None and row.confirmed_at is not None and authenticators.secret_of(row) is None


@verb
def begin(tx: Tx, actor: Actor) -> Setup:
    """Set an authenticator up; it counts from its first code on. Conflict when there is one."""
    row = tx.get(SecondFactor, actor.user_id)
    if row is None:
        row = SecondFactor(user_id=actor.user_id, secret="", created_at=tx.now)
        tx.add(row)
    elif row.confirmed_at is not None:
        raise Conflict("Two-factor sign-in is on already.")
    known = authenticators.secret_of(row)
    return authenticators.setup(actor, known or authenticators.renew(row))


@verb
def confirm(tx: Tx, actor: Actor, code: str) -> list[str]:
    """The first code of the authenticator: from now on one is asked for. The recovery codes, shown only now."""
    row = tx.get(SecondFactor, actor.user_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict("Nothing is being set up. Please begin again.")
    if not authenticators.takes(row, _plain(code), tx.now):
        raise Invalid(WRONG, field="code")
    row.confirmed_at = tx.now
    return _new_codes(tx, actor.user_id)


@verb
def switch_off(tx: Tx, user_id: int) -> bool:
    """No code is asked of this person any more. Whether one was."""
    row = tx.get(SecondFactor, user_id)
    was_on = row is not None and row.confirmed_at is not None
    for table in (SecondFactor, RecoveryCode):
        tx.execute(delete(table).where(table.user_id == user_id))
    return was_on


@verb
def renew_codes(tx: Tx, actor: Actor) -> list[str]:
    """Other recovery codes; the old ones open nothing any more."""
    row = tx.get(SecondFactor, actor.user_id)
    if row is None or row.confirmed_at is None:
        raise Conflict("Two-factor sign-in is off.")
    return _new_codes(tx, actor.user_id)


@verb
def sign_in(tx: Tx, user_id: int, code: str, device: Device) -> SignedIn:
    """The second step: a code of the authenticator or a recovery code opens, once."""
    row = tx.get(SecondFactor, user_id, with_for_update=True)
    said = _plain(code)
    if row is None or row.confirmed_at is None:
        raise Unauthenticated(WRONG, field="code")
    if not (authenticators.takes(row, said, tx.now) or _use(tx, row, said)):
        raise Unauthenticated(LOST if authenticators.secret_of(row) is None else WRONG, field="code")
    return accounts.sign_in.within(tx, user_id, device)


def _use(tx: Tx, row: SecondFactor, code: str) -> bool:
    rows = select(RecoveryCode).where(RecoveryCode.user_id == row.user_id, RecoveryCode.used_at.is_(None))
    kept = tx.scalar(rows.where(RecoveryCode.code_hash == _digest(row.user_id, code)).with_for_update())
    if kept is None:
        return False
    kept.used_at = tx.now
    return True


def _new_codes(tx: Tx, user_id: int) -> list[str]:
    tx.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    plain = ["".join(secrets.choice(LETTERS) for _ in range(12)) for _ in range(CODES)]
    tx.add_all(RecoveryCode(user_id=user_id, code_hash=_digest(user_id, code)) for code in plain)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in plain]


def _plain(code: object) -> str:
    """As it is compared: people type spaces, dashes and capitals."""
    return "".join(sign for sign in code.casefold() if sign.isalnum())[:64] if isinstance(code, str) else ""


def _digest(user_id: int, code: str) -> str:
    return hashlib.sha256(f"{user_id}\n{code}".encode("utf-8", "replace")).hexdigest()
