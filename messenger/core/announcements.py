"""Files that netrox is told of when their writer announces them: facts that are made from rows say so, too."""

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import select

from messenger.core.facts import ChatFact, FileAnnounced, MessageEdited, MessageSent, ReactionsChanged
from messenger.core.models import Message
from messenger.extensions import db

AS_IT_STANDS = (MessageSent, MessageEdited, ReactionsChanged)


def heeded(facts: Sequence[ChatFact]) -> list[ChatFact]:
    """The same; what waits for its announcement does, and an announcement that was the last change is told."""
    carry = [fact for fact in facts if isinstance(fact, AS_IT_STANDS) and fact.message.attachments]
    if not carry:
        return list(facts)
    rows = select(Message.id, Message.announced_at).where(Message.id.in_(fact.message.message_id for fact in carry))
    announced = {row.id: row.announced_at for row in db.session.execute(rows)}
    return [told for fact in facts for told in _told(fact, announced)]


def _told(fact: ChatFact, announced: dict[int, int | None]) -> Iterator[ChatFact]:
    if isinstance(fact, AS_IT_STANDS) and fact.message.message_id in announced:
        moment = announced[fact.message.message_id]
        if isinstance(fact, MessageSent):
            fact = msgspec.structs.replace(fact, awaits_announcement=moment is None)
        elif moment == fact.message.updated_at:
            yield FileAnnounced(fact.chat_id, fact.revision - 1, fact.message)
    yield fact
