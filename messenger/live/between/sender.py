"""The way out: what this worker tells the others, in order, several parcels a letter. In a thread of its own."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from queue import Empty, SimpleQueue
from threading import Event
from time import monotonic
from typing import Any, NamedTuple, Protocol

import msgspec

from messenger.live.between.parcels import VERSION, Parcel, letters, wrapped
from messenger.live.between.standing import Standing
from messenger.live.between.transport import WORKERS, Transport

# So much may wait; after a failure nothing is tried for a moment.
MOST_WAITING = 20_000
PAUSE = 1.0
AT_ONCE = 500


class Part(NamedTuple):
    """A fact as it is written down for the followers of some topics."""

    topics: tuple[tuple[str, int], ...]
    chat_id: int
    revision: int
    body: bytes


class Codec(Protocol):
    """How facts are written down and read again."""

    def parts(self, fact: Any) -> Iterable[Part]: ...
    def read(self, body: msgspec.Raw) -> Any: ...


class Word(NamedTuple):
    """What workers tell each other."""

    kind: str
    body: Any


def channel_of(topic: tuple[str, int]) -> str:
    """The channel on which news of a topic are told."""
    return f"{topic[0]}:{topic[1]}"


class Sender:
    """`put` from a turn; a fact, a word, or a call that changes what is heard."""

    def __init__(self, transport: Transport, codec: Codec, standing: Standing, worker: str) -> None:
        self.transport, self.codec, self.standing, self.worker = transport, codec, standing, worker
        self.queue: SimpleQueue[Any] = SimpleQueue()
        self.number = 0
        self.quiet_until = 0.0
        self.ended = Event()

    def put(self, item: Any) -> None:
        """To be sent soon; dropped when far too much waits already."""
        if self.queue.qsize() < MOST_WAITING:
            self.queue.put(item)
        else:
            self.standing.dropped += 1

    def run(self) -> None:
        """The life of the thread; None ends it."""
        while True:
            items = [self.queue.get()]
            with suppress(Empty):
                while len(items) < AT_ONCE:
                    items.append(self.queue.get_nowait())
            self.send([item for item in items if item is not None])
            if None in items:
                self.ended.set()
                return

    def send(self, items: Sequence[Any]) -> None:
        """Now. What cannot be sent is dropped: the database has it."""
        told = [item for item in items if not isinstance(item, Hearing)]
        changes = (item for item in items if isinstance(item, Hearing))
        for change, several in groupby(changes, key=lambda item: item.change):
            with suppress(Exception):  # whoever opens the transport again subscribes to everything
                change([channel for item in several for channel in item.channels])
        if not told:
            return
        if monotonic() < self.quiet_until:
            self.standing.dropped += len(told)
            return
        try:
            self._send(told)
            self.standing.published += len(told)
        except Exception:
            self.quiet_until = monotonic() + PAUSE
            self.standing.dropped += len(told)

    def _send(self, items: Sequence[Any]) -> None:
        """Letters by channel, in the order of their first parcels."""
        packed: dict[str, list[bytes]] = {}
        for item in items:
            for parcel in self._parcels(item):
                bytes_of_it = wrapped(parcel, self.transport.most)
                if bytes_of_it is None:
                    self.standing.dropped += 1
                    continue
                channels = (WORKERS,) if self.transport.is_common or parcel.kind else parcel.topics
                for channel in channels:
                    packed.setdefault(channel, []).append(bytes_of_it)
        written = [(channel, one) for channel, some in packed.items() for one in letters(some, self.transport.most)]
        try:
            self.transport.send(written)
        except Exception:  # a connection that was idle for long may have been cut: once more, on a new one
            self.transport.send(written)

    def _parcels(self, item: Any) -> Iterable[Parcel]:
        if isinstance(item, Word):
            self.number += 1
            body = msgspec.Raw(msgspec.json.encode(item.body))
            yield Parcel(VERSION, self.worker, self.number, kind=item.kind, body=body)
            return
        for part in self.codec.parts(item):
            self.number += 1
            topics = tuple(channel_of(topic) for topic in part.topics)
            body = msgspec.Raw(part.body)
            yield Parcel(VERSION, self.worker, self.number, topics, part.chat_id, part.revision, body=body)


class Hearing(NamedTuple):
    """More or fewer channels to hear."""

    change: Callable[[Sequence[str]], None]
    channels: Sequence[str]
