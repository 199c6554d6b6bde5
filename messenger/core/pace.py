"""Long work that never has to wait must itself let the others have their turn."""

import time

STRETCH = 0.005
PAUSE = 0.0001


class Pace:
    """Asked after every step of the work; pauses when the last pause was a while ago.

    A sleep of nothing would not do: gevent runs fifty such callbacks in a row before it looks at timers and sockets.
    """

    def __init__(self) -> None:
        self._until = time.monotonic() + STRETCH

    def breathe(self) -> None:
        """Perhaps a moment for the others."""
        if time.monotonic() >= self._until:
            time.sleep(PAUSE)
            self._until = time.monotonic() + STRETCH
