"""Messages that somebody wants to find again. Only his own devices hear of it."""

import msgspec
from sqlalchemy import and_, func, or_, select

from messenger.core import history, loading
from messenger.core.facts import StarChanged
from messenger.core.models import Chat, Member, Message, Star
from messenger.core.numbers import is_id
from messenger.core.refusals import Invalid, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

PAGE = 50
MOST = 5_000


class Starred(msgspec.Struct, frozen=True):
    """A message and when it got its star."""

    message: MessageSnapshot
    at: int


@verb
def star(tx: Tx, actor: Actor, message_id: int, is_starred: bool = True) -> None:
    """Put a star on a message, or take it away. Unknown for one that the actor may not read."""
    message = tx.get(Message, message_id) if is_id(message_id) else None
    if message is None or message.is_deleted or not history.may_read(tx, actor.user_id, message.chat_id):
        raise Unknown("There is no such message.")
    row = tx.get(Star, (actor.user_id, message_id))
    if row is not None and not is_starred:
        tx.delete(row)
    if row is None and is_starred:
        count = select(func.count(Star.message_id)).where(Star.user_id == actor.user_id)
        if (tx.scalar(count) or 0) >= MOST:
            raise Invalid("At most %(limit)s messages have a star.", field="star", limit=MOST)
        tx.add(Star(user_id=actor.user_id, message_id=message_id, created_at=tx.now))
    if is_starred != (row is not None):
        tx.announce(StarChanged(actor.user_id, message_id, is_starred))


def of(actor: Actor, before: int | None = None, limit: int = PAGE) -> list[Starred]:
    """What the actor starred and may still read, last starred first; `before` is where the page before ended."""
    mine = select(Member.chat_id).where(Member.user_id == actor.user_id, Member.left_at.is_(None))
    rows = (
        select(Message, Star.created_at)
        .join(Star, and_(Star.message_id == Message.id, Star.user_id == actor.user_id))
        .join(Chat, Chat.id == Message.chat_id)
        .where(or_(Chat.id.in_(mine), and_(Chat.is_public, Chat.archived_at.is_(None))), Message.deleted_at.is_(None))
    )
    if before is not None:
        rows = rows.where(Star.created_at < before)
    found = db.session.execute(rows.order_by(Star.created_at.desc(), Message.id.desc()).limit(limit)).tuples().all()
    messages = loading.load(db.session, [row for row, _ in found])
    return [Starred(message, at) for message, (_, at) in zip(messages, found, strict=True)]


def ids_in(actor: Actor, chat: ChatSnapshot) -> list[int]:
    """The starred messages of one chat."""
    rows = select(Star.message_id).join(Message, Message.id == Star.message_id)
    return list(db.session.scalars(rows.where(Star.user_id == actor.user_id, Message.chat_id == chat.chat_id)))
