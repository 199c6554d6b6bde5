"""What really goes to a SQLite database, past every layer: the statements, and how many steps its machine takes."""

from contextlib import contextmanager

from sqlalchemy import event

from messenger.extensions import db

STEP = 50


class Spy:
    """Looks at the connections of a world's two engines. They must not have been opened before."""

    def __init__(self, world):
        self.said, self.steps = [], 0
        for engine in (world.writer.engine, db.engine):
            event.listen(engine, "connect", self._watch)
        world.look()
        db.engine.dispose()
        world.writer.stop()

    def _watch(self, connection, _):
        connection.set_trace_callback(lambda statement: self.said.append(" ".join(statement.split())))
        connection.set_progress_handler(self._count, STEP)

    def _count(self):
        self.steps += STEP

    @contextmanager
    def looking(self):
        """Only what happens inside the block."""
        self.said.clear()
        self.steps = 0
        yield self
        self.said = [
            statement for statement in self.said if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "--"))
        ]
