"""MP4: boxes in boxes. The length stands in `mvhd`, or in `mehd` if it was recorded live; the size in `tkhd`."""

import struct
from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

from messenger.core.containers.played import Played

MOST_BOXES = 20_000


class Box(NamedTuple):
    """One box: its name and where its content stands."""

    name: bytes
    start: int
    stop: int


def read(content: mmap) -> Played:
    """The length of the film, and the size of its largest picture."""
    moov = _first(content, 0, len(content), b"moov")
    seconds = _length(content, moov)
    width, height = max((_size(content, track) for track in _tracks(content, moov)), default=(0, 0))
    return Played(seconds, width, height)


def _length(content: mmap, moov: Box) -> float:
    mvhd = _first(content, moov.start, moov.stop, b"mvhd")
    is_long = content[mvhd.start] == 1
    scale, length = struct.unpack_from(">IQ" if is_long else ">II", content, mvhd.start + (20 if is_long else 12))
    return int(length or _live_length(content, moov)) / int(scale)


def _live_length(content: mmap, moov: Box) -> int:
    """Of a film that was written while it ran."""
    for mvex in _boxes(content, moov.start, moov.stop):
        if mvex.name == b"mvex":
            for box in _boxes(content, mvex.start, mvex.stop):
                if box.name == b"mehd":
                    (length,) = struct.unpack_from(">Q" if content[box.start] else ">I", content, box.start + 4)
                    return int(length)
    return 0


def _tracks(content: mmap, moov: Box) -> Iterator[Box]:
    for track in _boxes(content, moov.start, moov.stop):
        if track.name == b"trak":
            yield _first(content, track.start, track.stop, b"tkhd")


def _size(content: mmap, tkhd: Box) -> tuple[int, int]:
    """As it is seen: a phone held upright notes that its wide picture must be turned."""
    matrix = tkhd.start + (52 if content[tkhd.start] == 1 else 40)
    along, across = struct.unpack_from(">ii", content, matrix)
    width, height = (side >> 16 for side in struct.unpack_from(">II", content, matrix + 36))
    return (height, width) if along == 0 and across != 0 else (width, height)


def _first(content: mmap, start: int, stop: int, name: bytes) -> Box:
    for box in _boxes(content, start, stop):
        if box.name == name:
            return box
    raise ValueError("a box is missing")


def _boxes(content: mmap, start: int, stop: int) -> Iterator[Box]:
    for _ in range(MOST_BOXES):
        if start + 8 > stop:
            return
        size, name = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", content, start + 8), 16
        end = stop if size == 0 else start + size
        if end < start + head or end > stop:
            raise ValueError("a box is cut")
        yield Box(name, start + head, end)
        start = end
