"""What happens to messages."""

from messenger.core.facts.base import ChatFact
from messenger.core.snapshots import ChatSnapshot, MessageSnapshot


class MessageSent(ChatFact, frozen=True):
    """A message stands at its place. `session_id` and `client_id` tell its writer's own devices apart.

    Over netrox a file is told only when its writer announces it; until then it `awaits_announcement`.
    """

    message: MessageSnapshot
    client_id: str | None = None
    session_id: int | None = None
    awaits_announcement: bool = False


class MessageEdited(ChatFact, frozen=True):
    """A message says something else now."""

    message: MessageSnapshot


class MessageDeleted(ChatFact, frozen=True):
    """Only the tombstone of a message is left."""

    message: MessageSnapshot


class ReactionsChanged(ChatFact, frozen=True):
    """Somebody added an emoji under a message or took one back; who and which, where that is known."""

    message: MessageSnapshot
    user_login: str | None = None
    emoji: str | None = None
    added: bool = True


class MessagePinned(ChatFact, frozen=True):
    """A message was pinned to the top of its chat, or taken down."""

    message: MessageSnapshot


class FileAnnounced(ChatFact, frozen=True):
    """The writer of a message with a file tells the other one about it, over netrox."""

    message: MessageSnapshot


class StatusChanged(ChatFact, frozen=True):
    """Everybody in a chat has received or read up to these positions; the ids are those of the messages there.

    The writers are those whose messages got that far only now; None where that is no longer known.
    """

    chat: ChatSnapshot
    delivered_position: int
    read_position: int
    delivered_id: int | None
    read_id: int | None
    delivered_writers: tuple[int, ...] | None = None
    read_writers: tuple[int, ...] | None = None
