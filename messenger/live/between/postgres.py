"""LISTEN and NOTIFY: the bus of those who have PostgreSQL only. One channel for all, one connection a worker.

It needs a session of its own: behind a pool that hands out connections by the transaction nothing would be heard.
"""

import select
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import psycopg

from messenger.live.between.transport import WORKERS, Heard

CONNECT_SECONDS = 5
# So that a server that vanished is noticed, not waited for.
ALIVE: dict[str, Any] = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
NOTIFY = "SELECT pg_notify(%s, letter) FROM unnest(%s::text[]) WITH ORDINALITY AS t(letter, n) ORDER BY n"


class Postgres:
    """A `Transport`. `address` is what libpq takes."""

    kind = "postgresql"
    # NOTIFY takes less than 8,000 bytes.
    most = 7_900
    is_common = True

    def __init__(self, address: str, prefix: str, spawn: Callable[..., Any]) -> None:
        self.address, self.spawn = address, spawn
        self.channel = f"messenger_{prefix}"
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._came: SimpleQueue[Any] = SimpleQueue()

    def open(self) -> None:
        """Listen from now on."""
        self.close()
        with self._lock:
            connection = self._connect()
            came = self._came = SimpleQueue()
            connection.add_notify_handler(lambda notice: came.put(notice.payload.encode()))
            connection.execute(f'LISTEN "{self.channel}"')
            self._connection = connection
            self.spawn(self._listen, connection, came)

    def close(self) -> None:
        """Listen no more."""
        with self._lock:
            connection, self._connection = self._connection, None
            with suppress(Exception):
                if connection is not None:
                    connection.close()

    def subscribe(self, channels: Sequence[str]) -> None:
        """Everything is heard anyway."""

    def unsubscribe(self, channels: Sequence[str]) -> None:
        """Everything is heard anyway."""

    def hear(self, seconds: float) -> Iterable[Heard]:
        """What came, as soon as something has."""
        with suppress(Empty):
            yield self._read(self._came.get(timeout=seconds))
            while True:
                yield self._read(self._came.get_nowait())

    def send(self, letters: Sequence[tuple[str, bytes]]) -> None:
        """Several at once, in one transaction, which keeps their order."""
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            try:
                self._connection.execute(NOTIFY, (self.channel, [letter.decode() for _, letter in letters]))
            except psycopg.Error:
                if self._connection.closed:
                    self._connection = None
                raise

    def _listen(self, connection: psycopg.Connection[Any], came: "SimpleQueue[Any]") -> None:
        """In a thread of its own, while the connection lives. Sending takes what came meanwhile, by the handler."""
        try:
            bell = select.poll()
            bell.register(connection.fileno(), select.POLLIN)
            while connection is self._connection:
                if bell.poll(1_000):
                    self._take(connection, came)
        except Exception as error:
            came.put(error)
        else:
            came.put(psycopg.OperationalError("closed"))

    def _take(self, connection: psycopg.Connection[Any], came: "SimpleQueue[Any]") -> None:
        with self._lock:
            connection.pgconn.consume_input()
            while (notice := connection.pgconn.notifies()) is not None:
                came.put(notice.extra)

    @staticmethod
    def _read(came: Any) -> Heard:
        if isinstance(came, Exception):
            raise came
        return Heard(WORKERS, came)

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self.address,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            prepare_threshold=None,
            application_name="messenger bus",
            **ALIVE,
        )
