"""The rows of open lists, drawn together. What looks the same to several people is drawn once."""

from time import sleep
from typing import Any

from messenger.core import standings
from messenger.core.snapshots import Standing
from messenger.live.frames import encode
from messenger.live.mailbox import Mailbox
from messenger.web import layout, signals
from messenger.web.gathering import Drawn, Place

# Others have their turn after so many.
PAUSE = 50


def drawn(places: list[Place]) -> Drawn:
    """Those of who is in these chats."""
    found = standings.together({(place.chat_id, place.mailbox.actor.user_id) for place in places})
    frames: dict[Any, bytes] = {}
    rows: Drawn = []
    for place in places:
        standing = found.get((place.chat_id, place.mailbox.actor.user_id))
        if standing is None:
            continue
        look = _look(standing, place.mailbox)
        if look not in frames:
            frames[look] = _frame(standing, place.mailbox)
            if len(frames) % PAUSE == 0:
                sleep(0)
        rows.append((place, frames[look]))
    return rows


def _look(standing: Standing, mailbox: Mailbox) -> tuple[Any, ...]:
    """What makes a row look as it does to this person. A dialog has another face on each side."""
    viewer_id = mailbox.actor.user_id if standing.chat.kind == "dialog" else 0
    marks = (standing.unread, standing.mentioned, standing.muted_until, standing.pinned_at, standing.draft)
    return (standing.chat.chat_id, viewer_id, *marks)


def _frame(standing: Standing, mailbox: Mailbox) -> bytes:
    standing, person = layout.row(mailbox.actor, standing)
    return encode(signals.drawn("live/standing_changed.html", standing=standing, person=person))
