"""How chats stand for one person: the rows of his list, and what he sets for himself in each."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from messenger.core import chats, loading
from messenger.core.models import Chat, Member, Mention, Message
from messenger.core.rows import Statement
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot, Role, Standing
from messenger.extensions import db

Rows = Select[Chat, Member, Message, bool]
Mine = aliased(Member)
LONGEST = 500
# SQLite would read all members through to find those who are wanted; a cross join it takes in the order it is written.
OWN = Statement(
    """
    SELECT {columns} FROM {wanted} w CROSS JOIN members m
    WHERE m.chat_id = w.chat_id AND m.user_id = w.user_id AND m.left_at IS NULL
    """,
    columns="m.chat_id, m.user_id,"
    " m.role, m.read_position, m.read_spoken, m.muted_until, m.pinned_at, m.notify, m.draft,"
    " EXISTS (SELECT 1 FROM mentions n"
    " WHERE n.user_id = m.user_id AND n.chat_id = m.chat_id AND n.position > m.read_position)",
    wanted="chat_id bigint, user_id bigint",
)


class Own(NamedTuple):
    """As much of a member as his row shows."""

    role: str
    read_position: int
    read_spoken: int
    muted_until: int | None
    pinned_at: int | None
    notify: str
    draft: str


def of(actor: Actor, limit: int = LONGEST, before: tuple[int, int] | None = None, skip: int = 0) -> list[Standing]:
    """A person's chats that have begun, latest activity first; `before` names the last row of the page before."""
    rows = _before(_rows(actor).where(Mine.user_id == actor.user_id, Chat.position > 0), before)
    return _loaded(rows.order_by(Chat.active_at.desc(), Chat.id.desc()).limit(limit).offset(skip))


def one(actor: Actor, chat_id: int) -> Standing | None:
    """How one chat stands for a person who may read it."""
    found = _loaded(_rows(actor).where(Chat.id == chat_id))
    return found[0] if found else None


def together(places: Collection[tuple[int, int]]) -> dict[tuple[int, int], Standing]:
    """How chats stand for people who are in them, by (chat, person): in as many reads for all of them as for one."""
    rows = select(Chat, Message).outerjoin(Message, _stands_last()).where(Chat.archived_at.is_(None))
    listed = db.session.execute(rows.where(Chat.id.in_({chat_id for chat_id, _ in places}))).all()
    known, said = _hung(listed)
    chats_of = {chat.id: (chat, said.get(last.id) if last else None) for chat, last in listed}
    found: dict[tuple[int, int], Standing] = {}
    for chat_id, user_id, *own, named in OWN.look(db.session, wanted=list(places)):
        if chat_id in chats_of:
            chat, last = chats_of[chat_id]
            found[chat_id, user_id] = _standing(chat, Own(*own), known[chat_id], last, bool(named))
    return found


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
        .outerjoin(Message, _stands_last())
        .where(Chat.archived_at.is_(None))
    )


def _before(rows: Rows, before: tuple[int, int] | None) -> Rows:
    """Those behind the row that was active at that moment and has that number."""
    if before is None:
        return rows
    return rows.where(or_(Chat.active_at < before[0], and_(Chat.active_at == before[0], Chat.id < before[1])))


def _stands_last() -> ColumnElement[bool]:
    return and_(Message.chat_id == Chat.id, Message.position == Chat.position)


def _loaded(query: Rows) -> list[Standing]:
    rows = db.session.execute(query).all()
    known, said = _hung((chat, last) for chat, _, last, _ in rows)
    return [
        _standing(chat, mine, known[chat.id], said.get(last.id) if last else None, bool(named))
        for chat, mine, last, named in rows
    ]


def _hung(rows: Iterable[tuple[Chat, Message | None]]) -> tuple[dict[int, ChatSnapshot], dict[int, MessageSnapshot]]:
    """These chats and their last messages by number, with all that hangs on them."""
    listed = list(rows)
    known = chats.snapshots(db.session, [chat.id for chat, _ in listed])
    last = [message for _, message in listed if message is not None]
    return known, {message.message_id: message for message in loading.load(db.session, last, known)}


def _standing(
    chat: Chat, mine: Member | Own | None, snapshot: ChatSnapshot, last: MessageSnapshot | None, named: bool
) -> Standing:
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
