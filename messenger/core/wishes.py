"""What a person sets for himself in a chat: a draft, silence, a place at the top, what to be told, unread again."""

from typing import Literal

from sqlalchemy import select

from messenger.core import chats, texts
from messenger.core.facts import StandingChanged
from messenger.core.models import Member, Message
from messenger.core.numbers import is_id
from messenger.core.refusals import Invalid, Unknown
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb

What = Literal["draft", "mute", "pin", "unread", "notify"]


@verb
def draft(tx: Tx, actor: Actor, chat_id: int, text: str) -> None:
    """Keep what is half written."""
    member = _mine(tx, actor, chat_id)
    member.draft = texts.message_text(text, may_be_blank=True)
    member.draft_at = tx.now if member.draft else None
    _tell(tx, actor, chat_id, "draft", member.draft)


@verb
def mute(tx: Tx, actor: Actor, chat_id: int, until: int | None) -> None:
    """Be quiet about this chat until then; None speaks again."""
    _mine(tx, actor, chat_id).muted_until = until
    _tell(tx, actor, chat_id, "mute")


@verb
def pin(tx: Tx, actor: Actor, chat_id: int, is_pinned: bool) -> None:
    """Keep the chat at the top of the list, or let it go."""
    _mine(tx, actor, chat_id).pinned_at = tx.now if is_pinned else None
    _tell(tx, actor, chat_id, "pin")


@verb
def notify(tx: Tx, actor: Actor, chat_id: int, about: str) -> None:
    """Be told of all messages, of mentions, or of none."""
    if about not in ("all", "mentions", "none"):
        raise Invalid("Notifications are all, mentions or none.", field="notify")
    _mine(tx, actor, chat_id).notify = about
    _tell(tx, actor, chat_id, "notify")


@verb
def mark_unread(tx: Tx, actor: Actor, chat_id: int, position: int) -> None:
    """Count everything from this message on as unread again. For oneself only: what the others see stays."""
    member = _mine(tx, actor, chat_id)
    member.read_position = max(0, min(member.read_position, position - 1))
    last_read = select(Message.spoken).where(Message.chat_id == chat_id, Message.position == member.read_position)
    member.read_spoken = min(member.read_spoken, tx.scalar(last_read) or 0)
    _tell(tx, actor, chat_id, "unread")


def _mine(tx: Tx, actor: Actor, chat_id: int) -> Member:
    key = (chat_id, actor.user_id)
    member = tx.get(Member, key, with_for_update=True, populate_existing=True) if is_id(chat_id) else None
    if member is None or not member.is_in:
        raise Unknown("There is no such chat.")
    return member


def _tell(tx: Tx, actor: Actor, chat_id: int, what: What, text: str = "") -> None:
    known = chats.snapshots(tx, [chat_id])[chat_id]
    tx.announce(StandingChanged(actor.user_id, known, what, actor.session_id, text))
