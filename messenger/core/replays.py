"""What was missed in a chat since a revision: read once, and encoded once, for all who come back at the same moment.

After a restart a thousand sockets ask the same question. The first one asks the database; the others wait for him,
without holding a connection, and tell their readers the same news.
"""

from threading import Lock
from time import monotonic

import msgspec

from messenger.core import changes, chats
from messenger.core.snapshots import ChatSnapshot
from messenger.extensions import db
from messenger.live.news import News

# So long, and so many, are kept. A later answer would be as right, but names in it would grow old.
SECONDS = 2.0
MOST = 64

Question = tuple[int, int, type[News]]


class Missed(msgspec.Struct, frozen=True):
    """The news after a revision. `is_too_much`: the reader must load the chat anew."""

    news: tuple[News, ...]
    revision: int
    is_too_much: bool = False


class Shared:
    """One question, and the answer that everybody gets."""

    __slots__ = ("asked_at", "lock", "missed")

    def __init__(self) -> None:
        self.lock = Lock()
        self.asked_at = monotonic()
        self.missed: Missed | None = None

    def since(self, chat: ChatSnapshot, question: Question, newest: int) -> Missed:
        """What was missed up to `newest`, or later."""
        with self.lock:
            if self.missed is None or self.missed.revision < newest:
                _, revision, kind = question
                found = changes.since(chat, revision)
                db.session.remove()
                self.missed = Missed(tuple(map(kind, found.facts)), found.revision, found.is_too_much)
            return self.missed


class Replays:
    """Kept as `app.extensions["replays"]`."""

    def __init__(self) -> None:
        self._shared: dict[Question, Shared] = {}

    def since(self, chat: ChatSnapshot, revision: int, kind: type[News] = News) -> Missed:
        """For a reader who knows everything up to a revision. One who knows more than there is has seen a database
        that was put back since.
        """
        if chat.chat_id is None:
            return Missed((), 0)
        newest = chats.revision_of(chat.chat_id)
        db.session.remove()
        if revision >= newest:
            return Missed((), newest, is_too_much=revision > newest)
        question = (chat.chat_id, revision, kind)
        return self._asked(question).since(chat, question, newest)

    def _asked(self, question: Question) -> Shared:
        oldest = monotonic() - SECONDS
        shared = self._shared.get(question)
        if shared is None or shared.asked_at < oldest:
            self._shared = {asked: one for asked, one in self._shared.items() if one.asked_at >= oldest}
            if len(self._shared) >= MOST:
                return Shared()
            shared = self._shared[question] = Shared()
        return shared
