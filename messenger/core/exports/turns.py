"""How often somebody may take his own along: an export reads everything he ever wrote, and others want to read too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from messenger.core.refusals import Overloaded, TooMany
from messenger.extensions import settings

AN_HOUR = 3600.0
IN_AN_HOUR = 4
AT_ONCE = 3


class Turns:
    """Who is at it now, and who was in the last hour. One per process."""

    def __init__(self) -> None:
        self.now: set[int] = set()
        self.begun: dict[int, list[float]] = {}

    def check(self, user_id: int) -> None:
        """TooMany for who has one under way or has had enough; Overloaded when others are at it."""
        if not settings.limits:
            return
        since = time.monotonic() - AN_HOUR
        self.begun = {who: left for who, times in self.begun.items() if (left := [at for at in times if at > since])}
        if user_id in self.now:
            raise TooMany("Your export is on its way already. Wait until it has arrived.", retry_after=60)
        if len(self.begun.get(user_id, ())) >= IN_AN_HOUR:
            raise TooMany("That was often enough for now. Try again in an hour.", retry_after=AN_HOUR)
        if len(self.now) >= AT_ONCE:
            raise Overloaded("Others are fetching theirs just now. Try again in a few minutes.", retry_after=120)

    @contextmanager
    def taken(self, user_id: int) -> Iterator[None]:
        """It is this person's turn, until the last byte has left or he has hung up."""
        self.begun.setdefault(user_id, []).append(time.monotonic())
        self.now.add(user_id)
        try:
            yield
        finally:
            self.now.discard(user_id)
