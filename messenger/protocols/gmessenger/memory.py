"""What this wire remembers of one socket. Most sockets never need most of it, so it begins empty."""

from typing import Any

from messenger.core.snapshots import ChatSnapshot
from messenger.protocols.gmessenger.frames import Place
from messenger.protocols.gmessenger.shapes import Shape


class Memory:
    """`start` says where the client left off: ("since", revision) or ("after", message id)."""

    __slots__ = ("_expected", "_named", "_watched", "last", "start")

    def __init__(self, start: tuple[str, int] | None = None) -> None:
        self.start = start
        self.last: tuple[int, int, int] | None = None
        self._expected: set[str] | None = None
        self._named: tuple[tuple[str, str], ChatSnapshot] | None = None
        self._watched: set[int] | None = None

    def expect(self, client_id: str) -> None:
        """A message of this socket is under way."""
        if self._expected is None:
            self._expected = set()
        self._expected.add(client_id)

    def forget(self, client_id: str | None) -> bool:
        """It has been told, or was refused. Whether it was still expected."""
        if self._expected is None or client_id not in self._expected:
            return False
        self._expected.remove(client_id)
        return True

    def watch(self, user_id: int) -> None:
        """The client wants to know when this person comes and goes."""
        self._watched = {*(self._watched or ()), user_id}

    def is_watched(self, user_id: int) -> bool:
        """Does he?"""
        return self._watched is not None and user_id in self._watched

    def know(self, named: Place | None, chat: ChatSnapshot) -> None:
        """The chat that was named last."""
        if named is not None:
            self._named = ((named.type, str(named.id)), chat)

    def known(self, named: Place | None) -> ChatSnapshot | None:
        """The chat of that name, if it was the last one."""
        if named is None or self._named is None or self._named[0] != (named.type, str(named.id)):
            return None
        return self._named[1]


class ListMemory(Memory):
    """On the socket of all chats, also the rows of those in which something has happened since it opened."""

    __slots__ = ("_said", "rows")

    def __init__(self, start: tuple[str, int] | None = None) -> None:
        super().__init__(start)
        # None while the row is being read.
        self.rows: dict[int, Shape | None] = {}
        self._said: dict[int, bool] | None = None

    def say(self, user_id: int, is_online: bool) -> None:
        """With his new name it was said whether this person is here."""
        if self._said is None:
            self._said = {}
        self._said[user_id] = is_online

    def has_said(self, user_id: int, is_online: bool) -> bool:
        """Was just that said of him last? From now on something else is."""
        return self._said is not None and self._said.pop(user_id, None) is is_online

    def row(self, chat_id: int) -> Any:
        """The row of this chat; missing and being read look alike."""
        return self.rows.get(chat_id)
