"""From one storage to another: every file that the database knows, copied, read back and compared by its hash."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress

import msgspec
from sqlalchemy import select

from messenger.core.models import Attachment
from messenger.core.storage import Missing, Storage
from messenger.extensions import db


class Item(msgspec.Struct, frozen=True):
    """One thing to move. `sha256` is what the database says of it; of thumbnails it says nothing."""

    key: str
    kind: str
    size: int
    sha256: str | None


class Differs(Exception):
    """What was read back is not what was there."""


class Move:
    """A move that can be stopped at any moment and begun again: what has arrived whole is not sent twice."""

    def __init__(self, source: Storage, target: Storage) -> None:
        self.source = source
        self.target = target
        self.moved = self.present = self.bytes = 0
        self.missing: list[str] = []
        self.differing: list[str] = []

    def run(self, items: list[Item]) -> Iterator[Item]:
        """Move one after the other; each is given out when it is done."""
        for item in items:
            try:
                self._move(item)
            except Missing:
                self.missing.append(item.key)
            except Differs:
                self.differing.append(item.key)
            yield item

    def look(self, items: list[Item]) -> None:
        """Only count what has arrived already."""
        self.present = sum(self._has_arrived(item) for item in items)

    def empty_source(self, items: list[Item]) -> None:
        """Forget in the old place what stands in the new one."""
        lost = {*self.missing, *self.differing}
        for item in items:
            if item.key not in lost:
                self.source.drop(item.key)

    @property
    def is_complete(self) -> bool:
        """Is everything there, and the same?"""
        return not self.missing and not self.differing

    def _move(self, item: Item) -> None:
        if self._has_arrived(item):
            self.present += 1
            return
        mark = self._copy(item)
        if item.sha256 not in (None, mark) or hash_of(self.target, item.key) != mark:
            self.target.drop(item.key)
            raise Differs(item.key)
        self.moved += 1

    def _has_arrived(self, item: Item) -> bool:
        """A file by its hash in the database; a thumbnail, which has none there, by that of the old place."""
        with suppress(Missing):
            there = hash_of(self.target, item.key)
            with suppress(Missing):
                return there == (item.sha256 or hash_of(self.source, item.key))
            return True  # emptied already
        return False

    def _copy(self, item: Item) -> str:
        draft, mark = self.target.draft(), hashlib.sha256()
        try:
            with draft.open("wb") as file:
                for chunk in self.source.read(item.key):
                    file.write(chunk)
                    mark.update(chunk)
                    self.bytes += len(chunk)
            self.target.keep(draft, item.key, item.kind)
        finally:
            draft.unlink(missing_ok=True)
        return mark.hexdigest()


def items() -> list[Item]:
    """Everything that the database knows, oldest first."""
    rows = select(Attachment).where(Attachment.removed_at.is_(None)).order_by(Attachment.id)
    found = []
    for row in db.session.scalars(rows):
        found.append(Item(row.key, row.type, row.size, row.sha256))
        if row.thumbnail_key:
            found.append(Item(row.thumbnail_key, "image/webp", 0, None))
    db.session.remove()
    return found


def hash_of(storage: Storage, key: str) -> str:
    """The SHA-256 of what stands there. Missing."""
    mark = hashlib.sha256()
    for chunk in storage.read(key):
        mark.update(chunk)
    return mark.hexdigest()
