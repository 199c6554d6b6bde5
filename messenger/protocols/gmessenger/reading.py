"""How far one has come in a chat, said by the id of a message."""

from messenger.core import history, receipts, wishes
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, ChatSnapshot


def position_in(actor: Actor, chat: ChatSnapshot | None, message_id: int) -> tuple[ChatSnapshot, int]:
    """Where a message that the actor may read stands; in this chat, if one is named."""
    message = history.one(actor, message_id)
    if chat is not None and message.chat.chat_id != chat.chat_id:
        raise Unknown("There is no such message.")
    return message.chat, message.position


def read_up_to(actor: Actor, chat: ChatSnapshot, message_id: int) -> None:
    """Everything up to this message is read."""
    receipts.read(actor, *position_in(actor, chat, message_id))


def unread_from(actor: Actor, chat: ChatSnapshot, message_id: int) -> None:
    """Everything from this message on counts as unread again."""
    known, position = position_in(actor, chat, message_id)
    assert known.chat_id is not None
    wishes.mark_unread(actor, known.chat_id, position)
