"""What a database server says of its connections: how many it gives, and whether a pooler stands between."""

from contextlib import closing
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from messenger.core.database import REMOTE, heed_pooler
from messenger.settings import Settings
from messenger.settings.whole import BESIDE_READING

LIMITS = """
    SELECT least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
        nullif(rolconnlimit, -1), (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
    ) FROM pg_roles WHERE rolname = current_user
"""
DEAF = (
    "Between here and PostgreSQL stands a pooler that shares connections between transactions, and news of one worker "
    "does not reach another through it. Set REDIS_URL, or WEB_CONCURRENCY=1, or DATABASE_URL to the server itself."
)
HEARING_SECONDS = 2.0


class Deaf(RuntimeError):
    """Several workers, and PostgreSQL as their bus, but behind a pooler that lets no news through."""


def warnings(settings: Settings) -> list[str]:
    """What whoever runs this server should know, one sentence each. Deaf is refused."""
    if settings.is_sqlite:
        return []
    engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True, connect_args=REMOTE)
    with closing(engine.raw_connection()) as lent:
        is_pooled = heed_pooler(lent.driver_connection)
        limit = None if is_pooled else _limit(lent.driver_connection)
    if is_pooled and settings.web_concurrency > 1 and not settings.redis_url and not hears(engine):
        raise Deaf(DEAF)
    wanted = settings.web_concurrency * (settings.reading_connections + BESIDE_READING)
    if limit is None or wanted <= limit:
        return []
    words = f"The database gives {limit} connections, and this server may want {wanted}."
    return [f"{words} Set DATABASE_CONNECTIONS={limit}."]


def _limit(connection: Any) -> int | None:
    (found,) = connection.execute(LIMITS).fetchone()
    return None if found is None else int(found)


def hears(engine: Engine) -> bool:
    """Does a word said on one connection arrive on another?"""
    with closing(engine.raw_connection()) as one, closing(engine.raw_connection()) as other:
        ear: Any = one.driver_connection
        mouth: Any = other.driver_connection
        ear.autocommit = mouth.autocommit = True
        ear.execute("LISTEN messenger_probe")
        # Another transaction meanwhile: behind a pooler the ear is then somebody else's.
        mouth.execute("SELECT 1")
        mouth.execute("NOTIFY messenger_probe")
        return any(True for _ in ear.notifies(timeout=HEARING_SECONDS, stop_after=1))
