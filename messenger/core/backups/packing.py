"""Writes an archive: a stream of parts, hashed as they go, and the manifest last."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Self

import msgspec

from messenger.core.backups.manifest import LAST, Manifest, Part

LEVEL = 3
# A file is read wholly before it goes in, because its size stands before it; smaller ones never touch the disk.
IN_MEMORY = 8 * 1024 * 1024


class Packing:
    """Used as a context. Without `close` there is no manifest, and so no backup."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.desk = path.parent
        self.parts: list[Part] = []
        self._file = path.open("xb")
        path.chmod(0o600)
        self._gzip = gzip.GzipFile("", "wb", LEVEL, self._file)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|")  # noqa: SIM115 it lives as long as we do

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        # A full disk has been said already; what is half written is thrown away anyhow.
        for end in (self._tar, self._gzip, self._file):
            with suppress(OSError):
                end.close()

    def add(self, name: str, words: bytes) -> None:
        """One part, as it is."""
        self._add(name, io.BytesIO(words), len(words))
        self.parts.append(Part(name, len(words), hashlib.sha256(words).hexdigest()))

    def add_stream(self, name: str, chunks: Iterable[bytes]) -> str:
        """One part from a stream that may yet break: then nothing of it stands in the archive. Returns its hash."""
        mark, size = hashlib.sha256(), 0
        with SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self.desk)) as spool:
            for chunk in chunks:
                spool.write(chunk)
                mark.update(chunk)
                size += len(chunk)
            spool.seek(0)
            self._add(name, spool, size)
        self.parts.append(Part(name, size, mark.hexdigest()))
        return mark.hexdigest()

    def close(self) -> None:
        """Write the manifest; from now on it is a backup."""
        self.manifest.parts = self.parts
        words = msgspec.json.format(msgspec.json.encode(self.manifest), indent=1)
        self._add(LAST, io.BytesIO(words), len(words))
        self._tar.close()
        self._gzip.close()
        self._file.close()

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, self.manifest.made_at // 1_000_000
        self._tar.addfile(entry, file)
        # The library remembers every entry; we do that ourselves, in less.
        self._tar.members = []  # type: ignore[attr-defined]
