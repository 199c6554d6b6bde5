"""What the workers of one machine pin up for each other to read: memory that all of them share.

It is made before the first of them and goes with the last. Each has a place of its own; the next worker after one that
has gone finds that place empty and takes it.
"""

import mmap
import struct
from collections.abc import Iterable, Iterator

PLACES = 64
# Memory that nobody has written to does not exist yet.
PAGE = 256 * 1024
LENGTH = struct.Struct("!I")
# A place is two pages and a sign which of them is read: what is written is never what is being read.
PLACE = 2 * PAGE


class Pinboard:
    """Made by the process that makes the workers."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, PLACES + PLACES * PLACE)

    def place(self, taken: Iterable["Place"]) -> "Place":
        """The first that is none of these, empty. Beyond the last one there are more, but nobody can read them."""
        numbers = {place.number for place in taken}
        place = Place(self, next(number for number in range(len(numbers) + 1) if number not in numbers))
        place.clear()
        return place

    def pin(self, number: int, words: bytes) -> None:
        """These in place of what stood there; nothing, if they are too many."""
        if number >= PLACES:
            return
        page = 2 if self._memory[number] == 1 else 1
        at = PLACES + number * PLACE + (page - 1) * PAGE
        fits = len(words) <= PAGE - LENGTH.size
        if fits:
            self._memory[at : at + LENGTH.size + len(words)] = LENGTH.pack(len(words)) + words
        self._memory[number] = page if fits else 0

    def clear(self, number: int) -> None:
        """Nothing stands there any more."""
        if number < PLACES:
            self._memory[number] = 0

    def read(self, number: int) -> bytes:
        """What stands there; nothing when the place is empty."""
        page = self._memory[number]
        if not page:
            return b""
        at = PLACES + number * PLACE + (page - 1) * PAGE
        (length,) = LENGTH.unpack(self._memory[at : at + LENGTH.size])
        return self._memory[at + LENGTH.size : at + LENGTH.size + length]


class Place:
    """One worker's."""

    def __init__(self, board: Pinboard, number: int) -> None:
        self.board = board
        self.number = number

    def pin(self, words: bytes) -> None:
        """These in place of what stood here."""
        self.board.pin(self.number, words)

    def clear(self) -> None:
        """Whoever comes next finds nothing."""
        self.board.clear(self.number)

    def others(self) -> Iterator[tuple[int, bytes]]:
        """What stands in the other places."""
        for number in range(PLACES):
            if number != self.number and (words := self.board.read(number)):
                yield number, words
