"""Makes a backup: the rows of one moment, then the bytes that these rows need."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, select

from messenger.core import clock
from messenger.core.backups import tables
from messenger.core.backups.manifest import Manifest
from messenger.core.backups.packing import Packing
from messenger.core.backups.snapshot import schema_of, snapshot
from messenger.core.storage import Missing, Storage
from messenger.version import VERSION

Progress = Callable[[str, int], None]


def make(draft: Path, storage: Storage, progress: Progress, has_files: bool = True) -> Manifest:
    """Write a whole archive to this path. Whoever was told "sent" before this began stands in it."""
    began = clock.now()
    with snapshot(draft.parent) as connection:
        manifest = Manifest(VERSION, schema_of(connection), connection.dialect.name, began)
        with Packing(draft, manifest) as packing:
            there = tables.tables_of(connection)
            for table in there:
                _pack_rows(packing, connection, table, progress)
            wanted = _wanted(connection, there[0].metadata) if has_files else {}
            # A transaction that waits for slow files would only be in the way.
            connection.rollback()
            for key, mark in wanted.items():
                _pack_file(packing, storage, key, mark)
                progress("files", len(wanted))
            packing.close()
    return manifest


def _pack_rows(packing: Packing, connection: Connection, table: Table, progress: Progress) -> None:
    manifest, name = packing.manifest, str(table.name)
    manifest.columns[name] = [str(column.name) for column in table.columns]
    manifest.counts[name] = 0
    for number, (lines, count) in enumerate(tables.pieces(connection, table), 1):
        packing.add(f"rows/{name}/{number:06}.jsonl", lines)
        manifest.counts[name] += count
        progress(name, 0)
    last = tables.counter(connection, table)
    if last is not None:
        manifest.counters[name] = last


def _wanted(connection: Connection, known: MetaData) -> dict[str, str | None]:
    """The keys of all bytes that the rows need, with the hash the rows know."""
    files, found = known.tables["attachments"].c, dict[str, str | None]()
    rows = select(files.key, files.thumbnail_key, files.sha256).where(files.removed_at.is_(None)).order_by(files.id)
    for row in connection.execute(rows):
        found[row.key] = row.sha256
        if row.thumbnail_key:
            found[row.thumbnail_key] = None
    for table in (known.tables["users"], known.tables["chats"]):
        worn = select(table.c.avatar_key).where(table.c.avatar_key.is_not(None)).order_by(table.c.id)
        for key in connection.scalars(worn):
            found.setdefault(key, None)
    return found


def _pack_file(packing: Packing, storage: Storage, key: str, mark: str | None) -> None:
    """A message may be deleted meanwhile, and its file with it: that is no fault, and stands in the manifest."""
    try:
        found = packing.add_stream(f"files/{key}", storage.read(key))
    except Missing:
        packing.manifest.missing.append(key)
        return
    if mark not in (None, found):
        packing.manifest.damaged.append(key)
