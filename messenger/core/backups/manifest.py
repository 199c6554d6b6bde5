"""What stands at the end of an archive: what it is a copy of, and every part of it with its hash."""

import re

import msgspec

from messenger.core import clock

FORMAT = 1
LAST = "manifest.json"
NAME = re.compile(r"messenger-\d{8}-\d{6}-\d{6}\.tar\.gz")


class Unfit(Exception):
    """This archive cannot be restored here; the message says why."""


class Part(msgspec.Struct, frozen=True):
    """One entry of the archive."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct):
    """`counters` are the last ids ever given, so that none is given twice; `missing` files that had gone meanwhile."""

    version: str
    schema: str
    database: str
    made_at: int
    format: int = FORMAT
    columns: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    counters: dict[str, int] = {}
    parts: list[Part] = []
    missing: list[str] = []
    damaged: list[str] = []

    @property
    def files(self) -> int:
        """How many files it holds."""
        return sum(part.name.startswith("files/") for part in self.parts)

    @property
    def size(self) -> int:
        """Bytes of everything in it, unpacked."""
        return sum(part.size for part in self.parts)


def name_at(moment: int) -> str:
    """What an archive of that moment is called; names sort by age. UTC."""
    return f"messenger-{clock.moment(moment):%Y%m%d-%H%M%S-%f}.tar.gz"


def read(words: bytes) -> Manifest:
    """The manifest in these bytes. Unfit."""
    try:
        found = msgspec.json.decode(words)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise Unfit("The archive was made by a version whose form is unknown here.")
        return msgspec.convert(found, Manifest)
    except msgspec.MsgspecError:
        raise Unfit("The archive's manifest cannot be read.") from None
