"""Files of an archive on their way into the storage. When the restore fails, those that it brought go again."""

import logging
from typing import IO, Self

from messenger.core.storage import Missing, Storage
from messenger.core.storage.base import CHUNK

log = logging.getLogger("messenger.backups")


class Unloading:
    """Used as a context. What was there before stays whatever happens: it may be all that is left of it."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.brought: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        for key in self.brought if kind else ():
            try:
                self.storage.drop(key)
            except Exception as failure:
                log.warning("a file of the failed restore stays in the storage: %s", type(failure).__name__)

    def keep(self, key: str, content: IO[bytes], kind: str) -> None:
        """Take one in."""
        is_new = not self._is_there(key)
        draft = self.storage.draft()
        try:
            with draft.open("wb") as file:
                while chunk := content.read(CHUNK):
                    file.write(chunk)
            if is_new:
                self.brought.append(key)
            self.storage.keep(draft, key, kind)
        finally:
            draft.unlink(missing_ok=True)

    def _is_there(self, key: str) -> bool:
        try:
            self.storage.size(key)
        except Missing:
            return False
        return True
