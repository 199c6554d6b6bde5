"""The database an archive goes into: beside the old SQLite file until all is there, or one PostgreSQL transaction."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import current_app
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from messenger import schema
from messenger.core.backups import tables
from messenger.core.models import User
from messenger.extensions import db, settings, writer
from messenger.settings import Settings

OLD = ("", "-wal", "-shm")


@dataclass
class Target:
    """Where rows go, and where the old ones went."""

    connection: Connection
    kept_aside: str | None = None


def has_people() -> bool:
    """Whether somebody lives here already."""
    with _engine(settings.database_url).connect() as connection:
        if not inspect(connection).has_table(User.__tablename__):
            return False
        return connection.execute(text("SELECT 1 FROM users LIMIT 1")).first() is not None


@contextmanager
def opened(revision: str) -> Iterator[Target]:
    """An empty database of that schema. It takes the old one's place when the block ends well."""
    db.session.remove()
    db.engine.dispose()
    writer.stop()
    with _beside(revision) if settings.sqlite_path else _within(revision) as target:
        yield target


@contextmanager
def _beside(revision: str) -> Iterator[Target]:
    path = settings.sqlite_path
    draft = path.with_name(f".{path.name}.restoring")
    for ending in OLD:
        Path(f"{draft}{ending}").unlink(missing_ok=True)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        schema.raise_to(schema.bare(replace(ours(), database_url=f"sqlite:///{draft}")), revision)
        with _engine(f"sqlite:///{draft}").begin() as connection:
            target = Target(connection)
            yield target
        _settle(draft)
        target.kept_aside = _put_aside(path) if path.exists() and has_people() else None
        for ending in OLD:
            Path(f"{path}{ending}").unlink(missing_ok=True)
        os.replace(draft, path)
    finally:
        for ending in OLD:
            Path(f"{draft}{ending}").unlink(missing_ok=True)


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


@contextmanager
def _within(revision: str) -> Iterator[Target]:
    engine, app = _engine(settings.database_url), schema.bare(ours())
    if schema.current(app) != revision:
        _clear(engine)
        schema.raise_to(app, revision)
    with engine.begin() as connection:
        tables.empty(connection, tables.tables_of(connection))
        yield Target(connection)


def _clear(engine: Engine) -> None:
    """Of another schema: our tables go, and come again as they were then."""
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            if name in db.metadata.tables or name.startswith("found_in") or name == "alembic_version":
                connection.execute(text(f'DROP TABLE "{name}" CASCADE'))


def ours() -> Settings:
    """The settings themselves, not the stand-in that asks the app at work."""
    return current_app.extensions["settings"]  # type: ignore[no-any-return]


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, hide_parameters=True)
