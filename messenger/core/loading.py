"""How rows of messages become snapshots, with all that hangs on them, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from messenger.core import chats, people
from messenger.core.database import Reading
from messenger.core.levels import Level
from messenger.core.models import Attachment, Chat, Mention, Message, Reaction, User
from messenger.core.snapshots import AttachmentSnapshot, ChatSnapshot, MessageSnapshot, Person, Quote, ReactionSnapshot


class Shelf:
    """What hangs on some messages, fetched at once: their chats, authors, quotations, files, reactions, mentions."""

    def __init__(self, session: Reading, rows: Sequence[Message], known: dict[int, ChatSnapshot] | None) -> None:
        chat_ids, ids = {row.chat_id for row in rows}, [row.id for row in rows]
        self.chats = known or chats.snapshots(session, chat_ids)
        self.levels = _levels(session, chat_ids)
        self.authors = _authors(session, rows)
        self.quotes = _quotes(session, rows)
        self.files = files(session, ids)
        self.reactions = _reactions(session, ids)
        self.mentions = _mentions(session, ids)

    def snapshot(self, row: Message) -> MessageSnapshot:
        """One of the messages, with all that hangs on it."""
        return MessageSnapshot(
            message_id=row.id,
            chat=self.chats[row.chat_id],
            position=row.position,
            revision=row.revision,
            author=self.authors[row.author_id],
            kind="system" if row.kind == "system" else "text",
            text=row.text,
            rendered=row.html,
            created_at=row.created_at,
            updated_at=row.updated_at,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
            pinned_at=row.pinned_at,
            status=self.levels[row.chat_id].status(row.position),
            reply_to=self.quotes.get(row.reply_to_id or 0),
            attachments=tuple(self.files[row.id]),
            reactions=tuple(self.reactions[row.id]),
            mentions=tuple(self.mentions[row.id]),
            event=row.event,
        )


def load(
    session: Reading, rows: Sequence[Message], known: dict[int, ChatSnapshot] | None = None
) -> list[MessageSnapshot]:
    """These rows with all that hangs on them."""
    if not rows:
        return []
    shelf = Shelf(session, rows, known)
    return [shelf.snapshot(row) for row in rows]


def _levels(session: Reading, chat_ids: set[int]) -> dict[int, Level]:
    found = session.execute(select(Chat.id, Chat.delivered_level, Chat.read_level).where(Chat.id.in_(chat_ids)))
    return {chat_id: Level(delivered, read) for chat_id, delivered, read in found}


def _authors(session: Reading, rows: Sequence[Message]) -> dict[int, Person]:
    users = session.scalars(select(User).where(User.id.in_({row.author_id for row in rows})))
    return {user.id: people.snapshot(user) for user in users}


def _quotes(session: Reading, rows: Sequence[Message]) -> dict[int, Quote]:
    wanted = {row.reply_to_id for row in rows if row.reply_to_id}
    if not wanted:
        return {}
    said = select(Message.id, User.name, Message.text, Message.html).join(User).where(Message.id.in_(wanted))
    said = said.where(Message.chat_id.in_({row.chat_id for row in rows}))
    carried = files(session, wanted)
    return {
        message_id: Quote(message_id, name, text[:160], html, tuple(carried[message_id]))
        for message_id, name, text, html in session.execute(said)
    }


def files(session: Reading, ids: Iterable[int]) -> dict[int, list[AttachmentSnapshot]]:
    """The files of each of these messages, in order."""
    found: dict[int, list[AttachmentSnapshot]] = defaultdict(list)
    rows = select(Attachment).where(Attachment.message_id.in_(ids), Attachment.removed_at.is_(None))
    for row in session.scalars(rows.order_by(Attachment.message_id, Attachment.place)):
        found[row.message_id or 0].append(attachment_snapshot(row))
    return found


def attachment_snapshot(row: Attachment) -> AttachmentSnapshot:
    """One file as plain values."""
    return AttachmentSnapshot(
        row.id, row.name, row.size, row.type, row.key, row.width, row.height, row.seconds, row.thumbnail_key is not None
    )


def _reactions(session: Reading, ids: Iterable[int]) -> dict[int, list[ReactionSnapshot]]:
    chosen: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = select(Reaction.message_id, Reaction.emoji, User.login).join(User, User.id == Reaction.user_id)
    for message_id, emoji, login in session.execute(
        rows.where(Reaction.message_id.in_(ids)).order_by(Reaction.created_at)
    ):
        chosen[message_id][emoji].append(login)
    return defaultdict(
        list, {m: [ReactionSnapshot(emoji, tuple(logins)) for emoji, logins in e.items()] for m, e in chosen.items()}
    )


def _mentions(session: Reading, ids: Iterable[int]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = defaultdict(list)
    rows = (
        select(Mention.message_id, User.login).join(User, User.id == Mention.user_id).where(Mention.message_id.in_(ids))
    )
    for message_id, login in session.execute(rows):
        named[message_id].append(login)
    return named
