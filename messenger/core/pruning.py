"""What a server need not keep for ever: old messages, what old messages once said, ended sessions, spent invitations.

Of an old message only its place stays, as when its author deletes it: positions have no gap, and all pages hear.
"""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Delete, delete, func, or_, select

from messenger.core import chats, clock, messages
from messenger.core.models import Chat, Edition, Invitation, Message, Session
from messenger.core.pace import Pace
from messenger.core.refusals import Unknown
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

# So many ids are looked at in one reading, so many messages are erased in one transaction; between them others write.
LOOKED_AT, AT_ONCE, ROWS = 2_000, 20, 500
PAUSE = 0.02
# Who looks at a list of his devices, or of invitations, may still want to see those that ended lately.
REMEMBERED = 30 * clock.DAY


class Pruned(msgspec.Struct):
    """How much went, or would go."""

    messages: int = 0
    revisions: int = 0
    sessions: int = 0
    invitations: int = 0


def prune(days: int) -> Iterator[Pruned]:
    """Take away what is older than so many days, 0 for nothing but what has ended; after each step how much it was."""
    done, now = Pruned(), clock.now()
    if days:
        before = now - days * clock.DAY
        for ids in _old(before):
            for start in range(0, len(ids), AT_ONCE):
                done.messages += erase(ids[start : start + AT_ONCE])
                yield done
                time.sleep(PAUSE)
        while gone := forget_revisions(before):
            done.revisions += gone
            yield done
    while gone := forget_sessions(now - REMEMBERED):
        done.sessions += gone
        yield done
    while gone := forget_invitations(now - REMEMBERED):
        done.invitations += gone
        yield done
    yield done


def wholly(days: int) -> Pruned:
    """The same, to its end."""
    last = Pruned()
    for done in prune(days):
        last = done
    return last


def would(days: int) -> Pruned:
    """How much that would be now."""
    now = clock.now()
    found = Pruned(
        sessions=_count(select(func.count()).where(_is_over(now - REMEMBERED))),
        invitations=_count(select(func.count()).where(_is_spent(now - REMEMBERED))),
    )
    if days:
        before = now - days * clock.DAY
        found.messages = sum(len(ids) for ids in _old(before))
        found.revisions = _count(select(func.count()).where(Edition.written_at < before))
    return found


@verb
def erase(tx: Tx, message_ids: list[int]) -> int:
    """Leave only their places; says how many that concerned."""
    found = tx.execute(select(Message.id, Message.chat_id).where(Message.id.in_(message_ids))).all()
    done = 0
    for chat_id in sorted({row.chat_id for row in found}):
        chat = _held(tx, chat_id)
        for row in (row for row in found if row.chat_id == chat_id):
            message = tx.get_one(Message, row.id, populate_existing=True)
            if not message.is_deleted:
                messages.erased(tx, chat, message)
                done += 1
    return done


@verb
def forget_revisions(tx: Tx, before: int) -> int:
    """What messages said before they were edited, up to a batch."""
    return _some(tx, delete(Edition), Edition.id, Edition.written_at < before)


@verb
def forget_sessions(tx: Tx, before: int) -> int:
    """Devices that were signed out, or have not come back, since then."""
    return _some(tx, delete(Session), Session.id, _is_over(before))


@verb
def forget_invitations(tx: Tx, before: int) -> int:
    """Codes that open nothing any more."""
    return _some(tx, delete(Invitation), Invitation.id, _is_spent(before))


def _old(before: int) -> Iterator[list[int]]:
    """The ids of messages from before that moment, in the order they were written, some at a time."""
    pace, past, last = Pace(), 0, db.session.scalar(select(func.max(Message.id))) or 0
    while past < last:
        here = (Message.id > past) & (Message.id <= past + LOOKED_AT)
        is_old = (Message.created_at < before) & Message.deleted_at.is_(None) & (Message.kind == "text")
        found = list(db.session.scalars(select(Message.id).where(here, is_old).order_by(Message.id)))
        db.session.remove()
        past += LOOKED_AT
        if found:
            yield found
        pace.breathe()


def _held(tx: Tx, chat_id: int) -> Chat:
    try:
        return chats.locked(tx, chat_id)
    except Unknown:
        return tx.get_one(Chat, chat_id)  # nobody is in it any more


def _some(tx: Tx, statement: Delete, key: Any, which: ColumnElement[bool]) -> int:
    ids = list(tx.scalars(select(key).where(which).limit(ROWS)))
    if ids:
        tx.execute(statement.where(key.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)


def _is_over(before: int) -> ColumnElement[bool]:
    return or_(Session.ended_at < before, Session.expires_at < before)


def _is_spent(before: int) -> ColumnElement[bool]:
    ended = or_(Invitation.revoked_at < before, Invitation.expires_at < before)
    return ended | ((Invitation.uses_left <= 0) & (Invitation.created_at < before))


def _count(rows: object) -> int:
    found = db.session.scalar(rows)  # type: ignore[call-overload]
    db.session.remove()
    return int(found or 0)
