"""How fast a person may say things, over HTTP as on sockets: one bucket for all of his doors."""

from messenger.core.refusals import TooMany
from messenger.core.snapshots import Actor
from messenger.extensions import switchboard


def keep(actor: Actor) -> None:
    """TooMany, when this person has said more than he may in so short a time."""
    wait = switchboard.rates.wait(actor.user_id)
    if wait:
        raise TooMany(retry_after=wait)
