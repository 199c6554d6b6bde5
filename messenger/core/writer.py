"""The one way to change the database: verbs wait in a queue, and whatever waits is committed together.

On SQLite a native thread does it, so that no commit stalls a socket; on PostgreSQL whatever kind of thread the server
runs on. Answers and facts go back into a turn of the loop, in commit order.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any, Protocol

from sqlalchemy import Engine

from messenger.core.batch import Batch
from messenger.core.database import is_sqlite
from messenger.core.facts import Fact
from messenger.core.pen import Pen
from messenger.core.refusals import Overloaded
from messenger.core.verbs import Call, Outcome
from messenger.extensions import db

log = logging.getLogger("messenger.writer")

PATIENCE = 30.0
# Behind a group of so many more are on their way: a moment's wait makes fewer and larger commits of them.
CROWD = 100
MOMENT = 0.004


class Loop(Protocol):
    """What the writer needs of the loop."""

    def soon(self, function: Callable[..., None], *args: Any) -> None: ...
    def native_thread(self, function: Callable[[], None]) -> None: ...
    def native_queue(self) -> Any: ...
    def native_sleep(self, seconds: float) -> None: ...


class Waiting:
    """Somebody who stands still until his outcome comes."""

    __slots__ = ("event", "outcome")

    def __init__(self) -> None:
        self.event = threading.Event()
        self.outcome: Outcome = None

    def __call__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.event.set()

    def result(self) -> Outcome:
        """The result, or the refusal raised."""
        if not self.event.wait(PATIENCE):
            raise Overloaded()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Writer:
    """Takes calls from everywhere and commits them in groups."""

    def __init__(self, engine: Engine, loop: Loop, tell: Callable[[Sequence[Fact]], None]) -> None:
        self.engine = engine
        self.loop = loop
        self.tell = tell
        self.context: Callable[[], AbstractContextManager[Any]] = nullcontext
        self.group = 200
        self.limit = 10_000
        self.is_native = is_sqlite(engine.url)
        self.queue: Any = None
        self.commits = 0
        self.calls = 0
        self.busy_seconds = 0.0
        self.pen = Pen(engine)
        self._stopped = threading.Event()
        self._start = threading.Lock()

    def wait(self, call: Call) -> Outcome:
        """Submit, stand still until it is committed, and return or raise the outcome."""
        waiting = Waiting()
        call.then = waiting
        db.session.remove()
        self.submit(call)
        return waiting.result()

    def submit(self, call: Call) -> None:
        """Queue a call. Refused at once when too much waits already."""
        queue = self.queue
        if queue is None:
            queue = self.start()
        if queue.qsize() >= self.limit:
            raise Overloaded()
        queue.put(call)

    def start(self) -> Any:
        """Begin to work; the first submit does it, so that a forked worker has a thread of its own."""
        with self._start:
            if self.queue is None:
                self._stopped.clear()
                queue = self.loop.native_queue() if self.is_native else _patched_queue()
                begin = self.loop.native_thread if self.is_native else _patched_thread
                begin(lambda: self._work(queue))
                self.queue = queue
            return self.queue

    def stop(self, timeout: float = 8.0) -> bool:
        """Finish what was accepted, then end. False if that took too long."""
        if self.queue is None:
            return True
        self.queue.put(None)
        return self._stopped.wait(timeout)

    def _work(self, queue: Any) -> None:
        """The life of the writing thread."""
        pause = self.loop.native_sleep if self.is_native else sleep
        try:
            while calls := self._take(queue):
                began = monotonic()
                batch = Batch(calls)
                with self.context():
                    self.pen.write(batch)
                self.busy_seconds += monotonic() - began
                self.loop.soon(self._finish, batch)
                if len(calls) >= CROWD and queue.qsize() < self.group:
                    pause(MOMENT)
        finally:
            self.pen.put_down()
            self.queue = None
            self.loop.soon(self._refuse, queue)
            self.loop.soon(self._stopped.set)

    def _take(self, queue: Any) -> list[Call]:
        """All that waits now, up to one group; empty when the writer shall stop."""
        first = queue.get()
        calls = [] if first is None else [first]
        while calls and len(calls) < self.group:
            try:
                call = queue.get_nowait()
            except Empty:
                break
            if call is None:
                queue.put(None)
                break
            calls.append(call)
        return calls

    def _finish(self, batch: Batch) -> None:
        """In a turn of the loop: first the news, then the answers."""
        self.commits += 1
        self.calls += len(batch.calls)
        try:
            self.tell(batch.facts)
        except Exception:
            log.exception("the news of a commit could not be told")
        for call, outcome in zip(batch.calls, batch.outcomes, strict=True):
            _answer(call, outcome)
        for errand in batch.errands:
            errand()

    @staticmethod
    def _refuse(queue: Any) -> None:
        """Whoever came behind the end of the queue hears it, instead of waiting for nobody."""
        while queue.qsize():
            if (call := queue.get_nowait()) is not None:
                _answer(call, Overloaded())


def _answer(call: Call, outcome: Outcome) -> None:
    try:
        call.then(outcome)
    except Exception:
        log.exception("the answer to %s could not be given", call.verb.name)


def _patched_queue() -> Any:
    return SimpleQueue()


def _patched_thread(function: Callable[[], None]) -> None:
    threading.Thread(target=function, name="writer", daemon=True).start()
