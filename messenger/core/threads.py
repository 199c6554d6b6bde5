"""A person's dialogs with who wrote first in each, in the order in which they began."""

import msgspec
from sqlalchemy import and_, select

from messenger.core import chats
from messenger.core.models import Chat, Member, Message
from messenger.core.snapshots import Actor, ChatSnapshot, Person
from messenger.extensions import db

LONGEST = 1_000


class Thread(msgspec.Struct, frozen=True):
    """A dialog, who began it, and the other one (the same in "Saved messages")."""

    chat: ChatSnapshot
    first: Person
    second: Person


def of(actor: Actor) -> list[Thread]:
    """The dialogs in which something has been said."""
    begun = and_(Message.chat_id == Chat.id, Message.position == 1)
    rows = (
        select(Chat.id, Message.author_id)
        .join(Member, Member.chat_id == Chat.id)
        .join(Message, begun)
        .where(Member.user_id == actor.user_id, Member.left_at.is_(None), Chat.kind == "dialog")
        .order_by(Chat.id)
        .limit(LONGEST)
    )
    authors: dict[int, int] = {row.id: row.author_id for row in db.session.execute(rows)}
    known = chats.snapshots(db.session, authors)
    return [_thread(known[chat_id], author_id) for chat_id, author_id in authors.items()]


def _thread(chat: ChatSnapshot, author_id: int) -> Thread:
    assert chat.pair is not None
    second = chat.other(author_id)
    first = next((person for person in chat.pair if person.user_id == author_id), second)
    return Thread(chat, first, second)


def shared_groups(actor: Actor, person: Person) -> list[ChatSnapshot]:
    """The groups that both are in, by name."""
    theirs = select(Member.chat_id).where(Member.user_id == person.user_id, Member.left_at.is_(None))
    rows = (
        select(Chat.id)
        .join(Member, Member.chat_id == Chat.id)
        .where(Member.user_id == actor.user_id, Member.left_at.is_(None), Chat.kind == "group", Chat.id.in_(theirs))
    )
    known = chats.snapshots(db.session, db.session.scalars(rows))
    return sorted(known.values(), key=lambda chat: chat.name.casefold())
