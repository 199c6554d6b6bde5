"""A file on its way in: written chunk by chunk, looked at beside the event loop, then kept. No row knows of it yet."""

import errno
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from messenger.core import containers, file_names, file_types, pictures, quota
from messenger.core.pace import Pace
from messenger.core.refusals import Blank, NoSpace
from messenger.extensions import storage

# The disk must not fill up under the database.
RESERVE = 64 * 1024 * 1024
# After so many bytes the disk is asked to catch up, so that neither memory nor the last moment must bear it all.
STRIDE = 8 * 1024 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)


class Arrived(msgspec.Struct, frozen=True):
    """A file in the storage, as its row will describe it."""

    key: str
    thumbnail_key: str | None
    name: str
    size: int
    type: str
    sha256: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def take(name: str, stream: Iterable[bytes], expected: int = 0, room: int | None = None) -> Arrived:
    """Bring a whole file into the storage. TooLarge, Blank, NoSpace, or what the stream raises: then nothing stays."""
    draft = storage.draft()
    thumbnail = draft.with_name(f"{draft.name}-thumbnail")
    try:
        _make_room(expected)
        _write(draft, stream, room)
        arrived = storage.aside(_looked_at, name, draft, thumbnail)
        _keep(arrived, draft, thumbnail)
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace() from error
        raise
    finally:
        draft.unlink(missing_ok=True)
        thumbnail.unlink(missing_ok=True)
    return arrived  # type: ignore[no-any-return]


def drop(arrived: Arrived) -> None:
    """Forget its bytes again."""
    for key in (arrived.key, arrived.thumbnail_key):
        with suppress(Exception):
            if key:
                storage.drop(key)


def _write(draft: Path, stream: Iterable[bytes], room: int | None) -> None:
    size, settled, pace = 0, 0, Pace()
    with draft.open("wb", buffering=0) as file:
        for chunk in stream:
            size += len(chunk)
            quota.check_one(size)
            quota.check_left(room, size)
            _write_all(file, chunk)
            if size - settled >= STRIDE:
                storage.aside(os.fdatasync, file.fileno())
                _make_room(0)
                settled = size
            pace.breathe()
    if not size:
        raise Blank("The file is empty.", field="file")


def _write_all(file: BinaryIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]


def _make_room(expected: int) -> None:
    if storage.free() < expected + RESERVE:
        raise NoSpace()


def _looked_at(name: str, draft: Path, thumbnail: Path) -> Arrived:
    """What the file is, by its bytes. A picture comes out of this without the notes of its camera."""
    with draft.open("rb") as file:
        head = file.read(file_types.HEAD)
    picture = _as_picture(head, draft, thumbnail)
    key = file_names.fresh_key(name)
    with draft.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()
    size = draft.stat().st_size
    if picture is None:
        kind = file_types.of(head)
        played = containers.measured(draft, kind)
        return Arrived(key, None, name, size, kind, mark, played.width, played.height, played.seconds)
    small = file_names.thumbnail_key(key) if picture.has_thumbnail else None
    return Arrived(key, small, name, size, picture.kind, mark, picture.width, picture.height)


def _as_picture(head: bytes, draft: Path, thumbnail: Path) -> pictures.Picture | None:
    kind = file_types.picture(head)
    if kind is None:
        return None
    try:
        return pictures.receive(draft, kind, thumbnail)
    except pictures.Broken:
        return None


def _keep(arrived: Arrived, draft: Path, thumbnail: Path) -> None:
    if arrived.thumbnail_key:
        storage.keep(thumbnail, arrived.thumbnail_key, "image/webp")
    try:
        storage.keep(draft, arrived.key, arrived.type)
    except BaseException:
        drop(arrived)
        raise
