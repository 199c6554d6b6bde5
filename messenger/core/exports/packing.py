"""Where the parts of an export go: a folder, a zip, or a stream of a zip. Under its own name only when it is whole."""

import os
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from messenger.core.exports.parts import Part
from messenger.core.refusals import Conflict, NoSpace

# A part whose size is not known may grow beyond what a short header can say.
UNKNOWN = 1 << 32


def into(target: Path, parts: Iterable[Part]) -> None:
    """Write it there: a zip when the name ends so, a folder otherwise. Conflict when something has that name."""
    refuse_taken(target)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    is_zip = target.suffix.lower() == ".zip"
    try:
        (_zip if is_zip else _folder)(draft, parts)
        # A link refuses a name that was taken meanwhile; a folder is only ever put in the place of an empty one.
        (os.link if is_zip else os.rename)(draft, target)
    except FileExistsError:
        raise Conflict("%(name)s exists already.", name=str(target)) from None
    except OSError as error:
        if error.errno in (28, 122):
            raise NoSpace("There is no space left on that disk. Nothing was kept.") from error
        raise
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        draft.unlink(missing_ok=True)


def refuse_taken(target: Path) -> None:
    """Conflict when there is something, also a link that leads nowhere; Conflict too when its folder is missing."""
    if os.path.lexists(target):
        raise Conflict("%(name)s exists already.", name=str(target))
    if not target.parent.is_dir():
        raise Conflict("There is no folder %(name)s.", name=str(target.parent))


def streamed(parts: Iterable[Part]) -> Iterator[bytes]:
    """A zip as it is made, in pieces."""
    outlet = _Outlet()
    with zipfile.ZipFile(cast(IO[bytes], outlet), "w") as archive:
        for part in parts:
            for _ in _packed(archive, part):
                if outlet.pieces:
                    yield outlet.taken()
    yield outlet.taken()


def _zip(draft: Path, parts: Iterable[Part]) -> None:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for part in parts:
                for _ in _packed(archive, part):
                    pass
        file.flush()
        os.fsync(file.fileno())


def _folder(draft: Path, parts: Iterable[Part]) -> None:
    draft.mkdir(mode=0o700)
    for part in parts:
        path = draft / part.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file, _closing(part):
            file.writelines(part.chunks)


def _packed(archive: zipfile.ZipFile, part: Part) -> Iterator[None]:
    entry = zipfile.ZipInfo(part.path, time.localtime()[:6])
    entry.external_attr = 0o600 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if part.size is None else zipfile.ZIP_STORED
    is_large = (part.size or UNKNOWN) >= UNKNOWN // 4
    with archive.open(entry, "w", force_zip64=is_large) as file, _closing(part):
        for chunk in part.chunks:
            file.write(chunk)
            yield
    yield


@contextmanager
def _closing(part: Part) -> Iterator[None]:
    """Gives back what the part reads from, however it ends."""
    try:
        yield
    finally:
        getattr(part.chunks, "close", _nothing_open)()


class _Outlet:
    """What a zip is written to when nobody keeps it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take some bytes."""
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """They are on their way as soon as somebody takes them."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self.pieces = b"".join(self.pieces), []
        return found


def _nothing_open() -> None:
    """Nothing to give back."""
