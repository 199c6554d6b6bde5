"""Files in a folder. A key is a path below it; a file appears there only when all its bytes are on the disk."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from messenger.core.storage.base import CHUNK, Aside, Entry, Missing, Storage

DESK = "incoming"


class Disk(Storage):
    """The folder of STORAGE_URL; drafts are written in it too, so that keeping one is a rename."""

    def __init__(self, folder: Path, aside: Aside) -> None:
        super().__init__(folder / DESK, aside)
        self.folder = folder

    def keep(self, draft: Path, key: str, kind: str) -> None:
        self.aside(self._keep, draft, self._path(key))

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            raise Missing(key) from None

    def read(self, key: str, start: int = 0, stop: int | None = None) -> "Slice":
        try:
            file = self._path(key).open("rb", buffering=0)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise Missing(key) from None
        return Slice(file, start, stop)

    def drop(self, key: str) -> None:
        self.aside(self._path(key).unlink, True)

    def entries(self) -> Iterator[Entry]:
        for folder, inner, names in os.walk(self.folder):
            if Path(folder) == self.folder and DESK in inner:
                inner.remove(DESK)
            for name in names:
                path = Path(folder, name)
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue  # dropped while we walk
                yield Entry(path.relative_to(self.folder).as_posix(), status.st_size, status.st_mtime)

    def check(self) -> None:
        probe = self.desk / f"probe-{uuid.uuid4().hex}"
        self.desk.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()

    def _path(self, key: str) -> Path:
        """Keys come from our own rows; one that leads out of the folder is a fault, whoever wrote it."""
        parts = key.split("/")
        if not all(parts) or any(part.startswith(".") for part in parts) or "\0" in key:
            raise Missing(key)
        return self.folder.joinpath(*parts)

    def _keep(self, draft: Path, path: Path) -> None:
        _settle(draft)
        is_new = not path.parent.is_dir()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.replace(draft, path)
        except OSError:
            # The draft lies on another disk (`flask storage move` brings such): first a copy beside, then the name.
            near = self.draft()
            shutil.copyfile(draft, near)
            _settle(near)
            os.replace(near, path)
            draft.unlink()
        for folder in path.parents if is_new else (path.parent,):
            _settle(folder)
            if folder == self.folder:
                break


class Slice:
    """A part of an open file, in chunks."""

    __slots__ = ("file", "left")

    def __init__(self, file: BinaryIO, start: int, stop: int | None) -> None:
        self.file = file
        self.left = float("inf") if stop is None else max(0, stop - start)
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        try:
            while self.left > 0 and (chunk := self.file.read(int(min(CHUNK, self.left)))):
                self.left -= len(chunk)
                yield chunk
        finally:
            self.close()

    def close(self) -> None:
        """Give the file back."""
        self.file.close()


def _settle(path: Path) -> None:
    """Wait until the disk has it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
