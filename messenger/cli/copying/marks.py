"""How far a copy has come, kept in the target itself and committed together with the rows it speaks of.

While the marks are there, no server takes the database: its schema has a name that no version knows.
"""

from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, Text, delete, inspect, select, update

from messenger.schema import COPYING

NAME, LAST, DONE = Column("name", String(64), primary_key=True), Column("last", Text), Column("done", Integer)
TABLE = Table("half_copied", MetaData(), NAME, LAST, DONE)
VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))
SOURCE = "of"


class Marks:
    """One row per table: the key of the last row that came over, and whether it was the last of all."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @staticmethod
    def are_in(connection: Connection) -> bool:
        """Is this half a copy?"""
        return inspect(connection).has_table(TABLE.name)

    @classmethod
    def begun(cls, connection: Connection, source: str) -> "Marks":
        """Mark an empty database as half a copy of this source."""
        TABLE.create(connection)
        version = connection.scalar(select(VERSION.c.version_num))
        connection.execute(TABLE.insert(), {"name": SOURCE, "last": msgspec.json.encode([source, version]).decode()})
        connection.execute(update(VERSION).values(version_num=COPYING))
        return cls(connection)

    @property
    def source(self) -> str:
        """What it is a copy of."""
        return str(self._kept()[0])

    def last(self, table: str) -> tuple[list[Any] | None, bool]:
        """The key up to which the table is there, and whether it is there wholly."""
        row = self.connection.execute(select(TABLE.c.last, TABLE.c.done).where(TABLE.c.name == table)).first()
        return (msgspec.json.decode(row.last) if row and row.last else None), bool(row and row.done)

    def note(self, table: str, key: list[Any] | None, is_done: bool = False) -> None:
        """From here on it goes on behind that key."""
        self.connection.execute(delete(TABLE).where(TABLE.c.name == table))
        last = None if key is None else msgspec.json.encode(key).decode()
        self.connection.execute(TABLE.insert(), {"name": table, "last": last, "done": int(is_done)})

    def end(self) -> None:
        """The copy is whole: a server may take it."""
        self.connection.execute(update(VERSION).values(version_num=self._kept()[1]))
        TABLE.drop(self.connection)

    def _kept(self) -> list[Any]:
        kept: list[Any] = msgspec.json.decode(
            self.connection.execute(select(TABLE.c.last).where(TABLE.c.name == SOURCE)).scalar_one()
        )
        return kept
