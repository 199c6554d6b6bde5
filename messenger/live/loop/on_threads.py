"""The loop in a thread of its own: for `flask run`, commands and tests. Watchers are touched only in that thread."""

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue
from selectors import DefaultSelector
from socket import socketpair
from time import monotonic, sleep
from typing import Any, TypeVar

from messenger.live.loop.base import Loop, Timer, Watcher, log

R = TypeVar("R")


class ThreadTimer:
    """A call at a moment; a cancelled one fires into the void."""

    __slots__ = ("args", "function", "moment")

    def __init__(self, moment: float, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.moment = moment
        self.function: Callable[..., Any] | None = function
        self.args = args

    def cancel(self) -> None:
        """Do not call; harmless afterwards."""
        self.function, self.args = None, ()


class ThreadWatcher:
    """One direction of one descriptor."""

    __slots__ = ("_callback", "_descriptor", "_event", "_loop")

    def __init__(self, loop: "ThreadLoop", descriptor: int, event: int) -> None:
        self._loop = loop
        self._descriptor = descriptor
        self._event = event

    def start(self, callback: Callable[[], None]) -> None:
        """Begin to call back."""
        self._loop.select(self._descriptor, self._event, callback)

    def stop(self) -> None:
        """Stop calling back; may be started again."""
        self._loop.select(self._descriptor, self._event, None)

    close = stop


class ThreadLoop(Loop, driver="threads"):
    """Its thread starts with the first thing to do."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = DefaultSelector()
        self._callbacks: dict[int, dict[int, Callable[[], None]]] = {}
        self._timers: list[tuple[float, int, ThreadTimer]] = []
        self._number = count()
        self._bell, self._rope = socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self._selector.register(self._bell, self.READ)
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ident = 0
        self._pool: ThreadPoolExecutor | None = None

    def wake(self) -> None:
        if self._thread is None:
            self._begin()
        if threading.get_ident() != self._ident:
            try:
                self._rope.send(b"!")
            except BlockingIOError:
                return  # it rings already

    def _begin(self) -> None:
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="loop", daemon=True)
                self._thread.start()

    def is_here(self) -> bool:
        return threading.get_ident() == self._ident

    def _run(self) -> None:
        self._ident = threading.get_ident()
        while True:
            for key, events in self._selector.select(self._patience()):
                if key.fd == self._bell.fileno():
                    self._bell.recv(4096)
                else:
                    self._call_back(key.fd, events)
            while self._timers and self._timers[0][0] <= monotonic():
                timer = heapq.heappop(self._timers)[2]
                if timer.function is not None:
                    self.soon(timer.function, *timer.args)
            if self.awake:
                self.turn()

    def _patience(self) -> float | None:
        if self.awake:
            return 0
        return max(0.0, self._timers[0][0] - monotonic()) if self._timers else None

    def _call_back(self, descriptor: int, events: int) -> None:
        for event in (self.READ, self.WRITE):
            callback = self._callbacks.get(descriptor, {}).get(event)
            if callback is not None and events & event:
                try:
                    callback()
                except Exception:
                    log.exception("a watcher's callback failed")

    def select(self, descriptor: int, event: int, callback: Callable[[], None] | None) -> None:
        """Whom to call for one direction of a descriptor, or nobody."""
        wanted = self._callbacks.setdefault(descriptor, {})
        before = sum(wanted)
        if callback is None:
            wanted.pop(event, None)
        else:
            wanted[event] = callback
        after = sum(wanted)
        if not after:
            del self._callbacks[descriptor]
        if not before and after:
            self._selector.register(descriptor, after)
        elif before and not after:
            self._selector.unregister(descriptor)
        elif before != after:
            self._selector.modify(descriptor, after)

    def later(self, seconds: float, function: Callable[..., Any], *args: Any) -> Timer:
        timer = ThreadTimer(monotonic() + seconds, function, args)
        self.soon(self._arm, timer)
        return timer

    def _arm(self, timer: ThreadTimer) -> None:
        heapq.heappush(self._timers, (timer.moment, next(self._number), timer))

    def watch(self, descriptor: int, event: int) -> Watcher:
        return ThreadWatcher(self, descriptor, event)

    def spawn(self, function: Callable[..., Any], *args: Any) -> None:
        threading.Thread(target=function, args=args, daemon=True).start()

    def native(self, function: Callable[..., R], *args: Any) -> R:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(2)
        return self._pool.submit(function, *args).result()

    def native_thread(self, function: Callable[[], None]) -> None:
        threading.Thread(target=function, daemon=True).start()

    def native_queue(self) -> Any:
        return SimpleQueue()

    def native_sleep(self, seconds: float) -> None:
        sleep(seconds)
