"""What all sockets of one app share: the loop, the terms, the pulse, a buffer to read into, and the counters."""

from collections import Counter as TallyOf
from dataclasses import dataclass, field

from messenger.live.loop import Loop
from messenger.live.pulse import Pulse
from messenger.live.terms import Terms

# One reading takes at most so much.
READING = 64 * 1024


@dataclass(slots=True)
class Counters:
    """What has happened since the start; for metrics."""

    opened: int = 0
    closed: int = 0
    turned_away: int = 0
    laggards: int = 0
    bytes_in: int = 0
    messages_in: int = 0
    frames_out: int = 0
    bytes_out: int = 0
    faults: int = 0
    refused: TallyOf[str] = field(default_factory=TallyOf)


@dataclass(slots=True, eq=False)
class Wiring:
    """Made once by the switchboard."""

    loop: Loop
    terms: Terms
    pulse: Pulse
    counters: Counters = field(default_factory=Counters)
    buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(READING)))
