"""Chats as one wire counts them: also those without a message yet, with who has something unread in each."""

from collections import defaultdict

import msgspec
from sqlalchemy import select

from messenger.core import blocks, chats
from messenger.core.models import Chat, Member, User
from messenger.core.snapshots import Actor, ChatSnapshot, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db


class Conversation(msgspec.Struct, frozen=True):
    """A chat with the logins of its members and, for each of them, whether he has something unread there."""

    chat: ChatSnapshot
    has_unread: dict[str, bool]


@verb
def begin(tx: Tx, actor: Actor, other: Person) -> int:
    """The number of the dialog with this person, made now if there is none. The same pair always gets the same."""
    blocks.check_begin(tx, actor, other)
    low, high = sorted((actor.person, other), key=lambda person: person.user_id)
    return chats.open_dialog(tx, ChatSnapshot(None, "dialog", pair=(low, high)))


def of(actor: Actor) -> list[Conversation]:
    """All that the actor is in, latest activity first."""
    ids = list(
        db.session.scalars(
            select(Chat.id)
            .join(Member, Member.chat_id == Chat.id)
            .where(Member.user_id == actor.user_id, Member.left_at.is_(None), Chat.archived_at.is_(None))
            .order_by(Chat.active_at.desc(), Chat.id.desc())
        )
    )
    known, unread = chats.snapshots(db.session, ids), _unread(actor)
    return [Conversation(known[chat_id], unread[chat_id]) for chat_id in ids]


def _unread(actor: Actor) -> dict[int, dict[str, bool]]:
    """By chat: the login of each member, and whether he has something unread."""
    mine = select(Member.chat_id).where(Member.user_id == actor.user_id, Member.left_at.is_(None))
    rows = (
        select(Member.chat_id, User.login, Chat.spoken > Member.read_spoken)
        .join(User, User.id == Member.user_id)
        .join(Chat, Chat.id == Member.chat_id)
        .where(Member.chat_id.in_(mine), Member.left_at.is_(None))
        .order_by(User.login_key)
    )
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for chat_id, login, has_unread in db.session.execute(rows):
        found[chat_id][login] = bool(has_unread)
    return found
