"""What happens to a group stands in it as a system message of whoever did it; nobody has it unread."""

from typing import Any

from messenger.core import loading
from messenger.core.facts import MessageSent
from messenger.core.models import Chat, Message
from messenger.core.snapshots import MessageSnapshot, Person
from messenger.core.verbs import Tx


def say(tx: Tx, chat: Chat, author: Person, words: str, event: dict[str, Any]) -> MessageSnapshot:
    """Write it at the chat's next position. The chat's row must be held."""
    chat.position += 1
    chat.revision += 1
    chat.active_at = tx.now
    message = Message(
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
    tx.add(message)
    tx.flush()
    snapshot = loading.load(tx, [message])[0]
    tx.announce(MessageSent(chat.id, chat.revision, snapshot))
    return snapshot
