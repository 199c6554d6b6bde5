"""The connections over which requests and workers read: so many and no more, lent in the order of asking.

SQLAlchemy's own queue lets whoever asks in the right moment go before those who wait: when a thousand come at once,
some of them would wait for seconds.
"""

from collections import deque
from threading import Event, Lock

from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool
from sqlalchemy.util.queue import Empty, Full, QueueCommon

from messenger.core.refusals import Overloaded


class Turn:
    """Somebody who waits, and then what he has been given."""

    __slots__ = ("given", "has_come")

    def __init__(self) -> None:
        self.has_come = Event()
        self.given: ConnectionPoolEntry | None = None


class FairQueue(QueueCommon[ConnectionPoolEntry]):
    """Connections that nobody uses. What is put back while somebody waits is his, whoever else asks at that moment."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        self.maxsize = maxsize
        self.use_lifo = use_lifo
        self._free: deque[ConnectionPoolEntry] = deque()
        self._waiting: deque[Turn] = deque()
        self._lock = Lock()

    def get(self, block: bool = True, timeout: float | None = None) -> ConnectionPoolEntry:
        """The one that has rested longest. Raises Empty."""
        with self._lock:
            if self._free:
                return self._free.popleft()
            if not block:
                raise Empty()
            self._waiting.append(turn := Turn())
        if not turn.has_come.wait(timeout):
            with self._lock:
                if not turn.has_come.is_set():
                    self._waiting.remove(turn)
        if turn.given is None:
            raise Empty()
        return turn.given

    def put(self, item: ConnectionPoolEntry, block: bool = True, timeout: float | None = None) -> None:
        """Nobody waits to put one back: there are never more than there is room for."""
        with self._lock:
            if self._waiting:
                turn = self._waiting.popleft()
                turn.given = item
                turn.has_come.set()
            elif 0 < self.maxsize <= len(self._free):
                raise Full()
            else:
                self._free.append(item)

    def qsize(self) -> int:
        """How many nobody uses."""
        return len(self._free)


class Pool(QueuePool):
    """Whoever finds none free for too long is told to come back."""

    _queue_class = FairQueue

    def connect(self) -> PoolProxiedConnection:
        """One of them, lent."""
        try:
            return super().connect()
        except PoolEmpty:
            raise Overloaded() from None
