"""What stands above the messages of an open chat, drawn once for all its pages: what is pinned, how many are in it."""

from messenger.core import history, members
from messenger.live.frames import encode
from messenger.web import signals
from messenger.web.gathering import Drawn, Place


def drawn(places: list[Place]) -> Drawn:
    """Each part of each chat as it stands now."""
    frames: dict[tuple[int, str], bytes] = {}
    for place in places:
        if place[:2] not in frames:
            frames[place[:2]] = encode(PARTS[place.what](place))
    return [(place, frames[place[:2]]) for place in places]


def _pins(place: Place) -> str:
    return signals.drawn("live/pins_changed.html", pinned=history.pinned(place.mailbox.place))


def _members(place: Place) -> str:
    return signals.drawn("live/members_changed.html", member_count=members.count(place.chat_id))


PARTS = {"pins": _pins, "members": _members}
