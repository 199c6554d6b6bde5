"""What both drivers share: the turn.

A turn makes the calls that wait, lets ready mailboxes work, and sends what became ready, once per socket.
"""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from time import monotonic
from typing import Any, ClassVar, Protocol, TypeVar

from gevent.monkey import is_module_patched

log = logging.getLogger("messenger.live")

R = TypeVar("R")

# Longest stretch of one turn, in seconds; what is left then waits until the loop has looked at the sockets again.
TURN = 0.02


class Timer(Protocol):
    """A call that has not been made yet."""

    def cancel(self) -> None: ...


class Watcher(Protocol):
    """Calls back while its descriptor can be read, or written; once per turn of the loop."""

    def start(self, callback: Callable[[], None]) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class Works(Protocol):
    """A mailbox, as the loop sees it."""

    def turn(self) -> None: ...


class Flushes(Protocol):
    """A socket, as the loop sees it."""

    def flush(self) -> None: ...


class Loop:
    """One per process. `soon` may be called from any thread; everything in a turn happens one after the other."""

    READ, WRITE = 1, 2
    drivers: ClassVar[dict[str, type["Loop"]]] = {}

    def __init_subclass__(cls, driver: str) -> None:
        Loop.drivers[driver] = cls

    @staticmethod
    def here() -> "Loop":
        """The driver that fits this process."""
        return Loop.drivers["gevent" if is_module_patched("socket") else "threads"]()

    def __init__(self) -> None:
        self.calls: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self.ready: list[Works] = []
        self.dirty: list[Flushes] = []
        self.awake = False
        self.turns = 0
        self.context: Callable[[], AbstractContextManager[Any]] = nullcontext

    def soon(self, function: Callable[..., Any], *args: Any) -> None:
        """Call the function in a turn of the loop."""
        self.calls.append((function, args))
        if not self.awake:
            self.awake = True
            self.wake()

    def stir(self, mailbox: Works) -> None:
        """Let the mailbox work in the next turn. Only from the loop's own thread."""
        self.ready.append(mailbox)
        if not self.awake:
            self.awake = True
            self.wake()

    def smudge(self, socket: Flushes) -> None:
        """Let the socket send at the end of the turn. Only from the loop's own thread."""
        self.dirty.append(socket)
        if not self.awake:
            self.awake = True
            self.wake()

    def turn(self) -> None:
        """One turn. `awake` stays set meanwhile, so that nobody wakes a loop that is up."""
        self.turns += 1
        end = monotonic() + TURN
        try:
            if self.calls or self.ready:
                with self.context():
                    self._make_calls(end)
                    self._let_mailboxes_work(end)
        except Exception:
            log.exception("a turn of the loop failed")
        self._send()
        self.awake = False
        if self.calls or self.ready or self.dirty:
            self.awake = True
            self.wake()

    def _make_calls(self, end: float) -> None:
        calls = self.calls
        for _ in range(len(calls)):
            function, args = calls.popleft()
            try:
                function(*args)
            except Exception:
                log.exception("a call in a turn of the loop failed")
            if monotonic() > end:
                return

    def _let_mailboxes_work(self, end: float) -> None:
        ready, self.ready = self.ready, []
        for done, mailbox in enumerate(ready, 1):
            mailbox.turn()
            if monotonic() > end:
                self.ready = ready[done:] + self.ready
                return

    def _send(self) -> None:
        dirty, self.dirty = self.dirty, []
        for socket in dirty:
            try:
                socket.flush()
            except Exception:
                log.exception("a socket could not be flushed")

    def wake(self) -> None:
        """Have `turn` called, once the loop has looked at its sockets. From any thread."""
        raise NotImplementedError

    def is_here(self) -> bool:
        """Whether the caller runs in the loop's own thread."""
        raise NotImplementedError

    def later(self, seconds: float, function: Callable[..., Any], *args: Any) -> Timer:
        """Call the function in a turn, after a time on the monotonic clock."""
        raise NotImplementedError

    def watch(self, descriptor: int, event: int) -> Watcher:
        """A watcher, not yet started. Only from the loop's own thread."""
        raise NotImplementedError

    def spawn(self, function: Callable[..., Any], *args: Any) -> None:
        """Run work that may wait, beside the loop."""
        raise NotImplementedError

    def native(self, function: Callable[..., R], *args: Any) -> R:
        """Run native code that computes for long (hashing, pictures) without stopping the loop, and wait for it."""
        raise NotImplementedError

    def native_thread(self, function: Callable[[], None]) -> None:
        """Start a thread of the operating system, whatever is patched."""
        raise NotImplementedError

    def native_queue(self) -> Any:
        """A queue between the loop and such a thread: `put` never waits, `get` makes only its own thread wait."""
        raise NotImplementedError

    def native_sleep(self, seconds: float) -> None:
        """Let such a thread rest, and nobody else."""
        raise NotImplementedError
