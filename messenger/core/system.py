"""What happens to a group stands in it as system messages of whoever did it; nobody has them unread."""

from collections.abc import Sequence
from typing import Any

from messenger.core import loading
from messenger.core.facts import MessageSent
from messenger.core.models import Chat, Message
from messenger.core.snapshots import Person
from messenger.core.verbs import Tx

Event = dict[str, Any]


def say(tx: Tx, chat: Chat, author: Person, words: str, event: Event) -> None:
    """Write it at the chat's next position. The chat's row must be held."""
    say_all(tx, chat, author, [(words, event)])


def say_all(tx: Tx, chat: Chat, author: Person, events: Sequence[tuple[str, Event]]) -> None:
    """Many at once, for what one of them costs the database."""
    rows = [_next(tx, chat, author, words, event) for words, event in events]
    tx.add_all(rows)
    tx.flush()
    for snapshot in loading.load(tx, rows):
        tx.announce(MessageSent(chat.id, snapshot.revision, snapshot))


def _next(tx: Tx, chat: Chat, author: Person, words: str, event: Event) -> Message:
    chat.position += 1
    chat.revision += 1
    chat.active_at = tx.now
    return Message(
        chat_id=chat.id,
        position=chat.position,
        spoken=chat.spoken,
        born=chat.revision,
        revision=chat.revision,
        author_id=author.user_id,
        kind="system",
        text=words,
        event=event,
        created_at=tx.now,
        updated_at=tx.now,
    )
