"""Redis or Valkey publish and subscribe, sharded on a cluster. Connections are ours: when one breaks, we know it."""

import select
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from queue import Empty, SimpleQueue
from time import sleep
from typing import Any

from redis import Connection
from redis.exceptions import RedisError

from messenger.live.between.redis_servers import Servers, connection
from messenger.live.between.transport import Heard

AT_ONCE = 1_000
Spawn = Callable[..., Any]


class Broken(Exception):
    """A connection of ours ended, or a channel moved to another server."""


class Redis:
    """A `Transport`. Each server of a cluster is heard by a thread of its own."""

    kind = "redis"
    most = 32 * 1024
    is_common = False

    def __init__(self, servers: Servers, prefix: str, spawn: Spawn) -> None:
        self.servers, self.prefix, self.spawn = servers, f"{prefix}:", spawn
        self._lock = threading.Lock()
        # A line by TLS must not be read and written at once.
        self._wire = threading.Lock()
        self._connections: dict[str, Connection] | None = None
        self._came: SimpleQueue[Any] = SimpleQueue()
        self._awaited: Counter[str] = Counter()
        self._leaving: Counter[str] = Counter()

    def open(self) -> None:
        """New connections; whatever was heard before must be subscribed to again."""
        with self._lock:
            self.servers.look()
            self._came = SimpleQueue()
            self._awaited, self._leaving = Counter(), Counter()
            self._connections = {}

    def close(self) -> None:
        """Hear nothing more."""
        connections, self._connections = self._connections or {}, None
        for one in connections.values():
            with suppress(Exception), self._wire:
                one.disconnect()

    def subscribe(self, channels: Sequence[str]) -> None:
        """Hear these, too."""
        self._awaited.update(channels)
        self._tell("SUBSCRIBE", channels)

    def unsubscribe(self, channels: Sequence[str]) -> None:
        """Hear these no more."""
        self._leaving.update(channels)
        self._tell("UNSUBSCRIBE", channels)

    def hear(self, seconds: float) -> Iterable[Heard]:
        """What came, as soon as something has."""
        with suppress(Empty):
            yield from self._read(self._came.get(timeout=seconds))
            while True:
                yield from self._read(self._came.get_nowait())

    def send(self, letters: Sequence[tuple[str, bytes]]) -> None:
        """Several at once, each to the server that has its channel."""
        try:
            placed = [(self.servers.place_of(self.prefix + channel), channel, letter) for channel, letter in letters]
            for place, some in groupby(sorted(placed, key=lambda one: one[0]), key=lambda one: one[0]):
                pipeline = self.servers.client(place).pipeline(transaction=False)
                for _, channel, letter in some:
                    pipeline.execute_command(self._word("PUBLISH"), self.prefix + channel, letter)
                pipeline.execute()
        except RedisError:
            if self.servers.is_sharded:
                self.servers.look()
            raise

    def _word(self, word: str) -> str:
        return f"S{word}" if self.servers.is_sharded else word

    def _tell(self, word: str, channels: Sequence[str]) -> None:
        word = self._word(word)
        with self._lock:
            for place, some in groupby(sorted(channels, key=self._place), key=self._place):
                named = [self.prefix + channel for channel in some]
                one = self._connection(place)
                for start in range(0, len(named), AT_ONCE):
                    names = named[start : start + AT_ONCE]
                    # On a cluster one command takes channels of one slot only.
                    commands = [(word, name) for name in names] if self.servers.is_sharded else [(word, *names)]
                    with self._wire:
                        one.send_packed_command(one.pack_commands(commands))

    def _place(self, channel: str) -> str:
        return self.servers.place_of(self.prefix + channel)

    def _connection(self, place: str) -> Connection:
        if self._connections is None:
            raise Broken("not open")
        if place not in self._connections:
            one = self._connections[place] = connection(self.servers.client(place))
            self.spawn(self._listen, one, self._came)
        return self._connections[place]

    def _listen(self, one: Connection, came: "SimpleQueue[Any]") -> None:
        """In a thread of its own, while the connection lives."""
        try:
            line: Any = one._sock
            bell = select.poll()
            bell.register(line.fileno(), select.POLLIN)
            while self._connections is not None and one in self._connections.values():
                if self._take(one, came):
                    sleep(0)  # there is more, but others have their turn first
                else:
                    bell.poll(1_000)
        except Exception as error:
            came.put(error)

    def _take(self, one: Connection, came: "SimpleQueue[Any]") -> bool:
        """What is there; False when that was all."""
        with self._wire:
            for _ in range(AT_ONCE):
                if not one.can_read(timeout=0):
                    return False
                came.put(one.read_response(disconnect_on_error=False))
        return True

    def _read(self, answer: Any) -> Iterator[Heard]:
        if isinstance(answer, Exception):
            raise Broken(type(answer).__name__) from answer
        kind, name = answer[0].lstrip(b"s"), answer[1]
        channel = name.decode().removeprefix(self.prefix) if name else ""
        if kind == b"message":
            yield Heard(channel, answer[2])
        elif kind == b"ubscribe":
            self._awaited[channel] -= 1
            if self._awaited[channel] <= 0:
                del self._awaited[channel]
                yield Heard(channel, None)
        elif self._leaving[channel] > 0:
            self._leaving[channel] -= 1
        elif name:  # nobody asked for it: the channel lives on another server now
            raise Broken("moved")
