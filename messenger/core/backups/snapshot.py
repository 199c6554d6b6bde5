"""One moment of the database, to be read for as long as it takes while everybody goes on writing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from messenger.core.backups.manifest import Unfit
from messenger.core.database import BUSY_MILLISECONDS, is_sqlite
from messenger.extensions import db


@contextmanager
def snapshot(desk: Path) -> Iterator[Connection]:
    """A reading transaction. SQLite's file is copied to the desk first: a long one would keep its log from ending."""
    if not is_sqlite(db.engine.url):
        with db.engine.connect() as connection:
            yield connection
        return
    desk.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = desk / f"snapshot-{os.getpid()}.db"
    try:
        _copy(str(db.engine.url.database), copy)
        with create_engine(f"sqlite:///{copy}", poolclass=NullPool).connect() as connection:
            yield connection
    finally:
        for path in desk.glob(f"{copy.name}*"):
            path.unlink()


def schema_of(connection: Connection) -> str:
    """The revision the database is at."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _copy(source: str, target: Path) -> None:
    """All of it in one step, which nobody waits for: a reader of a log does not stop its writer."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        # Only the server checkpoints; closing must not do it in its stead.
        original.execute("PRAGMA query_only=ON")
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        verdict = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        raise Unfit(f"The database is damaged: {verdict}. Restore an older backup.")
