"""What has been said in a chat: pages of it, one message, who has read it."""

from collections.abc import Sequence

from sqlalchemy import and_, select

from messenger.core import chats, loading
from messenger.core.database import Reading
from messenger.core.models import Chat, Edition, Member, Message, User
from messenger.core.numbers import is_id, place
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.extensions import db, replica

PAGE = 50
LONGEST_PAGE = 200


def newest(chat: ChatSnapshot, limit: int = PAGE) -> list[MessageSnapshot]:
    """The last messages of a chat, oldest of them first."""
    return before(chat, None, limit)


def before(chat: ChatSnapshot, position: int | None, limit: int = PAGE) -> list[MessageSnapshot]:
    """The messages right before a position, oldest of them first."""
    found: list[MessageSnapshot] = replica.of_chat(
        chat.chat_id, lambda session: _before(session, chat, position, limit)
    )
    return found


def after(chat: ChatSnapshot, position: int, limit: int = PAGE) -> list[MessageSnapshot]:
    """The messages right after a position."""
    found: list[MessageSnapshot] = replica.of_chat(chat.chat_id, lambda session: _after(session, chat, position, limit))
    return found


def around(chat: ChatSnapshot, position: int, limit: int = PAGE) -> list[MessageSnapshot]:
    """A page with this position in its middle."""

    def both(session: Reading) -> list[MessageSnapshot]:
        earlier = _before(session, chat, position + 1, limit // 2)
        return earlier + _after(session, chat, position, limit // 2)

    found: list[MessageSnapshot] = replica.of_chat(chat.chat_id, both)
    return found


def _before(session: Reading, chat: ChatSnapshot, position: int | None, limit: int) -> list[MessageSnapshot]:
    rows = select(Message).where(Message.chat_id == chat.chat_id).order_by(Message.position.desc()).limit(_page(limit))
    if position is not None:
        rows = rows.where(Message.position < place(position))
    return _loaded(session, chat, list(session.scalars(rows))[::-1])


def _after(session: Reading, chat: ChatSnapshot, position: int, limit: int) -> list[MessageSnapshot]:
    rows = (
        select(Message)
        .where(Message.chat_id == chat.chat_id, Message.position > place(position))
        .order_by(Message.position)
        .limit(_page(limit))
    )
    return _loaded(session, chat, list(session.scalars(rows)))


def position_of(chat: ChatSnapshot, message_id: int) -> int:
    """Where a message stands in this chat; where it would stand, if it is one of another chat or of none."""
    places = select(Message.position).where(Message.chat_id == chat.chat_id).limit(1)
    exact = db.session.scalar(places.where(Message.id == place(message_id)))
    if exact is not None:
        return exact
    return db.session.scalar(places.where(Message.id < place(message_id)).order_by(Message.id.desc())) or 0


def one(actor: Actor, message_id: int) -> MessageSnapshot:
    """A message that the actor may read. Unknown for one that he may not know of."""
    row = db.session.get(Message, message_id) if is_id(message_id) else None
    if row is None or not may_read(db.session, actor.user_id, row.chat_id):
        raise Unknown("There is no such message.")
    return loading.load(db.session, [row])[0]


def may_read(session: Reading, user_id: int, chat_id: int) -> bool:
    """May this person read that chat?"""
    chat = session.get(Chat, chat_id)
    if chat is None or chat.archived_at is not None:
        return False
    return chat.is_public or chats.is_member(session, chat_id, user_id)


def undelivered(actor: Actor, limit: int = LONGEST_PAGE) -> list[MessageSnapshot]:
    """What others have written to the actor and none of his devices has received, oldest first."""
    mine = and_(Member.chat_id == Message.chat_id, Member.user_id == actor.user_id, Member.left_at.is_(None))
    rows = (
        select(Message)
        .join(Member, mine)
        .where(Message.position > Member.delivered_position, Message.author_id != actor.user_id)
        .where(Message.deleted_at.is_(None))
        .order_by(Message.id)
        .limit(_page(limit))
    )
    return loading.load(db.session, list(db.session.scalars(rows)))


def readers(actor: Actor, message_id: int) -> list[str]:
    """Logins of those who have read a message and do not keep it to themselves."""
    message = one(actor, message_id)
    rows = (
        select(User.login)
        .join(Member, Member.user_id == User.id)
        .where(Member.chat_id == message.chat.chat_id, Member.read_position >= message.position)
        .where(Member.left_at.is_(None), User.shows_receipts, User.id != message.author.user_id)
        .order_by(User.login_key)
    )
    return list(db.session.scalars(rows))


def _loaded(session: Reading, chat: ChatSnapshot, rows: Sequence[Message]) -> list[MessageSnapshot]:
    return loading.load(session, rows, {chat.chat_id: chat} if chat.chat_id else None)


def _page(limit: int) -> int:
    return max(1, min(limit, LONGEST_PAGE))


def pinned(chat: ChatSnapshot) -> list[MessageSnapshot]:
    """The messages at the top of a chat, last pinned first."""
    rows = select(Message).where(Message.chat_id == chat.chat_id, Message.pinned_at.is_not(None))
    return _loaded(db.session, chat, list(db.session.scalars(rows.order_by(Message.pinned_at.desc()).limit(PAGE))))


def editions(actor: Actor, message_id: int) -> list[tuple[str, int]]:
    """What a message has said and when, the present text first."""
    message = one(actor, message_id)
    rows = select(Edition.text, Edition.written_at).where(Edition.message_id == message_id)
    earlier = [(text, at) for text, at in db.session.execute(rows.order_by(Edition.id.desc()))]
    return [(message.text, message.edited_at or message.created_at), *earlier]
