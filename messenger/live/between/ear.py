"""The way in: letters of other workers, heard in a thread of its own, which opens a broken transport again."""

import random
from collections.abc import Collection
from time import monotonic, sleep
from typing import Protocol

from messenger.live.between.parcels import Parcel, opened
from messenger.live.between.reasons import reason
from messenger.live.between.transport import WORKERS, Heard, Transport
from messenger.live.loop import Loop

# Our own sign of life comes back to us; when it does not for so long, nothing does.
DEAF = 12.0
SOONEST, LATEST = 0.2, 3.0


class Deaf(Exception):
    """The transport is open, but lets nothing through."""

    def __str__(self) -> str:
        return "nothing comes through; a pool between here and PostgreSQL would do that: then REDIS_URL is needed"


class Listens(Protocol):
    """Who is told what the ear hears, in turns of the loop."""

    @property
    def wanted(self) -> Collection[str]: ...

    def opened(self) -> None: ...
    def broken(self, why: str) -> None: ...
    def ready(self, channel: str) -> None: ...
    def came(self, parcels: list[Parcel]) -> None: ...


class Ear:
    """One per worker."""

    def __init__(self, transport: Transport, loop: Loop, listener: Listens, worker: str) -> None:
        self.transport, self.loop, self.listener, self.worker = transport, loop, listener, worker
        self.is_stopped = False
        self._heard_myself = 0.0

    def run(self) -> None:
        """The life of the thread."""
        pause = SOONEST
        while not self.is_stopped:
            try:
                self.transport.open()
                self._heard_myself = monotonic()
                self.transport.subscribe([WORKERS, *self.listener.wanted])
                self.loop.soon(self.listener.opened)
                while not self.is_stopped:
                    self._hear()
                    pause = SOONEST
            except Exception as error:
                if not self.is_stopped:
                    self.loop.soon(self.listener.broken, str(error) if isinstance(error, Deaf) else reason(error))
            self.transport.close()
            sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 not a secret
            pause = min(LATEST, 2 * pause)

    def _hear(self) -> None:
        for heard in self.transport.hear(1.0):
            self._note(heard)
        if monotonic() - self._heard_myself > DEAF:
            raise Deaf

    def _note(self, heard: Heard) -> None:
        if heard.letter is None:
            self.loop.soon(self.listener.ready, heard.channel)
            return
        parcels = opened(heard.letter)
        if any(parcel.worker == self.worker and parcel.kind for parcel in parcels):
            self._heard_myself = monotonic()
        self.loop.soon(self.listener.came, parcels)
