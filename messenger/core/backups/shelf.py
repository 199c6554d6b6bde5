"""Where archives are kept: a folder, or a bucket. An archive appears there whole, or not at all."""

from pathlib import Path

from messenger.core.backups.manifest import NAME
from messenger.core.storage import Entry, Missing, Storage, open_storage
from messenger.core.storage.base import Aside

KIND = "application/gzip"


class Shelf:
    """The place that BACKUP_TO names."""

    def __init__(self, url: str, desk: Path, aside: Aside) -> None:
        self.storage: Storage = open_storage(url, desk, aside)

    def archives(self) -> list[Entry]:
        """All of them, newest first."""
        found = [entry for entry in self.storage.entries() if NAME.fullmatch(entry.key)]
        return sorted(found, key=lambda entry: entry.key, reverse=True)

    def put(self, draft: Path, name: str) -> None:
        """A finished one."""
        self.storage.keep(draft, name, KIND)

    def fetch(self, name: str) -> Path:
        """A copy on the desk, which the caller throws away. Missing."""
        draft = self.storage.draft()
        try:
            with draft.open("xb") as file:
                draft.chmod(0o600)
                for chunk in self.storage.read(name):
                    file.write(chunk)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return draft

    def thin_out(self, keep: int) -> list[str]:
        """Leave only so many of the newest; the names of those that went."""
        gone = [entry.key for entry in self.archives()[keep:]] if keep else []
        for name in gone:
            self.storage.drop(name)
        return gone

    def newest(self) -> str:
        """The name of the last one. Missing."""
        found = self.archives()
        if not found:
            raise Missing("no archive")
        return found[0].key
