"""What waits on one socket, handled one at a time and in order: what must be told to it, and what its client says."""

from collections.abc import Callable, Hashable
from functools import partial
from threading import Event, get_ident
from typing import TYPE_CHECKING, Any

from messenger.live.deeds import Slow
from messenger.live.errands import Errands
from messenger.live.frames import encode
from messenger.live.loop import Timer
from messenger.live.news import News

if TYPE_CHECKING:
    from messenger.live.dialect import Dialect
    from messenger.live.opening import Opening
    from messenger.live.switchboard import Switchboard

# Topic of a fact: ("chat", 5), ("person", 7), ("session", 9).
Topic = tuple[str, int]

# With so many news waiting, the volatile ones are dropped.
CROWD = 256
# A worker that writes waits for the reader after so many bytes; a frame counts as at least one KiB.
PATIENCE = 64 * 1024


class Mailbox(Errands):
    """One per socket, while it lives. `memory` is the dialect's own; a chat's cursor says what has been replayed."""

    __slots__ = (
        "_timers", "_written", "actor", "address", "cursors", "memory", "number",
        "place", "session_id", "subprotocol", "topics", "wants_opening",
    )  # fmt: skip

    def __init__(self, dialect: "Dialect", switchboard: "Switchboard", opening: "Opening", address: str) -> None:
        super().__init__(dialect, switchboard)
        self.number = 0
        self.address = address
        self.actor = opening.actor
        self.session_id = opening.session_id
        self.place = opening.place
        self.subprotocol = opening.subprotocol
        self.topics: list[Topic] = []
        self.cursors: dict[int, int] = {}
        self.memory: Any = opening.memory
        self._timers: list[Timer] | None = None
        self._written = 0
        self.wants_opening = opening.opened and dialect.opens

    def __repr__(self) -> str:
        return f"<Mailbox {self.number} {self.dialect.name}>"

    def tell(self, news: News) -> None:
        """Let it be spoken in the next turn. Called in a turn."""
        if news.is_volatile and self.dialect.hides(self, news.fact):
            return
        told = self.told
        told.append(news)
        if not self.is_stirred:
            self.is_stirred = True
            self.switchboard.loop.stir(self)
        if len(told) % CROWD == 0:
            self._thin_out()

    def say(self, news: News, variant: Hashable, make: Callable[[], str], receipt: Any = None) -> None:
        """Send a fact, in the words `make` gives once for all readers of this dialect and variant. In a turn, or in a
        worker that replays it.
        """
        frame = news.frame((self.dialect.name, variant), make)
        if self._worker and self._worker == get_ident():
            self._write_patiently(frame, receipt)
        else:
            self.socket.send(frame, receipt)

    def write(self, text: str, receipt: Any = None) -> None:
        """Send a text of its own. In a worker this waits while the reader is slow; elsewhere it never waits."""
        frame = encode(text)
        if self._worker and self._worker == get_ident():
            self._write_patiently(frame, receipt)
        else:
            self._in_loop(self.socket.send, frame, receipt)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye behind what waits already."""
        self._in_loop(self.socket.close, code, reason)

    def identify(self, actor: Any, session_id: int | None) -> None:
        """From now on this is somebody. Raises Crowded when he has too many sockets."""
        self.switchboard.identify(self, actor, session_id)

    def follow(self, topic: Topic) -> None:
        """Hear what is told there."""
        self.switchboard.bus.follow(topic, self)

    def leave(self, topic: Topic) -> None:
        """Hear it no more."""
        self.switchboard.bus.leave(topic, self)

    def later(self, seconds: float, function: Callable[..., Any], *args: Any) -> Timer:
        """Call in a turn after a time, unless the socket is gone by then."""
        timer = self.switchboard.loop.later(seconds, self._on_time, function, args)
        self._timers = [*(self._timers or ()), timer]
        return timer

    def missed(self, topic: Topic) -> None:
        """News of this topic was lost on its way here."""
        self.errand(Slow(partial(self.dialect.missed, self, topic)))

    def errand(self, slow: Slow) -> None:
        """Have a worker do this, when everything before it is done. In a turn."""
        self.heard.append(slow)
        self.stir()

    def speak_all(self) -> None:
        told, self.told = self.told, []
        speak, cursors = self.dialect.speak, self.cursors
        for item in told:
            if item.__class__ is not News:
                self.conclude(item)
            elif not cursors or item.revision > cursors.get(item.chat_id, 0):
                speak(self, item)

    def written(self, receipts: list[Any]) -> None:
        """These have been taken by the kernel."""
        try:
            self.dialect.written(self, receipts)
        except Exception as error:
            self.fault(error)

    def shut(self, code: int) -> None:
        """Nothing is said or heard any more."""
        if self.is_shut:
            return
        self.is_shut = True
        self.heard.clear()
        self.told = []
        self._held = None
        for timer in self._timers or ():
            timer.cancel()
        self._timers = None
        self.switchboard.shut(self, code)

    def gone(self) -> None:
        """The descriptor is closed."""
        self.switchboard.gone(self)

    def _thin_out(self) -> None:
        self.told = [item for item in self.told if not (item.__class__ is News and item.is_volatile)]
        if len(self.told) > self.switchboard.wiring.terms.news_waiting:
            self.close(1013, "too much news")

    def _in_loop(self, function: Callable[..., None], *args: Any) -> None:
        loop = self.switchboard.loop
        if loop.is_here():
            function(*args)
        else:
            loop.soon(function, *args)

    def _write_patiently(self, frame: bytes, receipt: Any) -> None:
        self._in_loop(self.socket.send, frame, receipt)
        self._written += max(len(frame), 1024)
        if self._written > PATIENCE:
            self._written = 0
            drained = Event()
            self.switchboard.loop.soon(self.socket.drained, drained)
            drained.wait(self.switchboard.wiring.terms.write_seconds)

    def _on_time(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if not self.is_shut:
            try:
                function(*args)
            except Exception as error:
                self.fault(error)
