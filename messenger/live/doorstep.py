"""Where those stand who are being let in. There is room for so many, and the next are asked to come a little later.

After a restart everybody comes at once. Whoever is on the doorstep shall be let in soon, so nothing is asked of the
database for those who would only wait behind him.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

from messenger.live.opening import Crowded

# They shall not all come again at the same moment.
LATER = range(1, 6)


class Doorstep:
    """For one process."""

    def __init__(self, most: int) -> None:
        self._room = Semaphore(most)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Room for one, while he is let in. Raises Crowded."""
        if not self._room.acquire(blocking=False):
            raise Crowded("Many are coming in at this moment. Please try again soon.", random.choice(LATER))  # noqa: S311 no secret
        try:
            yield
        finally:
            self._room.release()
