"""The database an archive goes into. What was there before stays as it is until the archive's rows stand whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from messenger.core.models import User
from messenger.extensions import db, settings, writer
from messenger.settings import Settings


@dataclass
class Target:
    """Where rows go, and where the old ones went."""

    connection: Connection
    kept_aside: str | None = None


def has_people() -> bool:
    """Whether somebody lives here already."""
    with engine(settings.database_url).connect() as connection:
        if not inspect(connection).has_table(User.__tablename__):
            return False
        return connection.execute(text("SELECT 1 FROM users LIMIT 1")).first() is not None


@contextmanager
def at_rest() -> Iterator[None]:
    """This process itself holds no connection."""
    db.session.remove()
    db.engine.dispose()
    writer.stop()
    yield
    db.engine.dispose()


def ours() -> Settings:
    """The settings themselves, not the stand-in that asks the app at work."""
    return current_app.extensions["settings"]  # type: ignore[no-any-return]


def engine(url: str) -> Engine:
    """One connection at a time, without the values of its statements in any message."""
    return create_engine(url, poolclass=NullPool, hide_parameters=True)
