"""What is known of a recording or a film."""

import math

import msgspec

SHORTEST, LONGEST = 0.001, 7 * 24 * 3600
LARGEST = 16_384


class Played(msgspec.Struct, frozen=True):
    """How long it plays, and the size of its picture."""

    seconds: float | None = None
    width: int | None = None
    height: int | None = None

    def sensible(self) -> "Played":
        """Without what nobody would believe."""
        seconds = self.seconds or 0
        width, height = self.width or 0, self.height or 0
        plays = math.isfinite(seconds) and SHORTEST <= seconds <= LONGEST
        is_seen = 0 < width <= LARGEST and 0 < height <= LARGEST
        return Played(round(seconds, 3) if plays else None, *((width, height) if is_seen else (None, None)))


UNKNOWN = Played()
