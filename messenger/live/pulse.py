"""One timer for all sockets: pings them, drops those that stay silent, and cuts what missed its deadline."""

from time import monotonic
from typing import Protocol

from messenger.live.loop import Loop, Timer

# A silent socket is looked at once per round; a round is a little shorter than the interval, so that two rounds end
# within twice the interval even when the loop is late.
SPOKES = 24


class Beats(Protocol):
    """A socket, as the pulse sees it."""

    def beat(self) -> None: ...
    def expire(self) -> None: ...


class Pulse:
    """A wheel of as many sets as a round has ticks."""

    def __init__(self, loop: Loop, interval: float) -> None:
        self._loop = loop
        self._tick = interval / (SPOKES + 1)
        self._wheel: list[set[Beats]] = [set() for _ in range(SPOKES)]
        self._deadlines: dict[Beats, float] = {}
        self._spoke = 0
        self._next = 0
        self._timer: Timer | None = None

    def join(self, socket: Beats) -> int:
        """Begin to look after a socket; gives the spoke for `leave`. New ones are spread over the wheel."""
        self._next = (self._next + 1) % SPOKES
        self._wheel[self._next].add(socket)
        self._run()
        return self._next

    def leave(self, socket: Beats, spoke: int) -> None:
        """Stop looking after a socket."""
        self._wheel[spoke].discard(socket)
        self._deadlines.pop(socket, None)

    def expect(self, socket: Beats, seconds: float) -> None:
        """Tell the socket when the time is over, unless excused before."""
        self._deadlines[socket] = monotonic() + seconds
        self._run()

    def excuse(self, socket: Beats) -> None:
        """It did what was expected."""
        self._deadlines.pop(socket, None)

    def _run(self) -> None:
        if self._timer is None:
            self._timer = self._loop.later(self._tick, self._turn)

    def _turn(self) -> None:
        self._timer = None
        self._spoke = (self._spoke + 1) % SPOKES
        for socket in list(self._wheel[self._spoke]):
            socket.beat()
        if self._deadlines:
            self._cut(monotonic())
        if self._deadlines or any(self._wheel):
            self._run()

    def _cut(self, now: float) -> None:
        for socket in [socket for socket, moment in self._deadlines.items() if moment <= now]:
            del self._deadlines[socket]
            socket.expire()
