"""Where work may wait: a bounded number of greenlets (or threads), which exist only while there is something to do."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any

from messenger.live import faults
from messenger.live.loop import Loop


class Workers:
    """Each job runs in an app context of its own."""

    def __init__(self, loop: Loop, most: int) -> None:
        self._loop = loop
        self._most = most
        self._jobs: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._lock = Lock()
        self.running = 0

    @property
    def waiting(self) -> int:
        """Jobs nobody has begun."""
        return len(self._jobs)

    def submit(self, function: Callable[..., Any], *args: Any) -> None:
        """Have it done as soon as a worker is free, in order of arrival."""
        with self._lock:
            self._jobs.append((function, args))
            if self.running >= self._most:
                return
            self.running += 1
        self._loop.spawn(self._run)

    def _next(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self.running -= 1
            return None

    def _run(self) -> None:
        while job := self._next():
            function, args = job
            try:
                with self._loop.context():
                    function(*args)
            except Exception as error:
                faults.note(error, "a worker")
