"""Invitations: codes that open the door of a server which does not take everybody."""

import hashlib
import secrets

import msgspec
from sqlalchemy import select

from messenger.core import clock
from messenger.core.models import Invitation
from messenger.core.numbers import is_id
from messenger.core.refusals import Forbidden, Unknown
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb
from messenger.extensions import db


class InvitationSnapshot(msgspec.Struct, frozen=True):
    """An invitation as its maker sees it in the list; the code itself is shown only once."""

    invitation_id: int
    note: str
    uses_left: int
    created_at: int
    expires_at: int | None
    is_valid: bool


@verb
def create(tx: Tx, actor: Actor | None, uses: int = 1, days: int | None = 7, note: str = "") -> str:
    """A new code. It is not kept, only its hash."""
    code = secrets.token_urlsafe(12)
    expires = tx.now + days * clock.DAY if days else None
    tx.add(
        Invitation(
            code_hash=_digest(code),
            note=note[:255],
            made_by=actor.user_id if actor else None,
            created_at=tx.now,
            expires_at=expires,
            uses_left=uses,
        )
    )
    return code


@verb
def revoke(tx: Tx, invitation_id: int) -> None:
    """From now on it opens nothing."""
    invitation = tx.get(Invitation, invitation_id) if is_id(invitation_id) else None
    if invitation is None:
        raise Unknown("There is no such invitation.")
    invitation.revoked_at = invitation.revoked_at or tx.now


def use(tx: Tx, code: str) -> None:
    """Take one use of it. Forbidden when there is none left."""
    invitation = tx.scalar(select(Invitation).where(Invitation.code_hash == _digest(code)).with_for_update())
    if invitation is None or not invitation.is_valid(tx.now):
        raise Forbidden("This invitation is no longer valid.", field="invitation")
    invitation.uses_left -= 1


def is_valid(code: str) -> bool:
    """Does this code open the door now?"""
    invitation = db.session.scalar(select(Invitation).where(Invitation.code_hash == _digest(code)))
    return invitation is not None and invitation.is_valid(clock.now())


def every() -> list[InvitationSnapshot]:
    """All that were made, newest first."""
    at = clock.now()
    rows = db.session.scalars(select(Invitation).order_by(Invitation.id.desc()))
    return [InvitationSnapshot(i.id, i.note, i.uses_left, i.created_at, i.expires_at, i.is_valid(at)) for i in rows]


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
