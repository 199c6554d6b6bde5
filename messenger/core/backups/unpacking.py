"""Reads an archive: once to see that it is whole, once to use it."""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from messenger.core.backups import manifest as manifests
from messenger.core.backups.manifest import LAST, Manifest, Part, Unfit
from messenger.core.storage.base import CHUNK

LONGEST_MANIFEST = 512 * 1024 * 1024
Progress = Callable[[int], None]


class Parts:
    """The parts of an archive, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[tuple[str, IO[bytes]]]:
        with gzip.open(self.path) as file, tarfile.open(fileobj=file, mode="r|") as tar:
            for entry in tar:
                tar.members = []  # type: ignore[attr-defined]
                content = tar.extractfile(entry)
                if not entry.isreg() or content is None:
                    raise Unfit(f"The archive holds something that is no file: {entry.name}")
                yield entry.name, content


def verified(path: Path, progress: Progress) -> Manifest:
    """Read every byte and compare it with the manifest. Unfit when anything is missing, more, or another."""
    with readable():
        manifest, found = _walked(path, progress)
    if manifest is None:
        raise Unfit("The archive has no manifest: it was never finished.")
    _compare(manifest.parts, found)
    return manifest


def _walked(path: Path, progress: Progress) -> tuple[Manifest | None, list[Part]]:
    found: list[Part] = []
    manifest: Manifest | None = None
    for name, content in Parts(path):
        if manifest is not None:
            raise Unfit(f"The archive goes on behind its manifest: {name}")
        if name == LAST:
            manifest = manifests.read(content.read(LONGEST_MANIFEST))
            continue
        found.append(_part(name, content))
        progress(found[-1].size)
    return manifest, found


def _part(name: str, content: IO[bytes]) -> Part:
    mark, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        mark.update(chunk)
        size += len(chunk)
    return Part(name, size, mark.hexdigest())


def _compare(said: list[Part], found: list[Part]) -> None:
    if said == found:
        return
    there = {part.name: part for part in found}
    for part in said:
        if part.name not in there:
            raise Unfit(f"The archive lacks {part.name}.")
        if there[part.name] != part:
            raise Unfit(f"{part.name} in the archive is not what it was: its hash differs.")
    raise Unfit("The archive holds more than its manifest says.")


@contextmanager
def readable() -> Iterator[None]:
    """What the libraries say of a broken archive, in our words."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError) as error:
        raise Unfit(f"The archive cannot be read to its end ({error}).") from None
