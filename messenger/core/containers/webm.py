"""WebM: elements in elements, each with its size in front. A recorder that could not go back to the beginning writes no
length; then the last piece of sound or picture says it.
"""

import struct
from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

from messenger.core.containers.played import Played

SEGMENT, DETAILS, TRACKS, TRACK, PICTURE = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
SCALE, LENGTH, WIDTH, HEIGHT = 0x2AD7B1, 0x4489, 0xB0, 0xBA
CLUSTER, MOMENT, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK = b"\x1f\x43\xb6\x75", 0xE7, 0xA3, 0xA0, 0xA1
CLUSTERS = 0x1F43B675
NANO = 1_000_000_000
USUAL_SCALE = 1_000_000
MOST_ELEMENTS = 20_000
# How far from the end the last cluster is looked for.
TAIL = 2 * 1024 * 1024


class Element(NamedTuple):
    """One element: its id and where its content stands."""

    name: int
    start: int
    stop: int


def read(content: mmap) -> Played:
    """The length, and the size of the picture, if there is one."""
    segment = next(one for one in _elements(content, 0, len(content)) if one.name == SEGMENT)
    scale, length, width, height = USUAL_SCALE, 0.0, 0, 0
    for part in _elements(content, segment.start, segment.stop):
        if part.name == DETAILS:
            known = {one.name: one for one in _elements(content, part.start, part.stop)}
            scale = _number(content, known[SCALE]) if SCALE in known else scale
            length = _real(content, known[LENGTH]) if LENGTH in known else 0.0
        elif part.name == TRACKS:
            width, height = max(_pictures(content, part), default=(0, 0))
        elif part.name == CLUSTERS:
            break
    return Played((length or _last_moment(content)) * scale / NANO, width, height)


def _pictures(content: mmap, tracks: Element) -> Iterator[tuple[int, int]]:
    for track in _elements(content, tracks.start, tracks.stop):
        if track.name != TRACK:
            continue
        for part in _elements(content, track.start, track.stop):
            if part.name == PICTURE:
                known = {one.name: one for one in _elements(content, part.start, part.stop)}
                yield _number(content, known[WIDTH]), _number(content, known[HEIGHT])


def _last_moment(content: mmap) -> int:
    """When the last piece begins, counted from the first."""
    at = content.rfind(CLUSTER, max(0, len(content) - TAIL))
    if at < 0:
        return 0
    cluster = next(_elements(content, at, len(content)))
    begin, latest = 0, 0
    for part in _elements(content, cluster.start, cluster.stop):
        if part.name == MOMENT:
            begin = _number(content, part)
        elif part.name in (SIMPLE_BLOCK, BLOCK_GROUP):
            latest = max(latest, _offset(content, part))
    return begin + latest


def _offset(content: mmap, part: Element) -> int:
    """How far behind its cluster's beginning a block stands: two bytes behind the number of its track."""
    if part.name == BLOCK_GROUP:
        part = next(one for one in _elements(content, part.start, part.stop) if one.name == BLOCK)
    track_bytes = 9 - content[part.start].bit_length()
    (offset,) = struct.unpack_from(">h", content, part.start + track_bytes)
    return int(offset)


def _elements(content: mmap, start: int, stop: int) -> Iterator[Element]:
    """What stands there. One of unknown size, or cut at the end of the file, reaches to the end."""
    for _ in range(MOST_ELEMENTS):
        if start + 2 > stop:
            return
        name_bytes = 9 - content[start].bit_length()
        name = int.from_bytes(content[start : start + name_bytes])
        start += name_bytes
        size_bytes = 9 - content[start].bit_length()
        unknown = (1 << 7 * size_bytes) - 1
        size = int.from_bytes(content[start : start + size_bytes]) & unknown
        start += size_bytes
        end = stop if size == unknown else min(stop, start + size)
        yield Element(name, start, end)
        start = end


def _number(content: mmap, element: Element) -> int:
    return int.from_bytes(content[element.start : element.stop][:8])


def _real(content: mmap, element: Element) -> float:
    form = {4: ">f", 8: ">d"}[element.stop - element.start]
    return float(struct.unpack_from(form, content, element.start)[0])
