"""One websocket: messages in for its mailbox, frames out, bounded both ways, closed as RFC 6455 wants."""

import logging
import socket as sockets
from typing import TYPE_CHECKING, Any

from messenger.live import frames
from messenger.live.loop import Loop
from messenger.live.reading import CLOSED, CLOSING, LINGERING, OPEN, Reading
from messenger.live.wiring import Wiring

if TYPE_CHECKING:
    from messenger.live.mailbox import Mailbox

log = logging.getLogger("messenger.live")

PING = frames.ping()


class Socket(Reading):
    """Lives from the 101 until its descriptor is closed. Touched only in the loop's own thread."""

    __slots__ = ("_spoke", "code")

    def __init__(self, sock: sockets.socket, wiring: Wiring, mailbox: "Mailbox") -> None:
        super().__init__(sock, wiring, mailbox)
        self.code = 1006
        self._spoke = -1

    @property
    def is_open(self) -> bool:
        """Whether frames may still be queued."""
        return self._state < CLOSING

    def start(self, before: bytes, after: bytes = b"") -> None:
        """Begin: send what comes before all frames (the 101), and take what has been read already."""
        if self._state == CLOSED:
            return
        self._spoke = self.wiring.pulse.join(self)
        self._reader = self.wiring.loop.watch(self._sock.fileno(), Loop.READ)
        self._put(before)
        assert self._out is not None
        self._out.insert(0, self._out.pop())
        self._read_on()
        if after:
            self._feed(after)

    def send(self, frame: bytes, receipt: Any = None) -> None:
        """Queue an encoded frame; it leaves at the end of the turn. Too much waiting closes the socket."""
        if self._state >= CLOSING:
            return
        self._put(frame)
        out = self._out
        assert out is not None
        if receipt is not None:
            if self._receipts is None:
                self._receipts = []
            self._receipts.append((len(out) - 1, receipt))
        terms = self.wiring.terms
        if (len(out) > terms.frames_unsent or self._unsent > terms.bytes_unsent) and self.is_crowded:
            self.wiring.counters.laggards += 1
            self._only_begun()
            self.close(1013, "too slow")

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye behind what waits already, and give the client a moment to answer."""
        if self._state < CLOSING:
            self._part(CLOSING, code, reason)

    def end(self, code: int, reason: str) -> None:
        """The mailbox has worked off all there was before the client's goodbye, or before his mistake."""
        if self._state >= CLOSING:
            return
        self.code = code
        if code == 1006:
            self.drop()
        else:
            self._part(LINGERING, code, reason)

    def _part(self, state: int, code: int, reason: str) -> None:
        """From here on nothing is handed over; only the goodbye is still to be done."""
        self.code = code
        self._put(frames.closing(code, reason))
        self._state = state
        self._is_paused = False
        self.mailbox.shut(code)
        self.wiring.pulse.expect(self, self.wiring.terms.closing_seconds)
        self._read_on()

    def beat(self) -> None:
        """Once per round: gone when nothing came since the last ping."""
        if self._state > OPEN:
            return
        if self._is_silent and not self._is_paused:
            log.debug("socket %s: no sign of life", self.mailbox.number)
            self.drop()
            return
        self._is_silent = True
        if self._writer is None:
            self._put(PING)

    def expire(self) -> None:
        """A deadline has passed: the reader took nothing, or the goodbye was not answered."""
        if self._state == OPEN:
            self.wiring.counters.laggards += 1
            self.code = 1013
        self.drop()

    def flush(self) -> None:
        super().flush()
        if self._state == LINGERING and self._out is None:
            try:
                self._sock.shutdown(sockets.SHUT_WR)
            except OSError as error:
                self.lost(error)

    def stalled(self) -> None:
        if self._state == OPEN:
            self.wiring.pulse.expect(self, self.wiring.terms.write_seconds)

    def relieved(self) -> None:
        if self._state == OPEN:
            self.wiring.pulse.excuse(self)

    def written(self, receipts: list[Any]) -> None:
        self.mailbox.written(receipts)

    def lost(self, error: OSError | None) -> None:
        log.debug("socket %s: %s", self.mailbox.number, error or "end of stream")
        self.drop()

    def drop(self) -> None:
        """End everything now."""
        if self._state == CLOSED:
            return
        self._state = CLOSED
        for watcher in (self._reader, self._writer):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._reader = self._writer = self._incoming = self._out = self._receipts = None
        self._unsent = self._cut = 0
        if self._room is not None:
            self._room.set()
        self.wiring.pulse.leave(self, self._spoke)
        self._sock.close()
        self.mailbox.shut(self.code)
        self.mailbox.gone()
