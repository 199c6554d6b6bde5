"""The other workers: which there are, what a person has and says there, who is there, and what was tried there."""

import random
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any

import msgspec

from messenger.live.between.ledger import Ledger
from messenger.live.between.parcels import Parcel
from messenger.live.between.standing import Standing
from messenger.live.caps import Caps
from messenger.live.loop import Loop
from messenger.live.rates import Rates
from messenger.live.tallies import ToldTallies

# A sign of life; everything anew with each fourth of them; who gives none for so long is gone.
BEAT, WHOLE, SILENT = 5.0, 4, 20.0
# What people have said is added up for a moment before it is told.
GATHER = 0.2


class Company:
    """`announce(kind, body)` tells the others. In turns only."""

    def __init__(self, loop: Loop, standing: Standing, announce: Callable[[str, Any], None]) -> None:
        self.loop, self.standing, self.announce = loop, standing, announce
        self.last_heard: dict[str, float] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.spent: Counter[int] = Counter()
        self._rates: Rates | None = None
        self._tallies: ToldTallies | None = None
        self._beats = 0

    def add(self, ledger: Ledger) -> None:
        """What is written there is told to the others from now on."""
        ledger.announce = self.announce
        self.ledgers[ledger.name] = ledger

    def share(self, caps: Caps, rates: Rates) -> None:
        """Sockets and messages are counted over all workers."""

        def changed(user_id: int, before: int | None, after: int | None) -> None:
            caps.elsewhere[user_id] += (after or 0) - (before or 0)
            if caps.elsewhere[user_id] <= 0:
                del caps.elsewhere[user_id]

        sockets = Ledger("sockets", changed)
        self.add(sockets)
        caps.note = sockets.say
        rates.note = self._spend
        self._rates = rates

    def count(self, tallies: ToldTallies) -> None:
        """Tries are counted over all workers."""
        tallies.announce = self.announce
        self._tallies = tallies

    def beat(self) -> None:
        """Tell that this worker lives, now and then everything about it, and forget those who do not."""
        self.announce("beat", monotonic())
        self._beats += 1
        if self._beats % WHOLE == 0:
            self.tell_everything()
        now = monotonic()
        for worker in [worker for worker, moment in self.last_heard.items() if now - moment > SILENT]:
            self.forget(worker)

    def tell_everything(self) -> None:
        """How things stand here."""
        for ledger in self.ledgers.values():
            for part in ledger.everything():
                self.announce(ledger.name, part)

    def hear(self, parcel: Parcel) -> None:
        """Another worker speaks."""
        worker = parcel.worker
        if parcel.kind == "bye":
            self.forget(worker)
            return
        if worker not in self.last_heard:  # it is new, and does not know about us
            self.loop.later(random.uniform(0, 0.2), self.tell_everything)  # noqa: S311 not a secret
        self.last_heard[worker] = monotonic()
        self.standing.others = len(self.last_heard)
        if parcel.kind == "spent" and self._rates is not None:
            for user_id, times in msgspec.json.decode(parcel.body, type=list[tuple[int, int]]):
                self._rates.spend(user_id, times)
        elif parcel.kind == "tally" and self._tallies is not None:
            self._tallies.hear(*msgspec.json.decode(parcel.body, type=tuple[str, str, float]))
        elif (ledger := self.ledgers.get(parcel.kind)) is not None:
            ledger.hear(worker, parcel.body)

    def forget(self, worker: str) -> None:
        """It is gone, with everybody who was there."""
        if self.last_heard.pop(worker, None) is not None:
            self.standing.others = len(self.last_heard)
            for ledger in self.ledgers.values():
                ledger.forget(worker)

    def _spend(self, user_id: int) -> None:
        if not self.last_heard:
            return
        if not self.spent:
            self.loop.later(GATHER, self._tell_spent)
        self.spent[user_id] += 1

    def _tell_spent(self) -> None:
        spent, self.spent = list(self.spent.items()), Counter()
        for start in range(0, len(spent), 200):
            self.announce("spent", spent[start : start + 200])
