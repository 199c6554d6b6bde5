"""Who is writing just now: told to the others in the chat, never stored, gone by itself."""

from messenger.core.facts import Typed
from messenger.core.snapshots import Actor, ChatSnapshot
from messenger.extensions import switchboard

EXPIRES_SECONDS = 6


def tell(actor: Actor, chat: ChatSnapshot, is_typing: bool = True) -> None:
    """Tell it to whoever follows the chat. The caller has made sure that the actor is in it."""
    switchboard.bus.tell([Typed(chat, actor.person, is_typing, actor.session_id)])
