"""What every worker says of itself under a name, and what the others say of themselves: sockets a person, who is here.

Changes are announced at once, everything from time to time. Who is not heard of any more is forgotten with all he said.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

import msgspec

# So many entries at most in one announcement.
CHUNK = 20

Announce = Callable[[str, Any], None]
Changed = Callable[[Any, Any, Any], None]


class Entries(msgspec.Struct, omit_defaults=True):
    """Keys and values, None for what is no longer so; or a part of everything there is, the first or the last of it."""

    entries: list[tuple[Any, Any]] = []
    is_whole: bool = False
    is_first: bool = False
    is_last: bool = False


class Ledger:
    """`changed(key, before, after)` is called for every change that another worker makes known. In turns only."""

    def __init__(self, name: str, changed: Changed) -> None:
        self.name = name
        self.changed = changed
        self.announce: Announce | None = None
        self.own: dict[Hashable, Any] = {}
        self.others: dict[str, dict[Hashable, Any]] = {}
        self._coming: dict[str, dict[Hashable, Any]] = {}

    def say(self, key: Hashable, value: Any) -> None:
        """From now on this is so here; None: no longer anything."""
        if value is None:
            self.own.pop(key, None)
        else:
            self.own[key] = value
        if self.announce is not None:
            self.announce(self.name, Entries([(key, value)]))

    def everything(self) -> Iterator[Entries]:
        """All that is so here, in parts that fit."""
        entries = list(self.own.items())
        starts = range(0, len(entries) or 1, CHUNK)
        for start in starts:
            yield Entries(entries[start : start + CHUNK], True, start == 0, start == starts[-1])

    def hear(self, worker: str, body: msgspec.Raw) -> None:
        """Another worker says something."""
        part = msgspec.json.decode(body, type=Entries)
        if not part.is_whole:
            self._update(self.others.setdefault(worker, {}), part.entries)
            return
        if part.is_first:
            self._coming[worker] = {}
        if (coming := self._coming.get(worker)) is not None:
            coming.update((key, value) for key, value in part.entries)
            if part.is_last:
                self._replace(worker, self._coming.pop(worker))

    def forget(self, worker: str) -> None:
        """It is gone, and nothing of what it said is so any more."""
        self._coming.pop(worker, None)
        self._replace(worker, {})
        del self.others[worker]

    def _replace(self, worker: str, entries: dict[Hashable, Any]) -> None:
        known = self.others.setdefault(worker, {})
        self._update(known, [(key, None) for key in list(known) if key not in entries])
        self._update(known, entries.items())

    def _update(self, known: dict[Hashable, Any], entries: Iterable[tuple[Hashable, Any]]) -> None:
        for key, value in entries:
            before = known.pop(key, None)
            if value is not None:
                known[key] = value
            if before != value:
                self.changed(key, before, value)
