"""Where an export lies: a folder, a zip or a single file. Whatever stands in it, nothing outside of it is ever read."""

import os
import stat
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

MIB = 1024 * 1024
LARGEST = 64 * 1024 * MIB  # together, unpacked
LARGEST_TEXT = 2 * 1024 * MIB
MOST = 1_000_000
# Text shrinks to a twentieth, a bomb to a thousandth.
SUSPICIOUS, SMALL = 250, 32 * MIB


class Refused(Exception):
    """The box is none that we open; says why."""


class Box(Protocol):
    """Names with slashes, and the bytes under them."""

    path: Path

    @property
    def names(self) -> list[str]: ...
    def open(self, name: str) -> IO[bytes]: ...
    def size(self, name: str) -> int: ...


def opened(path: Path) -> Box:
    """The box at this path. Refused when it is none, or a trap."""
    try:
        if path.is_dir():
            return Folder(path)
        if zipfile.is_zipfile(path):
            return Zip(path)
        if path.is_file():
            return Single(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(f"{path.name} cannot be read: {error}") from None
    raise Refused(f"There is no {path}.")


def text_of(box: Box, name: str) -> bytes:
    """A whole file that is text."""
    if box.size(name) > LARGEST_TEXT:
        raise Refused(f"{name} is too large.")
    with box.open(name) as file:
        return file.read()


def lines_of(box: Box, name: str) -> Iterator[tuple[int, bytes]]:
    """A text line by line, with their numbers. No line may be longer than what is held at once."""
    with box.open(name) as file:
        number = 0
        while line := file.readline(16 * MIB):
            number += 1
            if len(line) == 16 * MIB:
                raise Refused(f"{name}, line {number}: too long.")
            yield number, line


class Inner:
    """A box within a box: many programs put a folder around what they pack."""

    def __init__(self, box: Box, folder: str) -> None:
        self.path, self.box, self.folder = box.path, box, folder

    @cached_property
    def names(self) -> list[str]:
        """What lies below that folder."""
        return [name[len(self.folder) :] for name in self.box.names if name.startswith(self.folder)]

    def open(self, name: str) -> IO[bytes]:
        """As the outer one does."""
        return self.box.open(self.folder + checked(name))

    def size(self, name: str) -> int:
        """As the outer one does."""
        return self.box.size(self.folder + checked(name))


def around(box: Box, *marks: str) -> Box | None:
    """The box, or the folder in it, in which one of these files lies at the top; None when there is no such place."""
    for mark in marks:
        places = [name for name in box.names if name == mark or name.endswith(f"/{mark}")]
        if places:
            folder = min(places, key=len)[: -len(mark)]
            return Inner(box, folder) if folder else box
    return None


class Folder:
    """A folder; links in it that lead elsewhere do not exist for us."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @cached_property
    def names(self) -> list[str]:
        """All files below it."""
        found: list[str] = []
        for folder, inner, files in os.walk(self.path):
            inner[:] = [name for name in inner if not Path(folder, name).is_symlink()]
            paths = [Path(folder, name) for name in files]
            found += [path.relative_to(self.path).as_posix() for path in paths if not path.is_symlink()]
            if len(found) > MOST:
                raise Refused(f"{self.path.name} has more than {MOST:,} files.")
        return sorted(found)

    def open(self, name: str) -> IO[bytes]:
        """Its bytes. KeyError when there are none inside."""
        return self._inside(name).open("rb")

    def size(self, name: str) -> int:
        """How many there are."""
        return self._inside(name).stat().st_size

    def _inside(self, name: str) -> Path:
        path = self.path / checked(name)
        if not path.resolve().is_relative_to(self.path) or not path.is_file():
            raise KeyError(name)
        return path


class Single(Folder):
    """One file, in a folder of which nothing else is asked but what the file itself names."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self.file = path.name

    @cached_property
    def names(self) -> list[str]:
        """The file alone."""
        return [self.file]


class Zip:
    """A zip, looked through before anything is unpacked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.archive = zipfile.ZipFile(path)
        self.entries: dict[str, zipfile.ZipInfo] = {}
        total = 0
        if len(self.archive.infolist()) > MOST:
            raise Refused(f"{path.name} has more than {MOST:,} files.")
        for entry in self.archive.infolist():
            self._look(entry)
            total += entry.file_size
            if not entry.is_dir():
                self.entries[checked(entry.filename)] = entry
        if total > LARGEST:
            raise Refused(f"{path.name} would be {total // MIB:,} MiB unpacked; at most {LARGEST // MIB:,} are taken.")

    @cached_property
    def names(self) -> list[str]:
        """All files in it."""
        return sorted(self.entries)

    def open(self, name: str) -> IO[bytes]:
        """Its bytes, unpacked as they are read. KeyError when there are none."""
        return self.archive.open(self.entries[checked(name)])

    def size(self, name: str) -> int:
        """How many there are."""
        return self.entries[checked(name)].file_size

    def _look(self, entry: zipfile.ZipInfo) -> None:
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(f"{entry.filename} in {self.path.name} is a link.")
        if entry.flag_bits & 1:
            raise Refused(f"{self.path.name} is locked with a password. Unpack it first.")
        if entry.file_size > SMALL and entry.file_size > SUSPICIOUS * max(1, entry.compress_size):
            raise Refused(f"{entry.filename} in {self.path.name} would unpack to {SUSPICIOUS} times its size and more.")


def checked(name: str) -> str:
    """The same name, if it leads nowhere but down."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\0" in name or (path.parts and path.parts[0].endswith(":")):
        raise Refused(f"{name!r} leads out of the export.")
    return path.as_posix()
