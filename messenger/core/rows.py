"""Statements that take a whole list of rows as one JSON parameter, the same on both databases.

On SQLite each step of a statement gives the interpreter's lock away and must wait to get it back, so a list goes in as
one value and comes out as one value.
"""

import sqlite3
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from messenger.core.database import Reading
from messenger.core.verbs import Tx

Row = Sequence[Any]

# Few sizes, so that their statements stay prepared.
CHUNKS = (128, 32, 8, 1)


class Statement:
    """SQL with `{name}` where a list of rows stands; `shapes` says each list's columns as "name type, name type"."""

    def __init__(self, sql: str, columns: str = "", **shapes: str) -> None:
        self.sqlite = _one_value(sql, columns).format(**{name: _sqlite(name, s) for name, s in shapes.items()})
        self.postgresql = text(sql.format(columns=columns, **{n: _postgresql(n, s) for n, s in shapes.items()}))
        self.columns = columns

    def run(self, tx: Tx, **values: Any) -> None:
        """Execute it."""
        if is_sqlite(tx):
            _execute(tx, self.sqlite, _packed(values))
        else:
            tx.execute(self.postgresql, _packed(values))

    def fetch(self, tx: Tx, **values: Any) -> Sequence[Row]:
        """Execute it and bring all its rows."""
        if is_sqlite(tx):
            rows: list[Row] = msgspec.json.decode(_execute(tx, self.sqlite, _packed(values)).fetchone()[0])
            return rows
        return tx.execute(self.postgresql, _packed(values)).all()

    def look(self, session: Reading, **values: Any) -> Sequence[Row]:
        """The same for a reader, in his short session."""
        if is_sqlite(session):
            rows: list[Row] = msgspec.json.decode(session.execute(text(self.sqlite), _packed(values)).scalar_one())
            return rows
        return session.execute(self.postgresql, _packed(values)).all()


class Insert:
    """Many new rows of one table. On SQLite they are bound value by value, which costs half of what JSON does."""

    def __init__(self, table: str, shape: str) -> None:
        self.names = ", ".join(column.split()[0] for column in shape.split(", "))
        head = f"INSERT INTO {table} ({self.names})"
        one = f"({', '.join('?' * (self.names.count(',') + 1))})"
        self.sqlite = {size: f"{head} VALUES {', '.join([one] * size)}" for size in CHUNKS}
        self.postgresql = Statement(f"{head} SELECT {self.names} FROM {{new}} n", new=shape)  # noqa: S608 our own words

    def run(self, tx: Tx, rows: Sequence[Row]) -> None:
        """Insert them, in order."""
        if not is_sqlite(tx):
            self.postgresql.run(tx, new=list(rows))
            return
        tx.flush()
        done = 0
        for size, sql in self.sqlite.items():
            while len(rows) - done >= size:
                _execute(tx, sql, tuple(chain.from_iterable(rows[done : done + size])))
                done += size


def take_ids(tx: Tx, table: str, count: int) -> list[int]:
    """So many fresh ids of a table, in order; they are used up even if the rows are not written in the end."""
    if is_sqlite(tx):
        (last,) = _execute(tx, LAST_ID, (table,)).fetchone() or (0,)
        return list(range(last + 1, last + count + 1))
    return list(tx.scalars(NEXT_IDS, {"sequence": f"{table}_id_seq", "count": count}))


LAST_ID = "SELECT seq FROM sqlite_sequence WHERE name = ?"
NEXT_IDS = text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)")


def hold(tx: Tx, chat_ids: Collection[int]) -> None:
    """Hold the rows of these chats until the commit, in an order that is everybody's; SQLite has one writer anyway."""
    if not is_sqlite(tx):
        tx.execute(HOLD, {"ids": sorted(chat_ids)})


HOLD = text("SELECT id FROM chats WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")


def is_sqlite(tx: Reading) -> bool:
    """Does this transaction stand in the one-file database?"""
    return tx.get_bind().dialect.name == "sqlite"


def _execute(tx: Tx, sql: str, values: Any) -> sqlite3.Cursor:
    """By the driver itself: on the way through two layers of SQLAlchemy each statement costs ten times as much."""
    connection = tx.straight
    for listen in connection.dispatch.before_cursor_execute:
        listen(connection, None, sql, values, None, False)
    driver: Any = connection.connection.driver_connection
    try:
        cursor: sqlite3.Cursor = driver.execute(sql, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True) from error
    return cursor


def _packed(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: msgspec.json.encode(value).decode() if isinstance(value, (list, tuple)) else value
        for name, value in values.items()
    }


def _one_value(sql: str, columns: str) -> str:
    return sql.replace("{columns}", f"json_group_array(json_array({columns}))") if columns else sql


def _sqlite(name: str, shape: str) -> str:
    picked = (f"value ->> {place} AS {column.split()[0]}" for place, column in enumerate(shape.split(", ")))
    return f"(SELECT {', '.join(picked)} FROM json_each(:{name}))"  # noqa: S608 our own words


def _postgresql(name: str, shape: str) -> str:
    columns = (column.split() for column in shape.split(", "))
    picked = (f"CAST(value ->> {place} AS {kind}) AS {column}" for place, (column, kind) in enumerate(columns))
    return f"(SELECT {', '.join(picked)} FROM jsonb_array_elements(CAST(:{name} AS jsonb)))"  # noqa: S608 our own words
