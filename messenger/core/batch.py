"""The verbs that waited together: run in one transaction, committed once, then answered and told."""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from messenger.core.complaints import explain, is_away, is_elsewhere, may_be_repeated
from messenger.core.facts import Fact
from messenger.core.refusals import Refusal
from messenger.core.rows import hold, is_sqlite
from messenger.core.verbs import Call, Outcome, Tx, Verb

log = logging.getLogger("messenger.writer")

ATTEMPTS = 5
NUMBER = text("SELECT txid_current()")


class Batch:
    """A list of calls and, after `commit`, an outcome for each and the facts to tell."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        self.outcomes: list[Outcome] = [None] * len(calls)
        self.facts: list[Fact] = []
        self.errands: list[Callable[[], None]] = []
        self.attempts = 0
        self.asked: int | None = None

    def commit(self, connection: Connection) -> None:
        """Run and commit everything; whoever waits gets an outcome. Raised is only that the database went away.

        If that was after the commit was asked for, `asked` is the number of its transaction.
        """
        self.asked = None
        while True:
            self.attempts += 1
            try:
                self._commit(connection)
                return
            except Exception as error:
                if is_away(error) or is_elsewhere(error):
                    raise
                if self.attempts == ATTEMPTS or not may_be_repeated(error):
                    self.fail(error)
                    return
                if (left := connection.get_transaction()) is not None:
                    left.rollback()

    def _commit(self, connection: Connection) -> None:
        with Tx(bind=connection, expire_on_commit=False) as tx:
            self._lock_chats(tx)
            for verb, places in self._by_verb().items():
                outcomes = verb.run(tx, [self.calls[place] for place in places])
                for place, outcome in zip(places, outcomes, strict=True):
                    self._note(place, outcome)
            if tx.broken is not None:
                raise tx.broken
            self.facts, self.errands = tx.facts, tx.errands
            if not is_sqlite(tx):
                self.asked = tx.scalar(NUMBER)
            tx.commit()

    def _by_verb(self) -> dict[Verb[..., Outcome], list[int]]:
        """Calls of one verb stand together; nobody who waits has two different ones in one batch."""
        places: dict[Verb[..., Outcome], list[int]] = {}
        for place, call in enumerate(self.calls):
            places.setdefault(call.verb, []).append(place)
        return places

    def _lock_chats(self, tx: Tx) -> None:
        """On PostgreSQL other processes write too: taking the chats in one order keeps them from a deadlock."""
        if not is_sqlite(tx) and (ids := {chat_id for call in self.calls for chat_id in call.chat_ids}):
            hold(tx, ids)

    def _note(self, place: int, outcome: Outcome) -> None:
        if isinstance(outcome, Exception) and not isinstance(outcome, Refusal):
            if is_away(outcome) or (self.attempts < ATTEMPTS and may_be_repeated(outcome)):
                raise outcome
            refusal = explain(outcome)
            if refusal is None:
                log.error("%s failed", self.calls[place].verb.name, exc_info=outcome)
            outcome = refusal or outcome
        self.outcomes[place] = outcome

    def fail(self, error: Exception) -> None:
        """Nothing of it was stored, as far as one can know: everybody is told so, and nobody else hears of it."""
        refusal = error if isinstance(error, Refusal) else explain(error)
        if refusal is None:
            log.error("a commit failed", exc_info=error)
        self.outcomes = [refusal or error] * len(self.calls)
        self.facts, self.errands = [], []
