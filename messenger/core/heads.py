"""How far chats have come in the database, and what is missing behind a revision: the bus asks that."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from messenger.core import announcements, changes, chats
from messenger.core.facts import ChatFact, ChatOpened, Fact, ReactionsChanged, StatusChanged
from messenger.core.models import Chat
from messenger.extensions import db
from messenger.live.between.order import Mended


class Heads:
    """Implements the bus's `Source`."""

    def revisions(self, chat_ids: Sequence[int]) -> dict[int, int]:
        """Where each of these chats stands; 0 for one that is not there."""
        db.session.remove()
        rows = db.session.execute(select(Chat.id, Chat.revision).where(Chat.id.in_(chat_ids)))
        found = dict.fromkeys(chat_ids, 0)
        for chat_id, revision in rows:
            found[chat_id] = revision
        db.session.remove()
        return found

    def mend(self, chat_id: int, head: int, held: Sequence[Any]) -> Mended:
        """Everything behind the head, made from the rows; where the same is held as it was told, that says more."""
        db.session.remove()
        chat = chats.snapshots(db.session, [chat_id]).get(chat_id)
        if chat is None:
            return Mended((), head)
        missed = changes.since(chat, head)
        facts = announcements.heeded([_richer(fact, held) for fact in missed.facts])
        db.session.remove()
        return Mended(facts, missed.revision, missed.is_too_much)

    def release(self) -> None:
        """Whoever waits for the bus keeps no connection meanwhile, and reads what is so afterwards."""
        db.session.remove()

    def base(self, fact: Fact, chat_id: int) -> int | None:
        """Up to where somebody knows a chat who follows it because of this fact; None when it says nothing of it."""
        if isinstance(fact, ChatOpened) and fact.chat.chat_id == chat_id:
            return 0
        if isinstance(fact, ChatFact) and fact.chat_id == chat_id:
            return fact.revision
        return None


def _richer(made: ChatFact, held: Iterable[ChatFact]) -> ChatFact:
    for fact in held:
        if _is_same(made, fact):
            return fact
    return made


def _is_same(made: ChatFact, told: ChatFact) -> bool:
    if isinstance(made, StatusChanged) and isinstance(told, StatusChanged):
        return (made.delivered_position, made.read_position) == (told.delivered_position, told.read_position)
    # A row says how a message stands, not which of several changes led to it: the general fact gives way to any.
    is_kind = type(made) is type(told) or isinstance(made, ReactionsChanged)
    return is_kind and _message(made) == _message(told) is not None


def _message(fact: ChatFact) -> tuple[int, int] | None:
    message = getattr(fact, "message", None)
    return None if message is None else (message.message_id, message.revision)
