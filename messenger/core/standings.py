"""How chats stand for one person: the rows of his list, and what he sets for himself in each."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from messenger.core import chats, loading
from messenger.core.models import Chat, Member, Mention, Message
from messenger.core.snapshots import Actor, MessageSnapshot, Role, Standing
from messenger.extensions import db

Rows = Select[Chat, Member, Message, bool]
Mine = aliased(Member)
LONGEST = 500


def of(actor: Actor, limit: int = LONGEST, before: tuple[int, int] | None = None, skip: int = 0) -> list[Standing]:
    """A person's chats that have begun, latest activity first; `before` names the last row of the page before."""
    rows = _before(_rows(actor).where(Mine.user_id == actor.user_id, Chat.position > 0), before)
    return _loaded(rows.order_by(Chat.active_at.desc(), Chat.id.desc()).limit(limit).offset(skip))


def one(actor: Actor, chat_id: int) -> Standing | None:
    """How one chat stands for a person who may read it."""
    found = _loaded(_rows(actor).where(Chat.id == chat_id))
    return found[0] if found else None


def some(actor: Actor, chat_ids: Collection[int]) -> list[Standing]:
    """How these chats stand for a person who may read them, in one read for all of them."""
    return _loaded(_rows(actor).where(Chat.id.in_(chat_ids)))


def public_groups(actor: Actor, limit: int = LONGEST) -> list[Standing]:
    """The open groups that the person is not in, latest activity first."""
    rows = _rows(actor).where(Chat.is_public, Mine.user_id.is_(None))
    return _loaded(rows.order_by(Chat.active_at.desc(), Chat.id.desc()).limit(limit))


def open_to(actor: Actor, limit: int | None = None, before: tuple[int, int] | None = None) -> list[Standing]:
    """The person's chats that have begun and the open groups of others together, latest activity first."""
    rows = _rows(actor).where(or_(Mine.user_id == actor.user_id, Chat.is_public), Chat.position > 0)
    return _loaded(_before(rows, before).order_by(Chat.active_at.desc(), Chat.id.desc()).limit(limit))


def unread_total(actor: Actor) -> int:
    """How many messages wait for a person in all."""
    rows = select(func.sum(Chat.spoken - Member.read_spoken)).join(Member, Member.chat_id == Chat.id)
    return int(db.session.scalar(rows.where(Member.user_id == actor.user_id, Member.left_at.is_(None))) or 0)


def _rows(actor: Actor) -> Rows:
    """One query whose cost does not grow with history: the last message stands at the chat's own position."""
    mine: ColumnElement[bool] = and_(Mine.chat_id == Chat.id, Mine.user_id == actor.user_id, Mine.left_at.is_(None))
    named = select(Mention.message_id).where(
        Mention.user_id == actor.user_id, Mention.chat_id == Chat.id, Mention.position > Mine.read_position
    )
    return (
        select(Chat, Mine, Message, named.exists())
        .outerjoin(Mine, mine)
        .outerjoin(Message, and_(Message.chat_id == Chat.id, Message.position == Chat.position))
        .where(Chat.archived_at.is_(None))
    )


def _before(rows: Rows, before: tuple[int, int] | None) -> Rows:
    """Those behind the row that was active at that moment and has that number."""
    if before is None:
        return rows
    return rows.where(or_(Chat.active_at < before[0], and_(Chat.active_at == before[0], Chat.id < before[1])))


def _loaded(query: Rows) -> list[Standing]:
    rows = db.session.execute(query).all()
    known = chats.snapshots(db.session, [row[0].id for row in rows])
    last = [row[2] for row in rows if row[2] is not None]
    messages = {m.message_id: m for m in loading.load(db.session, last, known)}
    return [
        _standing(chat, mine, known[chat.id], messages.get(message.id) if message else None, bool(named))
        for chat, mine, message, named in rows
    ]


def _standing(chat: Chat, mine: Member | None, snapshot: Any, last: MessageSnapshot | None, named: bool) -> Standing:
    if mine is None:
        return Standing(snapshot, False, 0, last, chat.active_at, chat.position, chat.revision)
    role: Role = "owner" if mine.role == "owner" else "admin" if mine.role == "admin" else "member"
    return Standing(
        chat=snapshot,
        is_member=True,
        unread=max(0, chat.spoken - mine.read_spoken),
        last_message=last,
        active_at=chat.active_at,
        position=chat.position,
        revision=chat.revision,
        role=role,
        read_position=mine.read_position,
        muted_until=mine.muted_until,
        pinned_at=mine.pinned_at,
        notify="mentions" if mine.notify == "mentions" else "none" if mine.notify == "none" else "all",
        draft=mine.draft,
        mentioned=named,
    )
