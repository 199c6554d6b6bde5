"""Chats: found by the people in them or by number, made by the first message, seen only by those who may."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from messenger.core import database, people
from messenger.core.database import Reading
from messenger.core.facts import ChatOpened
from messenger.core.models import Chat, Member, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Forbidden, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, Person
from messenger.core.verbs import Tx
from messenger.extensions import db


def with_person(actor: Actor, other: Person) -> ChatSnapshot:
    """The dialog of two people; its chat_id is None while nothing has been written in it."""
    low, high = sorted((actor.user_id, other.user_id))
    chat = db.session.scalar(select(Chat).where(Chat.pair_low == low, Chat.pair_high == high))
    pair = (actor.person, other) if actor.user_id <= other.user_id else (other, actor.person)
    if chat is None:
        return ChatSnapshot(None, "dialog", pair=pair)
    return ChatSnapshot(chat.id, "dialog", pair=pair, created_at=chat.created_at)


def dialog(actor: Actor, login: str) -> ChatSnapshot:
    """The actor's dialog with the person of this login."""
    return with_person(actor, people.by_login(login))


def visible(actor: Actor, chat_id: int) -> ChatSnapshot:
    """The chat of this number, if the actor may read it. Unknown, or Forbidden for a group of others."""
    chat = db.session.get(Chat, chat_id) if is_id(chat_id) else None
    if chat is None or chat.archived_at is not None:
        raise Unknown("There is no such chat.")
    if not chat.is_public and not is_member(db.session, chat_id, actor.user_id):
        raise Forbidden("You are not a member of this group.")
    return snapshots(db.session, [chat_id])[chat_id]


def group(actor: Actor, chat_id: int) -> ChatSnapshot:
    """The group of this number, if the actor may read it."""
    chat = visible(actor, chat_id)
    if chat.kind != "group":
        raise Unknown("There is no such group.")
    return chat


def is_member(session: Reading, chat_id: int, user_id: int) -> bool:
    """Is this person in that chat now?"""
    member = session.get(Member, (chat_id, user_id))
    return member is not None and member.is_in


def ids_of(user_id: int) -> list[int]:
    """The chats that a person is in."""
    return list(db.session.scalars(select(Member.chat_id).where(Member.user_id == user_id, Member.left_at.is_(None))))


def revision_of(chat_id: int | None) -> int:
    """The chat's count of changes, as it stands now."""
    return db.session.scalar(select(Chat.revision).where(Chat.id == chat_id)) or 0


def snapshots(session: Reading, chat_ids: Iterable[int]) -> dict[int, ChatSnapshot]:
    """These chats as plain values."""
    rows = session.scalars(select(Chat).where(Chat.id.in_(set(chat_ids)))).all()
    paired = {user_id for chat in rows if chat.pair_low for user_id in (chat.pair_low, chat.pair_high)}
    users = (
        {u.id: people.snapshot(u) for u in session.scalars(select(User).where(User.id.in_(paired)))} if paired else {}
    )
    return {chat.id: _snapshot(chat, users) for chat in rows}


def open_dialog(tx: Tx, chat: ChatSnapshot) -> int:
    """The number of this dialog, which is made now if nobody has made it yet."""
    assert chat.pair is not None
    low, high = chat.pair[0].user_id, chat.pair[1].user_id
    made = tx.execute(
        database.inserting(tx, Chat)
        .values(kind="dialog", pair_low=low, pair_high=high, created_at=tx.now, active_at=tx.now)
        .on_conflict_do_nothing()
        .returning(Chat.id)
    ).scalar()
    if made is None:
        return tx.execute(select(Chat.id).where(Chat.pair_low == low, Chat.pair_high == high)).scalar_one()
    for user_id in {low, high}:
        tx.add(Member(chat_id=made, user_id=user_id, joined_at=tx.now, changed_at=tx.now))
    tx.flush()
    opened = ChatSnapshot(made, "dialog", pair=chat.pair, created_at=tx.now)
    tx.announce(ChatOpened(opened, tuple({low, high})))
    return int(made)


def close_unbegun(tx: Tx, chat_id: int) -> None:
    """A dialog that was made a moment ago, and in which nothing was written: gone without a trace."""
    for member in tx.scalars(select(Member).where(Member.chat_id == chat_id)):
        tx.delete(member)
    tx.flush()
    tx.execute(delete(Chat).where(Chat.id == chat_id))


def locked(tx: Tx, chat_id: int) -> Chat:
    """The chat's row, held until the commit: who holds it numbers what happens in the chat."""
    chat = tx.get(Chat, chat_id, with_for_update=True, populate_existing=True) if is_id(chat_id) else None
    if chat is None or chat.archived_at is not None:
        raise Unknown("There is no such chat.")
    return chat


def _snapshot(chat: Chat, users: dict[int, Person]) -> ChatSnapshot:
    pair = None
    if chat.pair_low is not None and chat.pair_high is not None:
        pair = (users[chat.pair_low], users[chat.pair_high])
    return ChatSnapshot(
        chat.id, "group" if pair is None else "dialog", chat.name, chat.is_public, pair, chat.created_at
    )
