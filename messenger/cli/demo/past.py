"""Sets the moments of a chat back, so that a demo has a yesterday."""

from sqlalchemy import select, update

from messenger.core import clock
from messenger.core.models import Chat, Edition, Member, Message
from messenger.core.verbs import Tx, verb

BEFORE = 10


@verb
def move(tx: Tx, chat_id: int, ago: dict[int, int]) -> None:
    """Each of these messages was written so many minutes ago; the chat began shortly before the first of them."""
    began = tx.now - (max(ago.values()) + BEFORE) * clock.MINUTE
    for message in tx.scalars(select(Message).where(Message.chat_id == chat_id).order_by(Message.position)):
        at = tx.now - ago[message.id] * clock.MINUTE if message.id in ago else began
        for name in ("edited_at", "deleted_at", "pinned_at"):
            if getattr(message, name) is not None:
                setattr(message, name, at + clock.MINUTE)
        message.created_at = message.updated_at = at
        tx.execute(update(Edition).where(Edition.message_id == message.id).values(written_at=at))
    last = tx.now - min(ago.values()) * clock.MINUTE
    tx.execute(update(Chat).where(Chat.id == chat_id).values(created_at=began, active_at=last))
    tx.execute(update(Member).where(Member.chat_id == chat_id).values(joined_at=began))
