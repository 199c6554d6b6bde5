"""Invitations: codes that open the door of a server which does not take everybody."""

import hashlib
import secrets

import msgspec
from sqlalchemy import select

from messenger.core import chats, clock, texts
from messenger.core.models import Chat, Invitation, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Forbidden, Invalid, Unknown
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

MOST_USES, MOST_DAYS = 10_000, 3_650


class InvitationSnapshot(msgspec.Struct, frozen=True):
    """An invitation as its maker sees it in the list; the code itself is shown only once."""

    invitation_id: int
    note: str
    uses_left: int
    created_at: int
    expires_at: int | None
    is_valid: bool
    revoked_at: int | None = None
    made_by: str | None = None
    group: str | None = None


@verb
def create(
    tx: Tx,
    actor: Actor | None,
    uses: int = 1,
    days: int | None = 7,
    note: str = "",
    chat_id: int | None = None,
) -> str:
    """A new code. It is not kept, only its hash. Invalid for no use or no day at all, Unknown for no group."""
    if not 1 <= uses <= MOST_USES:
        raise Invalid("An invitation is for 1 to %(limit)s people.", field="uses", limit=MOST_USES)
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid("An invitation lasts 1 to %(limit)s days.", field="days", limit=MOST_DAYS)
    if chat_id is not None and chats.locked(tx, chat_id).kind != "group":
        raise Unknown("There is no such chat.")
    code = secrets.token_urlsafe(12)
    expires = tx.now + days * clock.DAY if days else None
    tx.add(
        Invitation(
            code_hash=_digest(code),
            note=texts.storable(note).strip()[:255],
            made_by=actor.user_id if actor else None,
            chat_id=chat_id,
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


def use(tx: Tx, code: str) -> int | None:
    """Take one use of it; the group that it leads into, if it does. Forbidden when there is none left."""
    invitation = tx.scalar(select(Invitation).where(Invitation.code_hash == _digest(code)).with_for_update())
    if invitation is None or not invitation.is_valid(tx.now):
        raise Forbidden("This invitation is no longer valid.", field="invitation")
    invitation.uses_left -= 1
    return invitation.chat_id


def is_valid(code: str) -> bool:
    """Does this code open the door now?"""
    invitation = db.session.scalar(select(Invitation).where(Invitation.code_hash == _digest(code)))
    return invitation is not None and invitation.is_valid(clock.now())


def every() -> list[InvitationSnapshot]:
    """All that were made, newest first."""
    rows = (
        select(Invitation, User.login, Chat.name)
        .outerjoin(User, User.id == Invitation.made_by)
        .outerjoin(Chat, Chat.id == Invitation.chat_id)
        .order_by(Invitation.id.desc())
    )
    return [_snapshot(invitation, login, group) for invitation, login, group in db.session.execute(rows)]


def _snapshot(invitation: Invitation, made_by: str | None, group: str | None) -> InvitationSnapshot:
    return InvitationSnapshot(
        invitation_id=invitation.id,
        note=invitation.note,
        uses_left=invitation.uses_left,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        is_valid=invitation.is_valid(clock.now()),
        revoked_at=invitation.revoked_at,
        made_by=made_by,
        group=group,
    )


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
