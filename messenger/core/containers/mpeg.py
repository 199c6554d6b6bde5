"""MP3: frames without a container. The first one may count them all; else all are taken to be like it."""

import struct
from mmap import mmap

from messenger.core.containers.played import Played
from messenger.core.file_types import frame_length

HERTZ = (44100, 48000, 32000)
# Where the note about the whole stands in the first frame, by version and by mono.
NOTES = {(True, False): 36, (True, True): 21, (False, False): 21, (False, True): 13}


def read(content: mmap) -> Played:
    """The length, exact where the file notes it."""
    at = _after_tags(content)
    head = content[at : at + 4]
    length = frame_length(head)
    if not length:
        raise ValueError("no frame where one must be")
    version = head[1] & 0x18
    is_first = version == 0x18
    hertz = HERTZ[(head[2] >> 2) & 3] // {0x18: 1, 0x10: 2}.get(version, 4)
    samples = 1152 if is_first else 576
    frames = _noted(content, at + NOTES[is_first, head[3] >> 6 == 3]) or (len(content) - at) / length
    return Played(frames * samples / hertz)


def _after_tags(content: mmap) -> int:
    if content[:3] != b"ID3":
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _noted(content: mmap, at: int) -> int:
    if content[at : at + 4] not in (b"Xing", b"Info"):
        return 0
    flags, frames = struct.unpack_from(">II", content, at + 4)
    return int(frames) if flags & 1 else 0
