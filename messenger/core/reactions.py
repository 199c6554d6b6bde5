"""Emoji under messages."""

import importlib

from sqlalchemy import func, select

from messenger.core import blocks, loading, messages, texts
from messenger.core.facts import ReactionsChanged
from messenger.core.models import Reaction
from messenger.core.refusals import Invalid, Unknown
from messenger.core.snapshots import Actor, MessageSnapshot
from messenger.core.verbs import Tx, verb

MOST_KINDS = 20


@verb
def react(tx: Tx, actor: Actor, message_id: int, emoji: str, is_added: bool = True) -> MessageSnapshot:
    """Put an emoji under a message, or take it back. Unknown message; Invalid for what is no emoji."""
    sign = _checked(emoji)
    chat, message = messages.reachable(tx, actor, message_id)
    if message.is_deleted:
        raise Unknown("There is no such message.")
    blocks.check_dialog(tx, actor, chat)
    row = tx.get(Reaction, (message_id, actor.user_id, sign))
    if (row is not None) == is_added:
        return loading.load(tx, [message])[0]
    if row is not None:
        tx.delete(row)
    else:
        kinds = select(func.count(Reaction.emoji.distinct())).where(
            Reaction.message_id == message_id, Reaction.emoji != sign
        )
        if (tx.scalar(kinds) or 0) >= MOST_KINDS:
            raise Invalid("At most %(limit)s different emoji under one message.", field="emoji", limit=MOST_KINDS)
        tx.add(Reaction(message_id=message_id, user_id=actor.user_id, emoji=sign, created_at=tx.now))
    return messages.changed(
        tx,
        chat,
        message,
        lambda chat_id, revision, snapshot: ReactionsChanged(chat_id, revision, snapshot, actor.login, sign, is_added),
    )


def _checked(emoji: str) -> str:
    """One emoji, given as itself or by its :name:."""
    emoji_names = importlib.import_module("emoji")  # five MiB of names, which many servers never need
    sign = emoji_names.emojize(texts.whole(emoji, "emoji").strip(), language="alias")
    if len(sign) > 16 or not emoji_names.is_emoji(sign):
        raise Invalid("That is not an emoji.", field="emoji")
    return str(sign)
