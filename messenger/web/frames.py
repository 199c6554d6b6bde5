"""What the page says on its sockets: the frames of gmessenger that a page needs, decoded and checked."""

from typing import Any

from messenger.core.refusals import Invalid
from messenger.live.frames import Message as Heard
from messenger.reception import body


def opened(frame: Heard) -> tuple[str, dict[str, Any]]:
    """The type and the payload of a frame."""
    if not isinstance(frame, str):
        raise Invalid("A frame of this page is text.")
    value = body.decoded(frame)
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise Invalid("A frame of this page has a type.")
    payload = value.get("payload")
    return value["type"], payload if isinstance(payload, dict) else {}


def client_id_of(frame: Heard | None) -> str | None:
    """The client id in a frame that was refused, to mark the message that waits for it."""
    try:
        named = opened(frame)[1].get("client_id") if frame is not None else None
    except Invalid:
        return None
    return named if isinstance(named, str) else None
