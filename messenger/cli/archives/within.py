"""PostgreSQL: the old tables go, the new ones come and are filled in one transaction, so that a restore that fails has
changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from sqlalchemy import Connection, inspect, text

from messenger import schema
from messenger.cli.archives.target import Target, engine, ours
from messenger.cli.copying import marks
from messenger.core.backups import tables
from messenger.core.backups.manifest import Unfit
from messenger.core.database import heed_pooler
from messenger.extensions import db, settings

# A connection that was closed is seen for a moment longer.
PATIENCE = 10.0
OTHERS = """
    SELECT COALESCE(NULLIF(application_name, ''), 'a program') FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() ORDER BY 1
"""


@contextmanager
def opened(revision: str) -> Iterator[Target]:
    """An empty database of that schema, brought up to date and committed when the block ends well."""
    app, place = schema.bare(ours()), engine(settings.database_url)
    with place.connect() as connection:
        _alone(connection)
    with place.begin() as connection:
        schema.hold(connection)
        _make_room(connection, revision)
        schema.raise_to(app, revision, connection)
        yield Target(connection)
        schema.raise_to(app, "head", connection)


def check() -> None:
    """Whether an archive would find room. Unfit."""
    with engine(settings.database_url).connect() as connection:
        _look_round(connection)


def _make_room(connection: Connection, revision: str) -> None:
    """Of the archive's schema: the tables are emptied. Of another: they go, and come again as they were then."""
    there = _look_round(connection)
    if schema.found_in(connection) == revision:
        tables.empty(connection, tables.tables_of(connection))
        return
    for name in there:
        if _is_ours(name):
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))


def _look_round(connection: Connection) -> list[str]:
    """The tables that are there. Unfit when those of somebody else stand among them."""
    there, found = inspect(connection).get_table_names(), schema.found_in(connection)
    strange = sorted(there if found is None else (name for name in there if not _is_ours(name)))
    if strange and (found is None or not schema.is_known(schema.bare(ours()), found)):
        names = ", ".join(strange)
        raise Unfit(f"The database holds tables that nobody here knows ({names}). Restore into an empty one.")
    return there


def _is_ours(name: str) -> bool:
    return name in db.metadata.tables or name.startswith("found_in") or name in (schema.VERSIONS, marks.TABLE.name)


def _alone(connection: Connection) -> None:
    """A server on another machine would go on writing. Behind a pooler nobody can tell who that is."""
    if heed_pooler(connection.connection.driver_connection):
        return
    end = monotonic() + PATIENCE
    while others := connection.scalars(text(OTHERS)).all():
        connection.rollback()
        if monotonic() > end:
            said = ", ".join(sorted(set(others)))
            raise Unfit(f"Others are connected to this database ({len(others)}: {said}). Stop the server first.")
        sleep(0.1)
