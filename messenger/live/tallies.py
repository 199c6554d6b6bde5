"""Counts that fade: how often something was tried of late, and until when it has to wait. In this process, or in Redis.

What several workers must count together stands in Redis; while that cannot be reached, each counts for itself. Without
Redis they tell each other what they count.
"""

import logging
from collections.abc import Callable
from time import monotonic, time
from typing import Any, Protocol, TypeVar

from limits.storage import storage_from_string

from messenger.settings.flask_config import counting

log = logging.getLogger("messenger.live")

# Counts are looked through for faded ones whenever their number has doubled since.
SWEEP = 1024
# After a failure of Redis nobody asks it for so long.
QUIET_SECONDS = 10.0
# Another name than those that Flask-Limiter writes there.
PREFIX = "messenger:tally"
R = TypeVar("R")


class Tallies(Protocol):
    """Where the counts stand."""

    def add(self, key: str, seconds: float) -> int: ...
    def take(self, key: str) -> int: ...
    def forget(self, key: str) -> None: ...
    def hold(self, key: str, seconds: float) -> None: ...
    def held(self, key: str) -> float: ...


class OwnTallies:
    """In this process."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._sweep = SWEEP

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, key: str, seconds: float) -> int:
        """One more; the first of them lets them fade in so many seconds. How many there are."""
        count, until = self._of(key)
        self._counts[key] = (count + 1, until if count else self.clock() + seconds)
        if len(self._counts) > self._sweep:
            self._forget_faded()
        return count + 1

    def take(self, key: str) -> int:
        """One fewer."""
        count, until = self._of(key)
        if count:
            self._counts[key] = (count - 1, until)
        return max(0, count - 1)

    def forget(self, key: str) -> None:
        """None at all, and nothing to wait for."""
        self._counts.pop(key, None)
        self._counts.pop(f"{key}:hold", None)

    def hold(self, key: str, seconds: float) -> None:
        """It has to wait for so long from now on; for nothing more, if that is 0."""
        self._counts[f"{key}:hold"] = (1, self.clock() + seconds)

    def held(self, key: str) -> float:
        """The seconds it still has to wait."""
        count, until = self._of(f"{key}:hold")
        return until - self.clock() if count else 0.0

    def _of(self, key: str) -> tuple[int, float]:
        count, until = self._counts.get(key, (0, 0.0))
        return (count, until) if count and self.clock() < until else (0, 0.0)

    def _forget_faded(self) -> None:
        now = self.clock()
        self._counts = {key: kept for key, kept in self._counts.items() if now < kept[1]}
        self._sweep = max(SWEEP, 2 * len(self._counts))


class ToldTallies:
    """In this process, and told to the others."""

    def __init__(self) -> None:
        self.own = OwnTallies()
        self.announce: Callable[[str, Any], None] | None = None

    def add(self, key: str, seconds: float) -> int:
        """One more."""
        self._tell("add", key, seconds)
        return self.own.add(key, seconds)

    def take(self, key: str) -> int:
        """One fewer."""
        self._tell("take", key)
        return self.own.take(key)

    def forget(self, key: str) -> None:
        """None at all."""
        self._tell("forget", key)
        self.own.forget(key)

    def hold(self, key: str, seconds: float) -> None:
        """It has to wait for so long."""
        self._tell("hold", key, seconds)
        self.own.hold(key, seconds)

    def held(self, key: str) -> float:
        """The seconds it still has to wait."""
        return self.own.held(key)

    def hear(self, deed: str, key: str, seconds: float) -> None:
        """Another worker has counted."""
        if deed == "add":
            self.own.add(key, seconds)
        elif deed == "take":
            self.own.take(key)
        elif deed == "forget":
            self.own.forget(key)
        elif deed == "hold":
            self.own.hold(key, seconds)

    def _tell(self, deed: str, key: str, seconds: float = 0.0) -> None:
        if self.announce is not None:
            self.announce("tally", (deed, key, seconds))


class SharedTallies:
    """In Redis, for all workers; on one's own when that does not answer."""

    def __init__(self, url: str, mark: str = "") -> None:
        self._url, self._prefix = url, f"{PREFIX}:{mark}"
        self._storage: Any = None
        self._own = OwnTallies()
        self._quiet_until = 0.0

    def add(self, key: str, seconds: float) -> int:
        """One more."""
        return self._ask(lambda there: int(there.incr(key, int(seconds))), lambda own: own.add(key, seconds))

    def take(self, key: str) -> int:
        """One fewer."""
        return self._ask(lambda there: int(there.incr(key, 1, -1)) if there.get(key) else 0, lambda own: own.take(key))

    def forget(self, key: str) -> None:
        """None at all."""
        self._ask(lambda there: (there.clear(key), there.clear(f"{key}:hold")), lambda own: own.forget(key))

    def hold(self, key: str, seconds: float) -> None:
        """It has to wait for so long."""
        self._ask(lambda there: _put(there, f"{key}:hold", seconds), lambda own: own.hold(key, seconds))

    def held(self, key: str) -> float:
        """The seconds it still has to wait."""
        name = f"{key}:hold"
        return self._ask(
            lambda there: max(0.0, there.get_expiry(name) - time()) if there.get(name) else 0.0,
            lambda own: own.held(key),
        )

    def _ask(self, there: Callable[[Any], R], here: Callable[[OwnTallies], R]) -> R:
        """Of Redis; once it has failed, not of it for a while, so that nobody waits for it again and again."""
        if monotonic() < self._quiet_until:
            return here(self._own)
        try:
            if self._storage is None:  # a cluster is looked for at once, and need not be there when a server starts
                place, options = counting(self._url)
                self._storage = storage_from_string(place, key_prefix=self._prefix, **options)
            return there(self._storage)
        except Exception as error:
            log.warning("Redis does not count for the next seconds: %s", type(error).__name__)
            self._quiet_until = monotonic() + QUIET_SECONDS
            return here(self._own)


def _put(there: Any, name: str, seconds: float) -> None:
    there.clear(name)
    if seconds > 0:
        there.incr(name, max(1, round(seconds)))


def open_tallies(redis_url: str, mark: str = "") -> Tallies:
    """Those that fit the settings; `mark` tells them from those of another messenger in the same Redis."""
    return SharedTallies(redis_url, mark) if redis_url else ToldTallies()
