"""Reading history from a copy of the database that may be a moment old, wherever it is not too old for the reader.

A page must not stand behind what its reader has seen: the copy is used for a chat once it has come to the revision that
the primary has now. While it is behind, or away, the primary is asked as ever.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from messenger.core import database
from messenger.core.database import Reading
from messenger.core.models import Chat, Keepsake
from messenger.core.refusals import Overloaded
from messenger.extensions import db

log = logging.getLogger("messenger.replica")

R = TypeVar("R")
Query = Callable[[Reading], R]
# So long a copy that failed is left alone.
REST_SECONDS = 10.0


class Behind(Exception):
    """The copy has not come so far yet."""


class Replica:
    """Without a URL everything is read from the primary."""

    def __init__(self, url: str, size: int) -> None:
        self.engine: Engine | None = None
        self.answered = self.behind = self.failed = 0
        self._resting_until = 0.0
        if url:
            self.engine = create_engine(url, **database.options(url, size))
            database.keep_reading_only(self.engine)

    def of_chat(self, chat_id: int | None, query: Query[R]) -> R:
        """What the query finds in one chat, as new as the primary has it now."""
        if not self.is_ready or chat_id is None:
            return query(db.session)
        here = select(Chat.revision).where(Chat.id == chat_id)
        needed = db.session.scalar(here) or 0

        def reading(session: Session) -> R:
            if (session.scalar(here) or 0) < needed:
                raise Behind
            return query(session)

        return self._tried(reading, query)

    def of_everything(self, mark: str, query: Query[R]) -> R:
        """What the query finds anywhere, as new as this keepsake, a growing number, says on the primary."""
        if not self.is_ready:
            return query(db.session)
        here = select(Keepsake.value).where(Keepsake.name == mark)
        needed = int(db.session.scalar(here) or 0)

        def reading(session: Session) -> R:
            if int(session.scalar(here) or 0) < needed:
                raise Behind
            return query(session)

        return self._tried(reading, query)

    @property
    def is_ready(self) -> bool:
        """Is there a copy that did not fail a moment ago?"""
        return self.engine is not None and monotonic() >= self._resting_until

    def dispose(self) -> None:
        """Give its connections back."""
        if self.engine is not None:
            self.engine.dispose()

    def _tried(self, reading: Callable[[Session], R], query: Query[R]) -> R:
        try:
            with Session(self.engine) as session:
                found = reading(session)
            self.answered += 1
            return found
        except Behind:
            self.behind += 1
        except (SQLAlchemyError, Overloaded) as error:
            self.failed += 1
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("the replica failed, the primary is read instead: %s", type(error).__name__)
        return query(db.session)
