"""SQLite: a new file grows beside the old one, and takes its place when everything is in it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from messenger import schema
from messenger.cli.archives.target import Target, engine, has_people, ours
from messenger.extensions import settings

OLD = ("", "-wal", "-shm")


@contextmanager
def opened(revision: str) -> Iterator[Target]:
    """An empty database of that schema; when the block ends well it is brought up to date and takes the old one's
    place."""
    path = settings.sqlite_path
    draft = path.with_name(f".{path.name}.restoring")
    _forget(draft)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = schema.bare(replace(ours(), database_url=f"sqlite:///{draft}"))
    try:
        schema.raise_to(app, revision)
        with engine(f"sqlite:///{draft}").begin() as connection:
            target = Target(connection)
            yield target
        schema.raise_to(app, "head")
        _settle(draft)
        target.kept_aside = _put_aside(path) if path.exists() and has_people() else None
        _forget(path)
        os.replace(draft, path)
    finally:
        _forget(draft)


def _forget(path: Path) -> None:
    for ending in OLD:
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _settle(draft: Path) -> None:
    """Everything in the one file, on the disk, for nobody else to read."""
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
    draft.chmod(0o600)
    descriptor = os.open(draft, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _put_aside(path: Path) -> str:
    """The old file with its log, under another name."""
    number = next(n for n in range(1, 10_000) if not path.with_name(f"{path.name}.before-restore-{n}").exists())
    aside = path.with_name(f"{path.name}.before-restore-{number}")
    for ending in OLD:
        if Path(f"{path}{ending}").exists():
            os.rename(f"{path}{ending}", f"{aside}{ending}")
    return str(aside)
