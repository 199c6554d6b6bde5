"""The shape of the database against the shape this version knows: brought up to date, or refused with what to type."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, create_engine, inspect, pool, text
from sqlalchemy.exc import OperationalError
from werkzeug.local import LocalProxy

from messenger import lineage
from messenger.extensions import db
from messenger.settings import Settings
from messenger.settings.flask_config import flask_config
from messenger.settings.whole import HOME

LOCK = 0x6D657373
PAUSE_SECONDS = 0.1
# The schema that half a copy says it has.
COPYING = "copying"
# Where a database keeps which schema it has.
VERSIONS = "alembic_version"


class SchemaUnfit(RuntimeError):
    """The database has another shape than this version needs; the message says what to type."""


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that are missing. Any number of processes may start at once: one does it, the others wait."""
    with app.app_context(), _alone(app):
        found = current(app)
        if found != newest(app) and is_known(app, found):
            upgrade()
        check(app)


def upgrade(revision: str = "head") -> None:
    """Run the migrations up to this one."""
    from flask_migrate import upgrade as migrate

    migrate(revision=revision)


def raise_to(app: Flask, revision: str, within: Connection | None = None) -> None:
    """Bring a database to the shape of that revision; inside a transaction, if one is given that may be taken back."""
    with app.app_context():
        app.extensions["migrated within"] = within
        upgrade(revision=revision)


def hold(connection: Connection) -> None:
    """Nobody else migrates this PostgreSQL before the transaction is over, however long that lasts."""
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def check(app: Flask) -> None:
    """Refuse to serve on a database of another shape."""
    found, head = current(app), newest(app)
    if found == head:
        return
    if found == COPYING:
        raise SchemaUnfit("The database is a copy that is not finished. Type the same flask copy-db again.")
    if not is_known(app, found):
        raise SchemaUnfit(
            f"The database was made by a newer version (its schema is {found}). "
            "Install that version again, or restore a backup with: flask restore FILE"
        )
    raise SchemaUnfit(
        f"The database needs to be brought up to date (it is at {found}, not {head}). Type: flask db upgrade"
    )


def check_still(app: Flask) -> None:
    """For a server that has begun on its own shape: the next version may have added to it, which harms none."""
    if is_known(app, current(app)):
        check(app)


def bare(settings: Settings) -> Flask:
    """An app that is a database only: no loop, no thread, no door."""
    app = Flask("messenger", root_path=str(HOME), instance_path=settings.instance_dir)
    app.config.from_mapping(flask_config(settings))
    app.extensions["settings"] = settings
    db.init_app(app)
    install(app)
    return app


def install(app: Flask) -> None:
    """How to migrate, for `flask db` and for us. Who only serves never loads Alembic."""
    app.extensions["migrate"] = LocalProxy(_migrating)


def _migrating() -> Any:
    from flask_migrate import Migrate

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    Migrate(app, db, directory=str(HOME / "migrations"), render_as_batch=True, compare_type=True)
    return app.extensions["migrate"]


def newest(app: Flask) -> str | None:
    """The shape this version needs."""
    return lineage.newest(Path(app.root_path))


def is_known(app: Flask, revision: str | None) -> bool:
    """Whether this version has ever had a database of that shape, or it has none yet."""
    return revision is None or revision in lineage.known(Path(app.root_path))


def current(app: Flask) -> str | None:
    """The shape the database has; None when it is empty. SchemaUnfit when it cannot be opened."""
    engine = create_engine(app.extensions["settings"].database_url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return found_in(connection)
    except OperationalError as error:
        raise SchemaUnfit(f"The database cannot be opened: {error.orig}") from None


def found_in(connection: Connection) -> str | None:
    """The same, as a transaction sees it."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608 our own word
    return found


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
        # Asked again and again, each time in a transaction of its own: whoever waited inside one would keep a pooler's
        # connection from the one that migrates. The lock is the transaction's, and is gone with it.
        while not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
            connection.rollback()
            sleep(PAUSE_SECONDS)
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield
