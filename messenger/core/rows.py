"""Statements that take a whole list of rows as one JSON parameter, the same on both databases.

On SQLite each step of a statement gives the interpreter's lock away and must wait to get it back, so a list goes in as
one value and comes out as one value.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import TextClause, text

from messenger.core.verbs import Tx

Row = Sequence[Any]

# Few sizes, so that their statements stay prepared.
CHUNKS = (128, 32, 8, 1)


class Statement:
    """SQL with `{name}` where a list of rows stands; `shapes` says each list's columns as "name type, name type"."""

    def __init__(self, sql: str, columns: str = "", **shapes: str) -> None:
        self.sqlite = text(_one_value(sql, columns).format(**{name: _sqlite(name, s) for name, s in shapes.items()}))
        self.postgresql = text(sql.format(columns=columns, **{n: _postgresql(n, s) for n, s in shapes.items()}))
        self.columns = columns

    def run(self, tx: Tx, **values: Any) -> None:
        """Execute it."""
        tx.execute(self._for(tx), _packed(values))

    def fetch(self, tx: Tx, **values: Any) -> Sequence[Row]:
        """Execute it and bring all its rows."""
        if _is_sqlite(tx):
            found = tx.execute(self.sqlite, _packed(values)).scalar_one()
            rows: list[Row] = msgspec.json.decode(found)
            return rows
        return tx.execute(self.postgresql, _packed(values)).all()

    def _for(self, tx: Tx) -> TextClause:
        return self.sqlite if _is_sqlite(tx) else self.postgresql


class Insert:
    """Many new rows of one table. On SQLite they are bound value by value, which costs half of what JSON does."""

    def __init__(self, table: str, shape: str) -> None:
        self.names = ", ".join(column.split()[0] for column in shape.split(", "))
        self.head = f"INSERT INTO {table} ({self.names})"
        self.one = f"({', '.join('?' * (self.names.count(',') + 1))})"
        self.postgresql = Statement(f"{self.head} SELECT {self.names} FROM {{new}} n", new=shape)  # noqa: S608 our own words

    def run(self, tx: Tx, rows: Sequence[Row]) -> None:
        """Insert them, in order."""
        if not _is_sqlite(tx):
            self.postgresql.run(tx, new=list(rows))
            return
        tx.flush()
        connection, done = tx.connection(), 0
        for size in CHUNKS:
            while len(rows) - done >= size:
                values = tuple(value for row in rows[done : done + size] for value in row)
                connection.exec_driver_sql(f"{self.head} VALUES {', '.join([self.one] * size)}", values)
                done += size


def take_ids(tx: Tx, table: str, count: int) -> list[int]:
    """So many fresh ids of a table, in order; they are used up even if the rows are not written in the end."""
    if _is_sqlite(tx):
        last = tx.execute(LAST_ID, {"table": table}).scalar() or 0
        return list(range(last + 1, last + count + 1))
    return list(tx.scalars(NEXT_IDS, {"sequence": f"{table}_id_seq", "count": count}))


LAST_ID = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
NEXT_IDS = text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)")


def hold(tx: Tx, chat_ids: Sequence[int]) -> None:
    """Hold the rows of these chats until the commit, in an order that is everybody's; SQLite has one writer anyway."""
    if not _is_sqlite(tx):
        tx.execute(HOLD, {"ids": sorted(chat_ids)})


HOLD = text("SELECT id FROM chats WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")


def _is_sqlite(tx: Tx) -> bool:
    return tx.get_bind().dialect.name == "sqlite"


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
