"""Now and then the revisions of the chats followed here are compared with the database: nothing stays unseen."""

import random
from collections.abc import Sequence
from time import monotonic

from messenger.live import faults
from messenger.live.between.order import Order
from messenger.live.loop import Timer
from messenger.live.workers import Workers

# Between two looks, when a bus carries the news, and when nothing does.
WITH_BUS, WITHOUT = 5.0, 2.0
# No look takes more than a twentieth of the time, unless sockets depend on it: then it is made this often.
SHARE, SELDOM = 20, 4.0
# What is on its way to us is told within this time; what still is not known then, is lost.
ON_ITS_WAY = 0.3
AT_ONCE = 500


class Lookout:
    """Lives in turns of the loop; reads in a worker of its own."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.loop = order.loop
        self.reader = Workers(order.loop, 1)
        self.fresh: set[int] = set()
        self.took = 0.0
        self._is_reading = False
        self._next: Timer | None = None

    def begin(self) -> None:
        """Look from now on, until nobody follows anything."""
        if self._next is None:
            self._next = self.loop.later(self._period(), self._look)

    def hurry(self) -> None:
        """The bus is lost: nobody but us sees what the others store."""
        if self._next is not None:
            self._next.cancel()
            self._next = self.loop.later(random.uniform(0, WITHOUT), self._look)  # noqa: S311 not a secret

    def look_at(self, chat_id: int) -> None:
        """This one is new here, or heard again: look at it at once, together with others of this moment."""
        self.fresh.add(chat_id)
        if not self._is_reading:
            self._is_reading = True
            self.loop.soon(self._read_fresh)

    def look_around(self) -> None:
        """The bus is back: whatever was lost meanwhile is missing. Not all workers at the same moment."""
        self.loop.later(random.uniform(0, 0.5), self._look_at_all)  # noqa: S311 not a secret

    def _period(self) -> float:
        standing = self.order.standing
        usual = WITH_BUS if standing.is_up else WITHOUT
        most = SELDOM if self.order.is_shared and not standing.is_up else 60.0
        return min(most, max(usual, SHARE * self.took)) * random.uniform(0.8, 1.2)  # noqa: S311 not a secret

    def _look(self) -> None:
        self._next = None
        if self.order.heads:
            self._look_at_all()
            self.begin()

    def _look_at_all(self) -> None:
        if not self.reader.running:
            self.reader.submit(self._read, list(self.order.heads), False)

    def _read_fresh(self) -> None:
        chat_ids, self.fresh = [chat_id for chat_id in self.fresh if chat_id in self.order.heads], set()
        if chat_ids:
            self.order.workers.submit(self._read, chat_ids, True)
        else:
            self._is_reading = False

    def _read(self, chat_ids: Sequence[int], is_fresh: bool) -> None:
        """In a worker. What was told before the reading began, the database knows."""
        began = monotonic()
        try:
            for start in range(0, len(chat_ids), AT_ONCE):
                some = chat_ids[start : start + AT_ONCE]
                told = {chat_id: self.order.heads.get(chat_id) for chat_id in some}
                found = self.order.source.revisions(some)
                self.loop.soon(self._compare, told, found, is_fresh)
        except Exception as error:  # the database is away: the next look comes
            faults.note(error, "comparing revisions")
        if is_fresh:
            self.loop.soon(self._read_on)
        else:
            self.took = monotonic() - began

    def _read_on(self) -> None:
        self._is_reading = False
        if self.fresh:
            self._is_reading = True
            self._read_fresh()

    def _compare(self, told: dict[int, int | None], found: dict[int, int], is_fresh: bool) -> None:
        behind = {}
        for chat_id, revision in found.items():
            if chat_id not in self.order.heads:
                continue
            head, before = self.order.heads[chat_id], told.get(chat_id)
            if head is None:
                self.order.set_head(chat_id, revision)
            elif before is not None and revision < before:
                self.order.rewind(chat_id, revision)
            elif revision > head or chat_id in self.order.held:
                behind[chat_id] = revision
        if behind:
            self.loop.later(0.0 if is_fresh else ON_ITS_WAY, self._mend, behind)

    def _mend(self, behind: dict[int, int]) -> None:
        for chat_id, revision in behind.items():
            head = self.order.heads.get(chat_id)
            if head is not None and (revision > head or chat_id in self.order.held):
                self.order.mend(chat_id)
