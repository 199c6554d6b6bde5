"""Everything that has changed in a chat since a revision, in order, as the facts that a socket would have heard."""

import msgspec
from sqlalchemy import Select, and_, select

from messenger.core import chats, loading, members, people
from messenger.core.facts import (
    ChatChanged,
    ChatFact,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    ReactionsChanged,
    StatusChanged,
)
from messenger.core.models import Chat, Member, Message, User
from messenger.core.snapshots import ChatSnapshot, MessageSnapshot
from messenger.extensions import db

MOST = 300


class Catchup(msgspec.Struct, frozen=True):
    """The facts after a revision. `is_too_much`: more than fit, so none of them; the reader must load the chat anew."""

    facts: tuple[ChatFact, ...]
    revision: int
    is_too_much: bool = False


def since(chat: ChatSnapshot, revision: int) -> Catchup:
    """What a reader who knows everything up to `revision` has missed."""
    revision = max(0, revision)
    row = db.session.get(Chat, chat.chat_id, populate_existing=True) if chat.chat_id is not None else None
    if row is None or revision >= row.revision:
        return Catchup((), row.revision if row else 0)
    messages = [*_written(row, revision), *_changed(row.id, revision)]
    comings = _members(row.id, revision)
    if len(messages) + len(comings) > MOST:
        return Catchup((), row.revision, is_too_much=True)
    told = [_message_fact(row.id, born, message, revision) for born, message in messages]
    at = [
        born if isinstance(fact, MessageSent) else fact.revision for fact, (born, _) in zip(told, messages, strict=True)
    ]
    others = [*(_member_fact(chat, member, user, revision) for member, user in comings), *_chat_facts(row, revision)]
    places = [*zip(at, told, strict=True), *((fact.revision, fact) for fact in others)]
    return Catchup(tuple(_in_order(places, row.revision)), row.revision)


def revision_at(chat: ChatSnapshot, message_id: int) -> int:
    """The revision of the chat when the last message up to this id had just been written."""
    rows = select(Message.born).where(Message.chat_id == chat.chat_id, Message.id <= message_id)
    return db.session.scalar(rows.order_by(Message.id.desc()).limit(1)) or 0


def _written(chat: Chat, revision: int) -> list[tuple[int, MessageSnapshot]]:
    """Every message has raised the revision by one: more than the difference cannot be new."""
    furthest = chat.position - min(MOST + 1, chat.revision - revision)
    rows = select(Message).where(Message.chat_id == chat.id, Message.position > furthest, Message.born > revision)
    return _with_birth(rows.order_by(Message.position))


def _changed(chat_id: int, revision: int) -> list[tuple[int, MessageSnapshot]]:
    """Those written before. The condition on both columns is the index's own."""
    old = and_(Message.chat_id == chat_id, Message.born <= revision)
    rows = select(Message).where(old, Message.revision > revision, Message.revision > Message.born)
    return _with_birth(rows.order_by(Message.revision).limit(MOST + 1))


def _with_birth(rows: Select[Message]) -> list[tuple[int, MessageSnapshot]]:
    found: list[Message] = list(db.session.scalars(rows))
    return list(zip((row.born for row in found), loading.load(db.session, found), strict=True))


def _members(chat_id: int, revision: int) -> list[tuple[Member, User]]:
    rows = (
        select(Member, User)
        .join(User, User.id == Member.user_id)
        .where(Member.chat_id == chat_id, Member.revision > revision)
        .order_by(Member.revision)
        .limit(MOST + 1)
    )
    return [(member, user) for member, user in db.session.execute(rows)]


def _message_fact(chat_id: int, born: int, message: MessageSnapshot, revision: int) -> ChatFact:
    if message.deleted_at is not None:
        return MessageDeleted(chat_id, message.revision, message)
    if born > revision:
        return MessageSent(chat_id, message.revision, message)
    if message.edited_at is not None:
        return MessageEdited(chat_id, message.revision, message)
    return ReactionsChanged(chat_id, message.revision, message)


def _member_fact(chat: ChatSnapshot, member: Member, user: User, revision: int) -> ChatFact:
    person = people.snapshot(user)
    if not member.is_in:
        return MemberRemoved(member.chat_id, member.revision, chat, person, "")
    return MemberAdded(member.chat_id, member.revision, chat, members.snapshot(member, person))


def _chat_facts(row: Chat, revision: int) -> list[ChatFact]:
    facts: list[ChatFact] = []
    chat = chats.snapshots(db.session, [row.id])[row.id]
    if row.changed > revision:
        facts.append(ChatChanged(row.id, row.changed, chat))
    if row.leveled > revision:
        delivered, read = row.delivered_level, row.read_level
        ids = select(Message.position, Message.id).where(Message.chat_id == row.id)
        at = dict(db.session.execute(ids.where(Message.position.in_((delivered, read)))).tuples().all())
        facts.append(StatusChanged(row.id, row.leveled, chat, delivered, read, at.get(delivered), at.get(read)))
    return facts


def _in_order(places: list[tuple[int, ChatFact]], newest: int) -> list[ChatFact]:
    """A message where it was written, the rest where it happened. A reader cut off between two of them asks again from
    a revision that leaves none out and repeats none: each fact carries the highest up to which everything is told."""
    safe = newest
    told: list[ChatFact] = []
    for _, fact in sorted(places, key=lambda place: place[0], reverse=True):
        told.append(msgspec.structs.replace(fact, revision=safe))
        safe = min(safe, fact.revision - 1)
    return told[::-1]
