"""What the complaints of a database mean: to the person who waits, and to the writer that could do the work again."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from messenger.core.refusals import NoSpace, Overloaded, Refusal

FULL = ("disk is full", "no space left", "disk quota", "disk i/o error", "could not extend file")
BUSY = ("database is locked", "database table is locked", "deadlock detected", "could not serialize", "lock timeout")
READ_ONLY = ("readonly database", "read-only", "unable to open database")
GAVE_WAY = ("deadlock detected", "could not serialize", "duplicate key value")
# SQLSTATE: no connection, shut down or starting up, all places taken.
AWAY = ("08", "57P", "53300")
STANDBY = "25006"


def explain(error: BaseException) -> Refusal | None:
    """What a complaint of the database means to the person who waits, if it is one that passes."""
    words = str(getattr(error, "orig", error)).lower()
    if any(sign in words for sign in FULL) or getattr(error, "errno", None) == errno.ENOSPC:
        return NoSpace()
    if any(sign in words for sign in BUSY):
        return Overloaded()
    if any(sign in words for sign in READ_ONLY):
        return Overloaded("The server's database cannot be written at the moment. Nothing was stored.", retry_after=30)
    if is_away(error) or isinstance(error, PoolEmpty):
        return Overloaded()
    return None


def may_be_repeated(error: BaseException) -> bool:
    """Did the database give way to somebody else, so that the same work may succeed now, or be refused politely?

    Another process may store the same login or client id between our look and our write.
    """
    words = str(getattr(error, "orig", error)).lower()
    return any(sign in words for sign in GAVE_WAY)


def is_away(error: BaseException) -> bool:
    """Is the connection gone, or can none be had? Whatever was not committed on it is rolled back."""
    if isinstance(error, PendingRollbackError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error)
    return str(state).startswith(AWAY)


def is_elsewhere(error: BaseException) -> bool:
    """Is this the server that only reads, after another one has taken over the writing?"""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == STANDBY
