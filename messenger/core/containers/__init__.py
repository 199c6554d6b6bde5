"""How long a film or a recording plays, and how large its picture is: what the container's own headers say.

A few kilobytes are read, whatever the size of the file. What cannot be, or is beyond all sense, counts as unknown.
"""

import struct
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path

from messenger.core.containers import mp4, mpeg, ogg, webm
from messenger.core.containers.played import UNKNOWN, Played

__all__ = ["Played", "measured"]

READERS: dict[str, Callable[[mmap], Played]] = {
    "video/mp4": mp4.read,
    "audio/mp4": mp4.read,
    "video/webm": webm.read,
    "audio/webm": webm.read,
    "audio/ogg": ogg.read,
    "audio/mpeg": mpeg.read,
}


def measured(path: Path, kind: str) -> Played:
    """What is known of a file of that type; nothing for a type that does not play, or a file that is not built so."""
    read = READERS.get(kind)
    if read is None:
        return UNKNOWN
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        try:
            return read(content).sensible()
        except (LookupError, StopIteration, struct.error, ValueError, ArithmeticError):
            return UNKNOWN
