"""How the database is opened: who may write, how durably, over which connections."""

import importlib
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.pool import NullPool

from messenger.core.complaints import is_away
from messenger.core.pool import Pool
from messenger.core.refusals import Overloaded

# What can be read through: a verb's transaction, or the short session of a request.
Reading = Session | scoped_session[Any]

# psycopg's own number for it; the library is loaded only where PostgreSQL is the database.
REPEATABLE_READ = 3
BUSY_MILLISECONDS = 5_000
# A server that is gone without a word is noticed within half a minute.
REMOTE = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
POOL_SECONDS = 10


class NotDurable(RuntimeError):
    """The database would forget acknowledged messages; the server does not start on it."""


def is_sqlite(url: str | URL) -> bool:
    """Is it the one-file database?"""
    return make_url(url).get_backend_name() == "sqlite"


def inserting(session: Session, table: type[Any]) -> Any:
    """An insert that can pass over what is there, in the language of the database at work: no other is loaded."""
    language = importlib.import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    return language.insert(table)


def options(url: str | URL, size: int) -> dict[str, Any]:
    """How an engine for reading is made. A failed statement must not put messages or password hashes into the log."""
    if is_sqlite(url):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "connect_args": REMOTE,
        "poolclass": Pool,
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": POOL_SECONDS,
        "pool_pre_ping": True,
    }


def open_for_writing(url: str | URL) -> Engine:
    """The engine of the writer: one connection, each transaction holding the write lock from its first moment."""
    if not is_sqlite(url):
        remote = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=REMOTE)
        event.listen(remote, "connect", lambda connection, _: heed_pooler(connection))
        return remote
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for line in (
            f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA cache_size=-32000",
        ):
            connection.execute(line)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def keep_reading_only(engine: Engine) -> None:
    """Every connection of this engine can read and nothing else: only the writer writes.

    What one short session reads is one moment: a page and its revision come from several queries, and a commit between
    two of them would show in half of them.
    """
    sqlite = is_sqlite(engine.url)
    event.listen(engine, "connect", lambda connection, _: (_quiet if sqlite else _quiet_remote)(connection))
    if sqlite:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    @event.listens_for(engine, "handle_error")
    def refuse(context: ExceptionContext) -> None:
        """Whoever reads when the database goes away is told so in his own wire's words."""
        if not context.is_pre_ping and context.sqlalchemy_exception and is_away(context.sqlalchemy_exception):
            raise Overloaded()


def _quiet(connection: Any) -> None:
    connection.isolation_level = None
    for line in (f"PRAGMA busy_timeout={BUSY_MILLISECONDS}", "PRAGMA query_only=ON", "PRAGMA mmap_size=268435456"):
        connection.execute(line)


def _quiet_remote(connection: Any) -> None:
    heed_pooler(connection)
    connection.read_only = True
    connection.isolation_level = REPEATABLE_READ
    end = connection.rollback

    def rollback() -> None:
        """When the line is cut, there is nothing to take back, and nobody to be told."""
        try:
            end()
        except Exception:
            if not connection.broken:
                raise
            connection.close()

    connection.rollback = rollback


def heed_pooler(connection: Any) -> bool:
    """Behind a pooler every transaction may run on another connection of the server, where nothing was prepared."""
    with connection.transaction():
        (server,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    is_pooled: bool = server != connection.info.backend_pid
    if is_pooled:
        connection.prepare_threshold = None
    return is_pooled


def check_durable(engine: Engine) -> None:
    """Refuse a database on which an acknowledged message could be lost."""
    if not is_sqlite(engine.url):
        return
    with engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    if (journal, synchronous) != ("wal", 2):
        raise NotDurable(
            f"SQLite runs with journal_mode={journal} and synchronous={synchronous}; it must be wal and 2 (FULL). "
            "Put the database on a disk that supports shared memory files, not on a network share."
        )
