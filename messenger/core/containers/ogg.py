"""Ogg: the last page counts the samples of the whole; the first one says how many there are in a second."""

import struct
from mmap import mmap

from messenger.core.containers.played import UNKNOWN, Played

OPUS_RATE = 48_000
HEAD = 4096
# A page is at most 65 KiB.
TAIL = 128 * 1024


def read(content: mmap) -> Played:
    """The length of Opus or Vorbis sound."""
    head = content[:HEAD]
    opus, vorbis = head.find(b"OpusHead"), head.find(b"\x01vorbis")
    if opus >= 0:
        (skipped,) = struct.unpack_from("<H", head, opus + 10)
        return Played((_samples(content) - skipped) / OPUS_RATE)
    if vorbis >= 0:
        (rate,) = struct.unpack_from("<I", head, vorbis + 12)
        return Played(_samples(content) / rate)
    return UNKNOWN


def _samples(content: mmap) -> int:
    at = content.rfind(b"OggS", max(0, len(content) - TAIL))
    (samples,) = struct.unpack_from("<q", content, at + 6)
    return int(samples)
