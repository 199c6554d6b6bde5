"""Takes out of a picture what its camera and its programs noted down: place, time, device, comments. No pixel changes.

What is behind the picture's end (a film, another file) goes too. ValueError for a file that is not built so.
"""

import re
import struct
import uuid
import zlib
from collections.abc import Iterator
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path

Pieces = Iterator[bytes]

# JPEG: JFIF, colour profile, Adobe's word on colours; all other application segments and comments go.
KEPT_SEGMENTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
# A marker that is neither a stuffed zero nor a restart nor filling.
END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
WINDOW = 1024 * 1024
TURNS = range(2, 9)
MOST_PIECES = 20_000
KEPT_CHUNKS = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"pHYs",
    b"hIST", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
KEPT_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ICCP", b"ALPH", b"ANIM", b"ANMF"}
KEPT_EXTENSIONS = {b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"}


def check(path: Path, kind: str) -> None:
    """ValueError for a picture of that kind that is cut, or of so many pieces that only reading them takes long."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        for count, _ in enumerate(_pieces(content, kind, 1)):
            if count > MOST_PIECES:
                raise ValueError("the file is chopped up")


def remove(path: Path, kind: str, orientation: int = 1) -> None:
    """Write the file anew without it. How it must be turned to be seen upright is kept."""
    clean = path.with_name(uuid.uuid4().hex)
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content, clean.open("wb") as target:
            target.writelines(_pieces(content, kind, orientation))
        clean.replace(path)
    finally:
        clean.unlink(missing_ok=True)


def _pieces(content: mmap, kind: str, orientation: int) -> Pieces:
    """What stays of the file; an empty piece for what goes."""
    walk = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}[kind]
    try:
        yield from walk(content, orientation)
    except (IndexError, struct.error) as error:
        raise ValueError("the file ends too early") from error


def _turn(orientation: int) -> bytes:
    """The only note that stays: a TIFF with nothing but the orientation in it."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)


def _jpeg(content: mmap, orientation: int) -> Pieces:
    yield content[:2]
    if orientation in TURNS:
        exif = b"Exif\0\0" + _turn(orientation)
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    at = 2
    while True:
        at, marker = _marker(content, at)
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", content, at)
        segment = content[at : at + length]
        if len(segment) != length or length < 2:
            raise ValueError("a segment is cut")
        yield bytes((0xFF, marker)) + segment if _is_kept(marker, segment[2:14]) else b""
        at += length
        if marker == 0xDA:
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end


def _marker(content: mmap, at: int) -> tuple[int, int]:
    if content[at] != 0xFF:
        raise ValueError("no marker where one must be")
    while content[at] == 0xFF:
        at += 1
    return at + 1, content[at]


def _is_kept(marker: int, begin: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        sign = KEPT_SEGMENTS.get(marker)
        return sign is not None and begin.startswith(sign)
    return marker != 0xFE


def _end_of_scan(content: mmap, at: int) -> int:
    """Where the compressed pixels stop. Searched window by window: a search holds the interpreter's lock."""
    while at < len(content) - 1:
        found = END_OF_SCAN.search(content, at, at + WINDOW)
        if found:
            return found.start()
        at += WINDOW - 1
    raise ValueError("the pixels have no end")


def _png(content: mmap, orientation: int) -> Pieces:
    yield content[:8]
    at, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + length + 12]
        if len(chunk) != length + 12:
            raise ValueError("a chunk is cut")
        yield chunk if kind in KEPT_CHUNKS else b""
        if kind == b"IHDR" and orientation in TURNS:
            note = b"eXIf" + _turn(orientation)
            yield struct.pack(">I", len(note) - 4) + note + struct.pack(">I", zlib.crc32(note))
        at += length + 12


def _webp(content: mmap, orientation: int) -> Pieces:
    kept = list(islice(_webp_parts(content, orientation in TURNS), MOST_PIECES + 2))
    if orientation in TURNS:
        kept.append(b"EXIF" + struct.pack("<I", len(_turn(orientation))) + _turn(orientation))
    yield b"RIFF" + struct.pack("<I", 4 + sum(len(part) for part in kept)) + b"WEBP"
    yield from kept


def _webp_parts(content: mmap, is_turned: bool) -> Iterator[bytes]:
    at, end = 12, min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", content, at)
        part = content[at : at + 8 + length]
        if len(part) != length + 8:
            raise ValueError("a part is cut")
        if kind == b"VP8X":
            # The flags must not promise what is gone: bit 3 is Exif, bit 2 is XMP.
            part = part[:8] + bytes(((part[8] & ~0x0C) | 8 * is_turned,)) + part[9:]
        yield part + b"\0" * (length & 1) if kind in KEPT_PARTS else b""
        at += 8 + length + (length & 1)


def _gif(content: mmap, orientation: int) -> Pieces:
    at = 13 + _palette(content[10])
    yield content[:at]
    while content[at] != 0x3B:
        start, is_kept = at, True
        if content[at] == 0x2C:
            at = _blocks(content, at + 10 + _palette(content[at + 9]) + 1)
        elif content[at] == 0x21:
            is_kept = content[at + 1] == 0xF9 or content[at + 3 : at + 14] in KEPT_EXTENSIONS
            at = _blocks(content, at + 2)
        else:
            raise ValueError("no block where one must be")
        yield content[start:at] if is_kept else b""
    yield b";"


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(content: mmap, at: int) -> int:
    while length := content[at]:
        at += 1 + length
    return at + 1
