"""How often something may happen: token buckets, for frames and requests alike. The monotonic clock fills them."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any

# Buckets are looked through for full ones, which are forgotten, whenever their number has doubled since.
SWEEP = 1024


class Rates:
    """`allow` takes a token; buckets that are full again are forgotten."""

    def __init__(self, per_second: float, burst: float, is_on: bool = True) -> None:
        self.per_second = per_second
        self.burst = burst
        self.is_on = is_on
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._sweep = SWEEP
        # Who tells other processes about it.
        self.note: Callable[[Any], None] | None = None

    def __len__(self) -> int:
        return len(self._buckets)

    def allow(self, key: Hashable) -> bool:
        """Whether it may happen now; if so it is counted."""
        return self.wait(key) == 0.0

    def wait(self, key: Hashable) -> float:
        """0 if it may happen now, and then it is counted; else the seconds until it may."""
        if not self.is_on:
            return 0.0
        now = monotonic()
        level, moment = self._buckets.get(key, (self.burst, now))
        level = min(self.burst, level + (now - moment) * self.per_second)
        if level < 1.0:
            return (1.0 - level) / self.per_second
        self._buckets[key] = (level - 1.0, now)
        if self.note is not None:
            self.note(key)
        if len(self._buckets) > self._sweep:
            self._forget_full(now)
        return 0.0

    def spend(self, key: Hashable, times: int) -> None:
        """It happened in another process: counted, whether or not it would have been allowed here."""
        now = monotonic()
        level, moment = self._buckets.get(key, (self.burst, now))
        level = min(self.burst, level + (now - moment) * self.per_second)
        self._buckets[key] = (max(-self.burst, level - times), now)

    def _forget_full(self, now: float) -> None:
        refill = self.burst / self.per_second
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < refill}
        self._sweep = max(SWEEP, 2 * len(self._buckets))
