"""What some processes hold of a machine's memory, counted as if nobody else were on it: each page once and whole."""

import struct
from collections.abc import Iterator
from pathlib import Path
from resource import getpagesize

PAGE = getpagesize()
# The marks of a page in /proc/PID/pagemap: it is in memory; it is a file's, or shared as a file's are.
PRESENT, OF_FILE = 1 << 63, 1 << 61


def held(pids: list[int]) -> int:
    """Bytes. A file's page counts once however many have it, and wholly: also if other programs have it, too, like
    Python itself. Pages of their own are shared at most with who was forked; the kernel divides those among them.
    """
    of_files = {page for pid in pids for page in _of_files(Path(f"/proc/{pid}"))}
    return sum(_own(Path(f"/proc/{pid}")) for pid in pids) + len(of_files) * PAGE


def _own(process: Path) -> int:
    lines = (line.split() for line in (process / "smaps_rollup").read_text().splitlines()[1:])
    return sum(int(line[1]) * 1024 for line in lines if line[0] in ("Pss_Anon:", "SwapPss:"))


def _of_files(process: Path) -> Iterator[tuple[str, str, int]]:
    """(device, file, number of the page in it) of all that are mapped."""
    with (process / "pagemap").open("rb", buffering=0) as pages:
        for line in (process / "maps").read_text().splitlines():
            span, _, offset, device, file, *_ = line.split()
            if file == "0":
                continue
            begin, end = (int(place, 16) // PAGE for place in span.split("-"))
            pages.seek(begin * 8)
            marks = struct.unpack(f"{end - begin}Q", pages.read((end - begin) * 8))
            for number, mark in enumerate(marks, int(offset, 16) // PAGE):
                if mark & PRESENT and mark & OF_FILE:
                    yield device, file, number
