"""How a server gets its first administrator: by a token that only who reads its log knows, and that works once."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from sqlalchemy import select, text

from messenger.core import audit, profiles
from messenger.core.audit import Steward
from messenger.core.database import Reading
from messenger.core.models import Keepsake, User
from messenger.core.refusals import Forbidden
from messenger.core.rows import is_sqlite
from messenger.core.snapshots import Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, settings

DONE = "first administrator"
LOCK = 0x66697273
USED = "This address makes nobody an administrator any more."


def token() -> str:
    """The same on every start, on a disk that is wiped too: it follows from the secret."""
    mark = hmac.new(settings.secret_key.encode(), b"first administrator", hashlib.sha256).digest()
    return urlsafe_b64encode(mark[:18]).decode()


def is_open() -> bool:
    """Has nobody ever looked after this server?"""
    return _is_open(db.session)


def is_key(given: str) -> bool:
    """Would this word make an administrator now?"""
    return _is_right(given) and is_open()


def opens(tx: Tx, given: str) -> bool:
    """The same inside a transaction: of two who come with it at once, only one is the first."""
    if not _is_right(given) or not _is_open(tx):
        return False
    _alone(tx)
    return _is_open(tx)


def settle(tx: Tx) -> None:
    """From now on the token is worth nothing, whatever becomes of the administrators."""
    _alone(tx)
    if tx.get(Keepsake, DONE) is None:
        tx.add(Keepsake(name=DONE, value="", kept_at=tx.now))
        tx.flush()


def founded(tx: Tx, steward: Steward) -> None:
    """Somebody has become the first administrator: it is kept."""
    settle(tx)
    audit.note(tx, steward, "founded", f"@{steward.actor.login}" if steward.actor else "")


@verb
def become(tx: Tx, steward: Steward, given: str) -> Person:
    """Make who is signed in already the first administrator. Forbidden with another token, or the second time."""
    if steward.actor is None or not opens(tx, given):
        raise Forbidden(USED)
    user = profiles.existing(tx, steward.actor.user_id)
    user.is_admin = True
    founded(tx, steward)
    return profiles.changed(tx, user)


def _is_right(given: str) -> bool:
    return hmac.compare_digest(token().encode(), given.encode("utf-8", "replace"))


def _is_open(session: Reading) -> bool:
    is_there = session.scalar(select(User.id).where(User.is_admin).limit(1)) is not None
    return not is_there and session.get(Keepsake, DONE) is None


def _alone(tx: Tx) -> None:
    """On PostgreSQL other processes may be asking themselves the same."""
    if not is_sqlite(tx):
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
