"""The shape of the database against the shape this version knows: brought up to date, or refused with what to type."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import OperationalError

LOCK = 0x6D657373


class SchemaUnfit(RuntimeError):
    """The database has another shape than this version needs; the message says what to type."""


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that are missing. Any number of processes may start at once: one does it, the others wait."""
    with app.app_context(), _alone(app):
        if _known(app, _current(app)):
            upgrade()
        check(app)


def check(app: Flask) -> None:
    """Refuse to serve on a database of another shape."""
    current, head = _current(app), _script(app).get_current_head()
    if current == head:
        return
    if not _known(app, current):
        raise SchemaUnfit(
            f"The database was made by a newer version (its schema is {current}). "
            "Install that version again, or restore a backup with: flask restore FILE"
        )
    raise SchemaUnfit(
        f"The database needs to be brought up to date (it is at {current}, not {head}). Type: flask db upgrade"
    )


def _known(app: Flask, revision: str | None) -> bool:
    return revision is None or revision in {script.revision for script in _script(app).walk_revisions()}


def _script(app: Flask) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(app.root_path) / "migrations"))
    return ScriptDirectory.from_config(config)


def _current(app: Flask) -> str | None:
    engine = create_engine(app.extensions["settings"].database_url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise SchemaUnfit(f"The database cannot be opened: {error.orig}") from None


@contextmanager
def _alone(app: Flask) -> Iterator[None]:
    settings = app.extensions["settings"]
    if settings.is_sqlite:
        folder = Path(settings.instance_dir)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "schema.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    engine = create_engine(settings.database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
