"""The copying itself: table by table, in chunks of one transaction each, then proven, then handed over."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, Table, delete, func, select, text, tuple_, update

from messenger.cli.copying import proof
from messenger.cli.copying.marks import Marks
from messenger.cli.copying.places import Unfit
from messenger.core.backups.tables import counter, set_counter
from messenger.core.database import is_sqlite
from messenger.core.found import ADD_POSTGRESQL, ADD_SQLITE, PLACE
from messenger.core.models import Keepsake, Message
from messenger.extensions import Base

AT_ONCE = 1_000
SAMPLE = 5_000

MOVED = "Somebody wrote to the source, and that is not in the copy. Stop the server and type the same again."

Progress = Callable[[str], None]
TABLES = {table.name: table for table in Base.metadata.sorted_tables}


class Job:
    """From one moment of the source into the target. What a killed job has done, the next one finds done."""

    def __init__(self, source: Engine, target: Engine, progress: Progress) -> None:
        self.engine = source
        self.target = target
        self.progress = progress
        self.sums: dict[str, proof.Sum] = {}

    def run(self, identity: str) -> None:
        """All of it."""
        with self.engine.connect() as self.source:
            with self.target.begin() as connection:
                if not Marks.are_in(connection):
                    Marks.begun(connection, identity)
            for table in TABLES.values():
                self._copy(table)
            for table in TABLES.values():
                self._prove(table)
            self._index()
            self._look_back()
            self._hand_over()

    def _copy(self, table: Table) -> None:
        """What is not there yet."""
        while True:
            with self.target.begin() as connection:
                marks = Marks(connection)
                last, is_done = marks.last(table.name)
                if is_done:
                    return
                rows = self._behind(table, last)
                if rows:
                    connection.execute(table.insert(), rows)
                    last = [rows[-1][column.name] for column in table.primary_key.columns]
                marks.note(table.name, last, is_done=len(rows) < AT_ONCE)
            self.progress(table.name)

    def _behind(self, table: Table, last: list[Any] | None) -> list[dict[str, Any]]:
        keys = list(table.primary_key.columns)
        rows = select(table).order_by(*keys).limit(AT_ONCE)
        if last is not None:
            rows = rows.where(tuple_(*keys) > tuple_(*last))
        return [dict(row) for row in self.source.execute(rows).mappings()]

    def _prove(self, table: Table) -> None:
        """Unlike only when the source has gone on since an earlier run copied this table: then it is copied anew."""
        wanted = proof.summed(self.source, table)
        for _ in range(2):
            with self.target.connect() as connection:
                found = proof.summed(connection, table)
            if found == wanted:
                self.sums[table.name] = found
                self.progress(f"{table.name} ({found})")
                return
            self._anew(table)
        raise Unfit(f"{table.name} came over wrong: {found} instead of {wanted}.")

    def _anew(self, table: Table) -> None:
        """This table and all that point at it, which a deletion would take along."""
        names = list(TABLES)
        with self.target.begin() as connection:
            for name in reversed(names[names.index(table.name) :]):
                connection.execute(delete(TABLES[name]))
                Marks(connection).note(name, None)
        for name in names[names.index(table.name) :]:
            self._copy(TABLES[name])

    def _index(self) -> None:
        """The index of words is not copied but made of the messages, as the target has it."""
        add = ADD_SQLITE if is_sqlite(self.target.url) else ADD_POSTGRESQL
        past = 0
        with self.target.begin() as connection:
            connection.execute(text("DELETE FROM found_in_messages"))
        while True:
            ids = select(Message.id).where(Message.id > past).order_by(Message.id).limit(SAMPLE)
            with self.target.begin() as connection:
                found = list(connection.scalars(ids))
                if not found:
                    break
                connection.execute(add, {"past": past, "end": found[-1]})
                past = found[-1]
            self.progress("words")

    def _look_back(self) -> None:
        """A source that somebody writes to has moved on."""
        with self.engine.connect() as connection:
            if proof.moment(connection, TABLES) != proof.moment(self.source, TABLES):
                raise Unfit(MOVED)

    def _hand_over(self) -> None:
        """Ids go on behind the last that the source ever gave; then the marks go, and a server may come."""
        with self.target.begin() as connection:
            newest = connection.scalar(select(func.max(Message.id))) or 0
            reached = int(connection.scalar(select(Keepsake.value).where(Keepsake.name == PLACE)) or 0)
            values = {"value": str(max(newest, reached))}
            connection.execute(update(Keepsake).where(Keepsake.name == PLACE).values(values))
            for table in TABLES.values():
                if (last := counter(self.source, table)) is not None:
                    set_counter(connection, table, last)
            Marks(connection).end()
