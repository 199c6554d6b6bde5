"""Passkeys: kept by a person's own devices and taken instead of a password. How they are made and proved stands in
ceremonies.py. Who has proved one has proved his device and himself: no further step is asked of him.
"""

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from messenger.core import accounts, texts
from messenger.core.models import Passkey, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Conflict, Unauthenticated, Unknown
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

MOST = 20
WRONG = "This passkey does not fit. Please try again, or sign in with your password."
KNOWN = "This passkey is known already."


class PasskeySnapshot(msgspec.Struct, frozen=True):
    """A passkey in the list that its person sees."""

    passkey_id: int
    name: str
    created_at: int
    used_at: int | None


def of(actor: Actor) -> list[PasskeySnapshot]:
    """The actor's, oldest first."""
    rows = select(Passkey).where(Passkey.user_id == actor.user_id).order_by(Passkey.id)
    return [PasskeySnapshot(row.id, row.name, row.created_at, row.used_at) for row in db.session.scalars(rows)]


@verb
def keep(tx: Tx, actor: Actor, credential: str, public_key: str, uses: int, name: str) -> int:
    """A new passkey of the actor."""
    name = texts.one_line(name, "name")
    mine = select(func.count()).select_from(Passkey).where(Passkey.user_id == actor.user_id)
    if (tx.scalar(mine) or 0) >= MOST:
        raise Conflict("That is enough passkeys. Please remove one first.")
    row = Passkey(
        user_id=actor.user_id,
        name=name,
        credential=credential,
        public_key=public_key,
        uses=uses,
        created_at=tx.now,
    )
    try:
        tx.attempt(lambda: tx.add(row))
    except IntegrityError:
        raise Conflict(KNOWN) from None
    return row.id


@verb
def forget(tx: Tx, actor: Actor, passkey_id: int) -> None:
    """One of the actor's own opens nothing any more. Unknown when it is not his."""
    row = tx.get(Passkey, passkey_id) if is_id(passkey_id) else None
    if row is None or row.user_id != actor.user_id:
        raise Unknown("There is no such passkey.")
    tx.execute(delete(Passkey).where(Passkey.id == passkey_id))


@verb
def sign_in(tx: Tx, passkey_id: int, uses: int, device: Device) -> SignedIn:
    """A new session by a passkey that was proved, unless a later proof was faster: a copy would count for itself."""
    row = tx.get(Passkey, passkey_id, with_for_update=True)
    user = tx.get(User, row.user_id) if row is not None else None
    if row is None or user is None or not user.is_active:
        raise Unauthenticated(WRONG)
    if (uses or row.uses) and uses <= row.uses:
        raise Unauthenticated(WRONG)
    row.uses, row.used_at = uses, tx.now
    return accounts.sign_in.within(tx, user.id, device)
