"""The pen of the writer: its one connection, taken up anew when the database went away and came back.

What was not committed is written once more, for a few seconds; whether a commit whose answer never came did happen is
asked of the database itself. Whoever waits gets the truth, or a refusal.
"""

import logging
from itertools import chain, repeat
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, text

from messenger.core.batch import Batch
from messenger.core.complaints import explain, is_away, is_elsewhere
from messenger.core.refusals import Overloaded

log = logging.getLogger("messenger.writer")

PATIENCE = 3.0
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.5)
STATUS = text("SELECT txid_status(:number)")
UNSURE = "The database went away in the middle. Look whether it was done before you do it again."


class Pen:
    """`write` is called by the writer's one thread. While the database stays away, nobody waits again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_dry = False
        self.broken = 0
        self._connection: Connection | None = None

    def write(self, batch: Batch) -> None:
        """Commit a batch, on a fresh connection if need be. Nothing is raised: whoever waits gets an outcome."""
        end = monotonic() + (0 if self.is_dry else PATIENCE)
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            try:
                if batch.asked is None or not self._was_done(batch):
                    batch.commit(self._taken_up())
                self.is_dry = False
                self._check()
                return
            except Exception as error:
                self.put_down()
                self.broken += 1
                if not (is_away(error) or is_elsewhere(error)) or monotonic() >= end:
                    self._give_up(batch, error)
                    return
            sleep(pause)

    def put_down(self) -> None:
        """Let the connection go; the next batch takes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception:
                log.debug("closing a broken connection", exc_info=True)

    def _taken_up(self) -> Connection:
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    def _was_done(self, batch: Batch) -> bool:
        """The commit was asked for, and then the line was cut: what has become of it?"""
        end = monotonic() + PATIENCE
        status: str | None = "in progress"
        while status == "in progress" and monotonic() < end:
            status = self._taken_up().execute(STATUS, {"number": batch.asked}).scalar()
            self._taken_up().rollback()
            sleep(PAUSES[1])
        if status not in ("committed", "aborted"):
            raise Overloaded(UNSURE)
        return status == "committed"

    def _give_up(self, batch: Batch, error: Exception) -> None:
        if not self.is_dry:
            log.error("the database cannot be reached", exc_info=error)
        self.is_dry = is_away(error)
        batch.fail(Overloaded(UNSURE) if batch.asked is not None else explain(error) or Overloaded())

    def _check(self) -> None:
        """A commit that failed leaves its transaction behind, no longer active and in everybody's way."""
        connection = self._connection
        if connection is not None and (connection.invalidated or connection.get_transaction() is not None):
            self.put_down()
