"""The writing half of a socket: whole frames wait, leave together once per turn, and never pile up without bound."""

from threading import Event
from typing import Any

from messenger.live.loop import Loop, Watcher
from messenger.live.wiring import Wiring

# No more than this is joined for one send.
GULP = 128 * 1024


class Outbox:
    """Frames on their way out of one descriptor."""

    __slots__ = ("_cut", "_out", "_receipts", "_room", "_sock", "_unsent", "_writer", "wiring")

    def __init__(self, sock: Any, wiring: Wiring) -> None:
        self.wiring = wiring
        self._sock = sock
        self._out: list[bytes] | None = None
        self._unsent = 0
        self._cut = 0  # bytes of the first frame that are gone already
        self._receipts: list[tuple[int, Any]] | None = None
        self._writer: Watcher | None = None
        self._room: Event | None = None

    def _put(self, frame: bytes) -> None:
        out = self._out
        if out is None:
            self._out = [frame]
            self.wiring.loop.smudge(self)
        else:
            out.append(frame)
        self._unsent += len(frame)

    @property
    def is_crowded(self) -> bool:
        """More waits than may, though the kernel was asked."""
        if self._writer is None:
            self.flush()
        terms = self.wiring.terms
        return self._out is not None and (len(self._out) > terms.frames_unsent or self._unsent > terms.bytes_unsent)

    def flush(self) -> None:
        """Give the kernel what it takes."""
        while self._out is not None:
            some = self._gulp()
            try:
                taken = self._sock.send(some)
            except (BlockingIOError, InterruptedError):
                taken = 0
            except OSError as error:
                return self.lost(error)
            self.wiring.counters.bytes_out += taken
            if taken == self._unsent:
                self._all_sent()
            else:
                self._part_sent(taken)
            if taken < len(some):
                return self._wait_for_kernel(taken)
        return None

    def _gulp(self) -> bytes:
        out = self._out
        assert out is not None
        if self._unsent > GULP:
            out = self._first_of(out)
        some = out[0] if len(out) == 1 else b"".join(out)
        return some[self._cut :] if self._cut else some

    @staticmethod
    def _first_of(out: list[bytes]) -> list[bytes]:
        size = 0
        for number, frame in enumerate(out, 1):
            size += len(frame)
            if size >= GULP:
                return out[:number]
        return out

    def _all_sent(self) -> None:
        assert self._out is not None
        self.wiring.counters.frames_out += len(self._out)
        self._out = None
        self._unsent = self._cut = 0
        if self._writer is not None:
            self._forget_writer()
        if self._receipts is not None:
            receipts, self._receipts = self._receipts, None
            self.written([receipt for _, receipt in receipts])
        if self._room is not None:
            self._room.set()
            self._room = None

    def _part_sent(self, taken: int) -> None:
        out = self._out
        assert out is not None
        self._unsent -= taken
        self._cut += taken
        gone = 0
        while self._cut >= len(out[gone]):
            self._cut -= len(out[gone])
            gone += 1
        del out[:gone]
        self.wiring.counters.frames_out += gone
        if gone and self._receipts is not None:
            self._part_written(gone)

    def _part_written(self, gone: int) -> None:
        receipts = self._receipts or []
        sent = [receipt for number, receipt in receipts if number < gone]
        self._receipts = [(number - gone, receipt) for number, receipt in receipts if number >= gone] or None
        if sent:
            self.written(sent)

    def _wait_for_kernel(self, taken: int) -> None:
        """A reader that takes something has time again; one that takes nothing has only what was left."""
        wiring = self.wiring
        if self._writer is None:
            self._writer = wiring.loop.watch(self._sock.fileno(), Loop.WRITE)
            self._writer.start(self.flush)
        elif not taken:
            return
        self.stalled()

    def _forget_writer(self) -> None:
        if self._writer is not None:
            self._writer.stop()
            self._writer.close()
            self._writer = None
        self.relieved()

    def _only_begun(self) -> None:
        """Drop the frames of which no byte has left; the begun one must be finished, else the rest is noise."""
        self._out = self._out[:1] if self._out and self._cut else None
        self._unsent = len(self._out[0]) - self._cut if self._out else 0
        self._receipts = None

    def drained(self, event: Event) -> None:
        """Set the event as soon as nothing waits here."""
        if self._out is None:
            event.set()
        else:
            self._room = event

    def stalled(self) -> None:
        """The kernel took less than it was given."""
        raise NotImplementedError

    def relieved(self) -> None:
        """The kernel has taken everything again."""
        raise NotImplementedError

    def written(self, receipts: list[Any]) -> None:
        """These have been taken by the kernel."""
        raise NotImplementedError

    def lost(self, error: OSError | None) -> None:
        """The connection is no more."""
        raise NotImplementedError
