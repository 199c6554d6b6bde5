"""Who is here at the other processes, put together with who is here at this one."""

from typing import Any

import msgspec

from messenger.core.presence import Presence
from messenger.core.snapshots import Person
from messenger.live.between.ledger import Ledger


def roster(presence: Presence) -> Ledger:
    """The ledger in which every process writes who is here: presence writes into it, and hears what others write."""

    def changed(user_id: int, before: Any, after: Any) -> None:
        presence.elsewhere(msgspec.convert(after or before, Person), (after is not None) - (before is not None))

    ledger = Ledger("here", changed)
    presence.say = ledger.say
    return ledger
