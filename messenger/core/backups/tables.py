"""Rows as lines of JSON, one list of values each, and back, on either kind of database and of any schema we had."""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import JSON, Column, Connection, LargeBinary, MetaData, Table, inspect, select, text, update

from messenger.extensions import Base

# One part of the archive holds about so many bytes of lines.
PIECE = 2 * 1024 * 1024
AT_ONCE = 1_000


def tables_of(connection: Connection) -> list[Table]:
    """Our tables as this database has them, those that others point at first."""
    there = set(inspect(connection).get_table_names())
    names = [table.name for table in Base.metadata.sorted_tables if table.name in there]
    found = MetaData()
    found.reflect(connection, only=names)
    for column in (column for name in names for column in found.tables[name].columns):
        if isinstance(column.type, JSON):
            column.type.none_as_null = True
    return [found.tables[name] for name in names]


def pieces(connection: Connection, table: Table) -> Iterator[tuple[bytes, int]]:
    """All rows, in bites that fit into memory, each with its number of rows."""
    rows = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    encode = msgspec.json.Encoder().encode
    lines, count = bytearray(), 0
    for row in connection.execute(rows):
        lines += encode(list(row)) + b"\n"
        count += 1
        if len(lines) >= PIECE:
            yield bytes(lines), count
            lines, count = bytearray(), 0
    if count:
        yield bytes(lines), count


def counter(connection: Connection, table: Table) -> int | None:
    """The last id this table ever gave, if it gives any."""
    if [column.name for column in table.primary_key.columns] != ["id"]:
        return None
    if connection.dialect.name == "sqlite":
        last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    else:
        # The sequence of this schema, whatever it is called.
        found = "SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename = replace(:name, '\"', '')"
        name = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}).scalar()
        last = connection.execute(text(found), {"name": name})
    value = last.scalar()
    return None if value is None else int(value)


def set_counter(connection: Connection, table: Table, last: int) -> None:
    """From now on it gives greater ones."""
    if connection.dialect.name == "sqlite":
        values = {"name": table.name, "last": last}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
    else:
        say = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
        connection.execute(say, {"name": table.name, "last": last})


class Filling:
    """One table that is being filled. What points forward in the same table is set when everything is there."""

    def __init__(self, connection: Connection, table: Table, names: Sequence[str]) -> None:
        self.connection = connection
        self.table = table
        self.names = names
        self.count = 0
        self.binary = [name for name in names if isinstance(table.columns[name].type, LargeBinary)]
        self.inward = [name for name in names if _points_inward(table.columns[name])]
        self.later: list[dict[str, Any]] = []

    def fill(self, lines: bytes) -> None:
        """These rows."""
        decode = msgspec.json.Decoder(list[Any]).decode
        rows = [self._row(decode(line)) for line in lines.splitlines()]
        for start in range(0, len(rows), AT_ONCE):
            self.connection.execute(self.table.insert(), rows[start : start + AT_ONCE])
        self.count += len(rows)

    def finish(self) -> None:
        """All rows are there."""
        for row in self.later:
            key = row.pop("id")
            self.connection.execute(update(self.table).where(self.table.c.id == key).values(row))

    def _row(self, values: list[Any]) -> dict[str, Any]:
        row = dict(zip(self.names, values, strict=True))
        for name in self.binary:
            row[name] = None if row[name] is None else b64decode(row[name])
        ahead = {name: row[name] for name in self.inward if row[name] is not None and row[name] > row["id"]}
        if ahead:
            self.later.append({"id": row["id"], **ahead})
            row |= dict.fromkeys(ahead)
        return row


def _points_inward(column: Column[Any]) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def empty(connection: Connection, tables: Iterable[Table]) -> None:
    """No row is left, on PostgreSQL also of what hangs on them."""
    names = ", ".join(f'"{table.name}"' for table in tables)
    connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
