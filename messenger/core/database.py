"""How the database is opened: who may write, how durably, and what its complaints mean."""

import errno
from typing import Any

from psycopg import IsolationLevel
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.pool import NullPool

from messenger.core.refusals import NoSpace, Overloaded, Refusal

# What can be read through: a verb's transaction, or the short session of a request.
Reading = Session | scoped_session[Any]

BUSY_MILLISECONDS = 5_000
FULL = ("disk is full", "no space left", "disk quota", "disk i/o error", "could not extend file")
BUSY = ("database is locked", "database table is locked", "deadlock detected", "could not serialize", "lock timeout")
READ_ONLY = ("readonly database", "read-only", "unable to open database")


class NotDurable(RuntimeError):
    """The database would forget acknowledged messages; the server does not start on it."""


def is_sqlite(url: str | URL) -> bool:
    """Is it the one-file database?"""
    return make_url(url).get_backend_name() == "sqlite"


def open_for_writing(url: str | URL) -> Engine:
    """The engine of the writer: one connection, each transaction holding the write lock from its first moment."""
    if not is_sqlite(url):
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
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

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        if sqlite:
            connection.isolation_level = None
            for line in (
                f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
                "PRAGMA query_only=ON",
                "PRAGMA mmap_size=268435456",
            ):
                connection.execute(line)
        else:
            connection.read_only = True
            connection.isolation_level = IsolationLevel.REPEATABLE_READ

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if sqlite:
            connection.exec_driver_sql("BEGIN")


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


def explain(error: BaseException) -> Refusal | None:
    """What a complaint of the database means to the person who waits, if it is one that passes."""
    words = str(getattr(error, "orig", error)).lower()
    if any(sign in words for sign in FULL) or getattr(error, "errno", None) == errno.ENOSPC:
        return NoSpace()
    if any(sign in words for sign in BUSY):
        return Overloaded()
    if any(sign in words for sign in READ_ONLY):
        return Overloaded("The server's database cannot be written at the moment. Nothing was stored.", retry_after=30)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Overloaded()
    return None


def may_be_repeated(error: BaseException) -> bool:
    """Did the database give way to somebody else, so that the same work may succeed now, or be refused politely?

    Another process may store the same login or client id between our look and our write.
    """
    words = str(getattr(error, "orig", error)).lower()
    return any(sign in words for sign in ("deadlock detected", "could not serialize", "duplicate key value"))
