"""The reading half of a socket: bytes become messages for the mailbox, and reading stops while too many wait there."""

from typing import TYPE_CHECKING, Any

from websockets.frames import Close

from messenger.live import frames
from messenger.live.frames import Broken, Incoming, PayloadTooBig, ProtocolError
from messenger.live.loop import Watcher
from messenger.live.outbox import Outbox
from messenger.live.wiring import Wiring

if TYPE_CHECKING:
    from messenger.live.mailbox import Mailbox

# Open; ending: the client said all, the mailbox works it off; closing: we said goodbye and wait for his;
# lingering: nothing more is said, we wait for his FIN; closed.
OPEN, ENDING, CLOSING, LINGERING, CLOSED = range(5)


class Reading(Outbox):
    """What comes in at one descriptor."""

    __slots__ = ("_incoming", "_is_paused", "_is_silent", "_reader", "_state", "mailbox")

    def __init__(self, sock: Any, wiring: Wiring, mailbox: "Mailbox") -> None:
        super().__init__(sock, wiring)
        self.mailbox = mailbox
        self._state = OPEN
        self._incoming: Incoming | None = None
        self._is_paused = False
        self._is_silent = False
        self._reader: Watcher | None = None

    def resume(self) -> None:
        """There is room in the mailbox again."""
        if self._is_paused and self._state == OPEN:
            self._is_paused = False
            self._take()
            if not self._is_paused and self._state == OPEN:
                self._read_on()

    def _read_on(self) -> None:
        if self._reader is not None:
            self._reader.start(self._readable)

    def _readable(self) -> None:
        buffer = self.wiring.buffer
        try:
            size = self._sock.recv_into(buffer)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.lost(error)
            return
        self._is_silent = False
        self.wiring.counters.bytes_in += size
        if size:
            self._feed(bytes(buffer[:size]))
        elif self._state == OPEN:
            self._finish(1006, "")
        else:
            self.lost(None)

    def _feed(self, content: bytes) -> None:
        if self._state > CLOSING:
            return
        incoming = self._incoming
        if incoming is None:
            incoming = self._incoming = Incoming(self.wiring.terms.max_frame_bytes)
        incoming.feed(content)
        if self._state == OPEN:
            self._take()
        else:
            self._await_goodbye(incoming)

    def _take(self) -> None:
        """Hand over what is complete, as far as there is room."""
        incoming, mailbox = self._incoming, self.mailbox
        if incoming is None:
            return
        heard = mailbox.heard
        before = len(heard)
        goodbye: Close | None = None
        try:
            incoming.take(heard, mailbox.room)
            goodbye = incoming.close
        except Broken as error:
            goodbye = broken(error)
        if len(heard) > before:
            self.wiring.counters.messages_in += len(heard) - before
            mailbox.stir()
        self._after(incoming, goodbye)

    def _after(self, incoming: Incoming, goodbye: Close | None) -> None:
        if incoming.pings:
            self._answer(incoming)
        if self._state != OPEN:
            return
        if goodbye is not None:
            self._finish(goodbye.code, goodbye.reason)
        elif self.mailbox.room <= 0:
            self._is_paused = True
            if self._reader is not None:
                self._reader.stop()
        elif incoming.is_done:
            self._incoming = None

    def _answer(self, incoming: Incoming) -> None:
        pings, incoming.pings = incoming.pings, []
        for content in pings:
            self.send(frames.pong(content))

    def _finish(self, code: int, reason: str) -> None:
        """Nothing more comes. What has come is worked off before the goodbye."""
        self._state = ENDING
        self._incoming = None
        if self._reader is not None:
            self._reader.stop()
        self.wiring.pulse.expect(self, self.wiring.terms.closing_seconds)  # type: ignore[arg-type]
        self.mailbox.end(code, reason)

    def _await_goodbye(self, incoming: Incoming) -> None:
        """We have said goodbye; only the client's own is of interest now."""
        try:
            incoming.take([], 1 << 30)
            is_over = incoming.close is not None
        except Broken:
            is_over = True
        if is_over:
            self._state = LINGERING
            self._incoming = None
            self.wiring.loop.smudge(self)

    def send(self, frame: bytes, receipt: Any = None) -> None:
        """Queue a frame."""
        raise NotImplementedError


def broken(error: Exception) -> Close:
    """The close frame that fits a violation."""
    if isinstance(error, PayloadTooBig):
        return Close(1009, "message too big")
    if isinstance(error, ProtocolError):
        return Close(1002, str(error))
    return Close(1007, "not UTF-8")
