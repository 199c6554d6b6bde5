"""What every storage can do. A file is written once, under a key nobody can guess, and never changed."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import msgspec

CHUNK = 64 * 1024

Aside = Callable[..., Any]


class Missing(Exception):
    """There are no bytes under this key."""


class Entry(msgspec.Struct, frozen=True):
    """One stored file as the storage itself lists it; `changed_at` in seconds since 1970."""

    key: str
    size: int
    changed_at: float


class Reading(Protocol):
    """Bytes on their way out. Whoever opened it closes it."""

    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class Storage:
    """A place for files. Keys look like paths: `attachments/2026/14/17/<uuid4>.jpg`."""

    def __init__(self, desk: Path, aside: Aside) -> None:
        self.desk = desk
        self.aside = aside

    def draft(self) -> Path:
        """A fresh local path on which an upload is written before it is kept."""
        self.desk.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.desk / uuid.uuid4().hex

    def sweep_desk(self, older_than: float) -> int:
        """Throw away drafts that nobody has touched for so many seconds: a process died over them."""
        swept = 0
        for path in self.desk.iterdir() if self.desk.is_dir() else ():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > older_than:
                    path.unlink()
                    swept += 1
        return swept

    def free(self) -> int:
        """Bytes that the desk's disk still takes."""
        self.desk.mkdir(mode=0o700, parents=True, exist_ok=True)
        numbers = os.statvfs(self.desk)
        return numbers.f_bavail * numbers.f_frsize

    def keep(self, draft: Path, key: str, kind: str) -> None:
        """Take a finished draft in, durably: after this it is there, whole, or an exception was raised."""
        raise NotImplementedError

    def size(self, key: str) -> int:
        """How many bytes stand under this key. Missing when there are none."""
        raise NotImplementedError

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Reading:
        """The bytes from `start` up to `stop`, in chunks of at most 64 KiB. Missing at once when there are none."""
        raise NotImplementedError

    def drop(self, key: str) -> None:
        """Forget it; harmless when it is not there."""
        raise NotImplementedError

    def entries(self) -> Iterator[Entry]:
        """Everything that is stored."""
        raise NotImplementedError

    def link(self, key: str, kind: str, disposition: str) -> str | None:
        """A short-lived address at which the storage itself hands it out; None when it cannot."""
        return None

    def check(self) -> None:
        """Raise what keeps files from being stored here."""
        raise NotImplementedError
