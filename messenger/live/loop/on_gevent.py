"""The loop on gevent's hub: libev watchers, and one watcher by which other threads wake it."""

from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

from messenger.live.loop.base import Loop, Timer, Watcher

R = TypeVar("R")

get_ident: Callable[[], int] = get_original("_thread", "get_ident")
start_new_thread: Callable[..., int] = get_original("_thread", "start_new_thread")
NativeQueue: Callable[[], Any] = get_original("queue", "SimpleQueue")

sleep: Callable[[float], None] = get_original("time", "sleep")

# Slots for hashing and pictures: more would only press the loop's own thread aside.
NATIVE = 2


class GeventTimer:
    """A libev timer that is forgotten once it has fired."""

    __slots__ = ("_timer",)

    def __init__(self, timer: Any) -> None:
        self._timer = timer

    def cancel(self) -> None:
        """Do not call; harmless afterwards."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
            timer.close()


class GeventLoop(Loop, driver="gevent"):
    """Belongs to the thread that made it."""

    def __init__(self) -> None:
        super().__init__()
        self._hub = gevent.get_hub()
        self._libev = self._hub.loop
        self._ident = get_ident()
        self._bell = self._libev.async_()
        self._bell.start(self.turn)
        self._pool: ThreadPool | None = None

    def wake(self) -> None:
        if get_ident() == self._ident:
            self._libev.run_callback(self.turn)
        else:
            self._bell.send()

    def is_here(self) -> bool:
        return get_ident() == self._ident

    def later(self, seconds: float, function: Callable[..., Any], *args: Any) -> Timer:
        timer = self._libev.timer(seconds)
        promise = GeventTimer(timer)
        timer.start(self._ring, promise, function, args, update=True)
        return promise

    def _ring(self, promise: GeventTimer, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        promise.cancel()
        self.soon(function, *args)

    def watch(self, descriptor: int, event: int) -> Watcher:
        watcher: Watcher = self._libev.io(descriptor, event)
        return watcher

    def spawn(self, function: Callable[..., Any], *args: Any) -> None:
        gevent.spawn(function, *args)

    def native(self, function: Callable[..., R], *args: Any) -> R:
        if self._pool is None:
            self._pool = ThreadPool(NATIVE, hub=self._hub)
        result: R = self._pool.apply(function, args)
        return result

    def native_thread(self, function: Callable[[], None]) -> None:
        start_new_thread(function, ())

    def native_queue(self) -> Any:
        return NativeQueue()

    def native_sleep(self, seconds: float) -> None:
        sleep(seconds)
