"""Messages of the past, a batch at a time: numbered like all others, told to nobody, read by everybody."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import insert, select, update

from messenger.core import extras, levels, rows
from messenger.core.incoming import Arrived
from messenger.core.models import Attachment, Chat, Edition, Member, Mention, Message, Reaction, User
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

Name = tuple[int, str]  # who wrote it, under which client id


class Past(msgspec.Struct, frozen=True):
    """One message as it was said elsewhere. Its client id, made from its place there, marks it as brought in."""

    author_id: int
    client_id: str
    text: str
    html: str | None
    created_at: int
    kind: Literal["text", "system"] = "text"
    event: dict[str, Any] | None = None
    edited_at: int | None = None
    deleted_at: int | None = None
    pinned_at: int | None = None
    answers: Name | None = None
    editions: tuple[tuple[str, str | None, int], ...] = ()
    reactions: tuple[tuple[int, str, int], ...] = ()
    files: tuple[Arrived, ...] = ()

    @property
    def name(self) -> Name:
        """What nothing else is called."""
        return self.author_id, self.client_id


def known(names: Sequence[Name]) -> set[Name]:
    """Those that stand here already."""
    found = db.session.execute(_named(names)).all()
    db.session.remove()
    return {(author_id, client_id) for _, author_id, client_id in found}


@verb
def write(tx: Tx, chat_id: int, pasts: Sequence[Past]) -> int:
    """Store those that are not here yet, in this order, behind what stands in the chat; says how many."""
    chat = tx.get_one(Chat, chat_id, with_for_update=True, populate_existing=True)
    ids = {(author, client): number for number, author, client in tx.execute(_named([p.name for p in pasts]))}
    fresh = [past for past in {past.name: past for past in pasts}.values() if past.name not in ids]
    if not fresh:
        return 0
    numbers = rows.take_ids(tx, "messages", len(fresh))
    ids.update({past.name: number for past, number in zip(fresh, numbers, strict=True)})
    ids.update(_answered(tx, chat_id, [past.answers for past in fresh if past.answers and past.answers not in ids]))
    tx.execute(insert(Message), [_row(chat, past, ids) for past in fresh])
    _hang(tx, chat, [(ids[past.name], past) for past in fresh])
    _count(tx, chat, max(past.created_at for past in fresh))
    return len(fresh)


def _named(names: Sequence[Name]) -> Any:
    authors, clients = {author for author, _ in names}, {client for _, client in names}
    rows = select(Message.id, Message.author_id, Message.client_id)
    return rows.where(Message.author_id.in_(authors), Message.client_id.in_(clients))


def _answered(tx: Tx, chat_id: int, names: Sequence[Name]) -> dict[Name, int]:
    found = tx.execute(_named(names).where(Message.chat_id == chat_id)) if names else ()
    return {(author, client): number for number, author, client in found}


def _row(chat: Chat, past: Past, ids: dict[Name, int]) -> dict[str, Any]:
    chat.position += 1
    chat.revision += 1
    chat.spoken += past.kind == "text"
    return {
        "id": ids[past.name],
        "chat_id": chat.id,
        "position": chat.position,
        "spoken": chat.spoken,
        "born": chat.revision,
        "revision": chat.revision,
        "reply_to_id": ids.get(past.answers) if past.answers else None,
        "updated_at": past.edited_at or past.created_at,
        "announced_at": past.created_at if past.files else None,
    } | {name: getattr(past, name) for name in ("author_id", "kind", "text", "html", "event", "client_id", "created_at",
                                                "edited_at", "deleted_at", "pinned_at")}  # fmt: skip


def _hang(tx: Tx, chat: Chat, stored: Sequence[tuple[int, Past]]) -> None:
    """What was said before, emoji, files and names."""
    editions = [{"message_id": number, "text": text, "html": html, "written_at": at}
                for number, past in stored for text, html, at in past.editions]  # fmt: skip
    reactions = {(number, user_id, emoji): {"message_id": number, "user_id": user_id, "emoji": emoji, "created_at": at}
                 for number, past in stored for user_id, emoji, at in past.reactions}  # fmt: skip
    files = [
        {"owner_id": past.author_id, "message_id": number, "chat_id": chat.id, "place": place,
         "created_at": past.created_at, **msgspec.structs.asdict(file)}
        for number, past in stored for place, file in enumerate(past.files)
    ]  # fmt: skip
    for table, found in ((Edition, editions), (Reaction, list(reactions.values())), (Attachment, files)):
        if found:
            tx.execute(insert(table), found)
    _mention(tx, chat, stored)


def _mention(tx: Tx, chat: Chat, stored: Sequence[tuple[int, Past]]) -> None:
    named = {number: extras.names(past.text) for number, past in stored if past.kind == "text" and not past.deleted_at}
    keys = {key for keys in named.values() for key in keys}
    if not keys:
        return
    wanted = select(User.login_key, User.id).join(Member, Member.user_id == User.id)
    wanted = wanted.where(Member.chat_id == chat.id, Member.left_at.is_(None), User.login_key.in_(keys))
    people = {key: user_id for key, user_id in tx.execute(wanted)}  # noqa: C416 rows are not pairs to mypy
    places = {number: place for place, (number, _) in enumerate(stored, chat.position - len(stored) + 1)}
    pairs = {(number, people[key]) for number, keys in named.items() for key in keys if key in people}
    found = [{"message_id": n, "user_id": user_id, "chat_id": chat.id, "position": places[n]} for n, user_id in pairs]
    if found:
        tx.execute(insert(Mention), found)


def _count(tx: Tx, chat: Chat, last_at: int) -> None:
    """The chat stands at its new end, and whoever is in it has nothing unread because of this."""
    chat.active_at = max(chat.active_at, last_at)
    tx.flush()
    here = update(Member).where(Member.chat_id == chat.id, Member.left_at.is_(None))
    tx.execute(here.values(read_position=chat.position, delivered_position=chat.position, read_spoken=chat.spoken))
    levels.rise(tx, [chat.id])
    tx.expire(chat)
