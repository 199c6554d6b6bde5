"""Takes an archive back: rows into an empty database of the archive's own schema, bytes into the storage."""

from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Table, delete, func, select, text, update

from messenger.core.backups import tables
from messenger.core.backups.manifest import LAST, Manifest, Unfit
from messenger.core.backups.tables import Filling
from messenger.core.backups.unloading import Unloading
from messenger.core.backups.unpacking import Parts, Progress
from messenger.core.found import PLACE


class Restoring:
    """One archive on its way back. The caller commits, or throws everything away."""

    def __init__(self, connection: Connection, files: Unloading, manifest: Manifest) -> None:
        self.connection = connection
        self.files = files
        self.manifest = manifest
        self.tables = {table.name: table for table in tables.tables_of(connection)}
        self.fillings: dict[str, Filling] = {}

    def run(self, archive: Path, progress: Progress) -> None:
        """All of it."""
        for name, content in Parts(archive):
            kind, _, rest = name.partition("/")
            if kind == "rows":
                self._fill(rest.partition("/")[0], content)
            elif kind == "files":
                self._keep(rest, content)
            elif name != LAST:
                raise Unfit(f"Nobody knows what {name} in the archive is.")
            progress(content.tell())
        for filling in self.fillings.values():
            filling.finish()
        self._mend()
        for name, last in self.manifest.counters.items():
            tables.set_counter(self.connection, self._table(name), last)
        self._check()

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            raise Unfit(f"The archive has a table that is unknown here: {name}")
        return self.tables[name]

    def _fill(self, name: str, content: IO[bytes]) -> None:
        if name not in self.fillings:
            self.fillings[name] = Filling(self.connection, self._table(name), self.manifest.columns[name])
        self.fillings[name].fill(content.read())

    def _keep(self, key: str, content: IO[bytes]) -> None:
        files = self.tables["attachments"].c
        kind = self.connection.scalar(select(files.type).where(files.key == key))
        self.files.keep(key, content, kind or "image/webp")

    def _mend(self) -> None:
        """Files that had gone while the backup was made go from the rows too; words found are counted anew."""
        for key in self.manifest.missing:
            self._forget(key)
        marks = self.tables.get("keepsakes")
        if marks is not None:
            self.connection.execute(delete(marks).where(marks.c.name == PLACE))

    def _forget(self, key: str) -> None:
        files, said = self.tables["attachments"], self.tables["messages"]
        for table in (self.tables["users"], self.tables["chats"]):
            self.connection.execute(update(table).where(table.c.avatar_key == key).values(avatar_key=None))
        self.connection.execute(update(files).where(files.c.thumbnail_key == key).values(thumbnail_key=None))
        message_id = self.connection.scalar(select(files.c.message_id).where(files.c.key == key))
        self.connection.execute(delete(files).where(files.c.key == key))
        if message_id is not None:
            left = select(files.c.id).where(files.c.message_id == message_id).exists()
            blank = (said.c.id == message_id) & (func.trim(said.c.text) == "") & said.c.deleted_at.is_(None) & ~left
            self.connection.execute(update(said).where(blank).values(deleted_at=self.manifest.made_at))

    def _check(self) -> None:
        """What stands there is what stood there: as many rows, positions without a gap, no row that points at none."""
        for name, count in self.manifest.counts.items():
            filled = self.fillings[name].count if name in self.fillings else 0
            if filled != count:
                raise Unfit(f"{filled} rows of {name} came back, {count} were there.")
        said = self.tables["messages"].c
        gaps = select(said.chat_id).group_by(said.chat_id).having(func.count() != func.max(said.position))
        if self.connection.execute(gaps).first():
            raise Unfit("The positions of a chat have a gap.")
        if self.connection.dialect.name == "sqlite":
            _check_file(self.connection)


def _check_file(connection: Connection) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first():
        raise Unfit("A row points at another that is not there.")
    verdict = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if verdict != "ok":
        raise Unfit(f"The database made from it is damaged: {verdict}")
