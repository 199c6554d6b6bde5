"""Chats that stood elsewhere: found again by their mark, or made, with the people who were in them."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from messenger.core import members
from messenger.core.imports import marks
from messenger.core.models import Chat, Member
from messenger.core.snapshots import Kind, Role
from messenger.core.verbs import Tx, verb


class PastMember(msgspec.Struct, frozen=True):
    """Somebody who is in the chat, or was."""

    user_id: int
    role: Role = "member"
    joined_at: int | None = None
    left_at: int | None = None


class PastChat(msgspec.Struct, frozen=True):
    """A chat to be found or made. A dialog has one member or two."""

    mark: str
    kind: Kind
    created_at: int
    members: tuple[PastMember, ...]
    name: str = ""
    about: str = ""
    is_public: bool = False


@verb
def stand(tx: Tx, past: PastChat) -> int:
    """The number of this chat; whoever is not in it yet comes in, whoever has left here stays away."""
    chat_id = marks.bearer(tx, past.mark)
    chat = tx.get(Chat, chat_id, with_for_update=True, populate_existing=True) if chat_id else None
    if chat is None:
        chat = _dialog(tx, past) if past.kind == "dialog" else _group(tx, past)
        marks.put(tx, past.mark, chat.id)
    _bring_in(tx, chat, past.members)
    return chat.id


@verb
def close(tx: Tx, chat_id: int, archived_at: int) -> None:
    """It was over already where it comes from."""
    chat = tx.get_one(Chat, chat_id, with_for_update=True, populate_existing=True)
    chat.archived_at = chat.archived_at or archived_at


def _dialog(tx: Tx, past: PastChat) -> Chat:
    ids = sorted(member.user_id for member in past.members)
    low, high = ids[0], ids[-1]
    rows = select(Chat).where(Chat.pair_low == low, Chat.pair_high == high).with_for_update()
    return tx.scalar(rows) or _added(tx, past, Chat(kind="dialog", pair_low=low, pair_high=high))


def _group(tx: Tx, past: PastChat) -> Chat:
    return _added(tx, past, Chat(kind="group", name=past.name, about=past.about, is_public=past.is_public))


def _added(tx: Tx, past: PastChat, chat: Chat) -> Chat:
    chat.created_at = chat.active_at = past.created_at
    tx.add(chat)
    tx.flush()
    return chat


def _bring_in(tx: Tx, chat: Chat, wanted: Sequence[PastMember]) -> None:
    for past in wanted:
        if tx.get(Member, (chat.id, past.user_id)) is not None:
            continue
        member = members.put(tx, chat, past.user_id, past.role)
        member.joined_at, member.left_at = past.joined_at or chat.created_at, past.left_at
        if chat.position:
            # Whoever has the chat open already learns of it by the cursor.
            chat.revision += 1
            member.born = member.revision = chat.revision
    tx.flush()
