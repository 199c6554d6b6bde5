"""PostgreSQL: durable, with room for all workers, and heard by those who listen."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.core import connections
from messenger.settings.whole import BESIDE_READING

OLDEST = 130_000


def check(patient: Patient) -> Iterator[Fault]:
    """Only where there is one that answers."""
    settings = patient.settings
    if not settings.is_sqlite and patient.fits:
        engine = create_engine(settings.database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield from _promises(connection)
            yield from _room(connection, settings)
        if settings.web_concurrency > 1 and not settings.redis_url and not connections.hears(engine):
            says = "LISTEN is not answered through this address: a pooler in transaction mode stands in between."
            direct = cures.setting("DATABASE_URL", "postgres://…:5432/… (the direct address, not the pooler's)")
            yield Fault("pooler-deaf", says, [*direct, *cures.setting("REDIS_URL", "redis://…")])
    if settings.database_replica_url:
        yield from _replica(settings.database_replica_url)


def _promises(connection: Connection) -> Iterator[Fault]:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if _shown(connection, name) == "off":
            says = f"PostgreSQL runs with {name}=off: what it acknowledged is lost when the power goes."
            line = f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();"
            yield Fault("postgresql-forgets", says, cures.here(f'psql -c "{line}"'))
            break
    if int(_shown(connection, "server_version_num")) < OLDEST:
        yield Fault(
            "postgresql-old", f"PostgreSQL {_shown(connection, 'server_version')} is too old.", cures.database()
        )


def _room(connection: Connection, settings: Any) -> Iterator[Fault]:
    most = int(_shown(connection, "max_connections")) - int(_shown(connection, "superuser_reserved_connections"))
    wanted = settings.web_concurrency * (settings.reading_connections + BESIDE_READING)
    if wanted > most:
        says = f"The workers may open {wanted} connections, PostgreSQL takes {most}: some requests will fail."
        yield Fault("database-connections", says, cures.setting("DATABASE_CONNECTIONS", str(most)))


def _replica(url: str) -> Iterator[Fault]:
    try:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        says = f"The replica does not answer ({type(getattr(error, 'orig', error)).__name__})."
        yield Fault("replica-silent", says, cures.setting("DATABASE_REPLICA_URL", "postgres://…"))


def _shown(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"SHOW {name}")).scalar_one())
