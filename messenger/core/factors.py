"""Two-factor sign-in: an authenticator app whose codes are taken once, and recovery codes for the day it is lost."""

import hashlib
import secrets

import msgspec
import pyotp
from sqlalchemy import delete, func, select

from messenger.core import accounts, clock
from messenger.core.models import RecoveryCode, SecondFactor
from messenger.core.refusals import Conflict, Invalid, Unauthenticated
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, settings

STEP = 30
# A clock that is half a minute wrong is no reason to keep somebody out.
DRIFT = 1
CODES = 10
# Without letters and digits that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG = "This code is wrong, or was used already."


class Setup(msgspec.Struct, frozen=True):
    """What the authenticator needs: the secret to type, or the address that a picture of squares carries."""

    secret: str
    address: str


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
    return _setup(actor, row.secret) if row is not None and row.confirmed_at is None else None


@verb
def begin(tx: Tx, actor: Actor) -> Setup:
    """Set an authenticator up; it counts from its first code on. Conflict when there is one."""
    row = tx.get(SecondFactor, actor.user_id)
    if row is None:
        row = SecondFactor(user_id=actor.user_id, secret=pyotp.random_base32(), created_at=tx.now)
        tx.add(row)
    elif row.confirmed_at is not None:
        raise Conflict("Two-factor sign-in is on already.")
    return _setup(actor, row.secret)


@verb
def confirm(tx: Tx, actor: Actor, code: str) -> list[str]:
    """The first code of the authenticator: from now on one is asked for. The recovery codes, shown only now."""
    row = tx.get(SecondFactor, actor.user_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict("Nothing is being set up. Please begin again.")
    if not _is_fresh(tx, row, _plain(code)):
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
    is_right = row is not None and row.confirmed_at is not None and (_is_fresh(tx, row, said) or _use(tx, row, said))
    if not is_right:
        raise Unauthenticated(WRONG, field="code")
    return accounts.sign_in.within(tx, user_id, device)


def _is_fresh(tx: Tx, row: SecondFactor, code: str) -> bool:
    """Is it a code of about now, later than the last one that was taken? It is taken with that."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    here = tx.now // clock.SECOND // STEP
    app = pyotp.TOTP(row.secret, interval=STEP)
    for step in range(max(here - DRIFT, row.used_step + 1), here + DRIFT + 1):
        if secrets.compare_digest(app.at(step * STEP), code):
            row.used_step = step
            return True
    return False


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


def _setup(actor: Actor, secret: str) -> Setup:
    name = str(settings.site_name).replace(":", " ")
    return Setup(secret, pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=actor.login, issuer_name=name))
