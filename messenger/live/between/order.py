"""One order for all readers: facts of a chat are told by their revisions, whichever worker they come from.

What comes too early waits a moment for what is missing; then the gap is read in the database. What comes twice is told
once. A chat is looked after from its first follower here until its last; only in turns of the loop.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from messenger.live import faults
from messenger.live.between.standing import Standing
from messenger.live.bus import Bus
from messenger.live.loop import Loop
from messenger.live.workers import Workers

# How long a fact waits for one before it that is on its way.
PATIENCE = 0.05
# So many waiting behind a gap, and their readers had better begin anew.
CROWD = 1_000


class Mended(NamedTuple):
    """What was missing in a chat, up to a revision. Too much of it: none."""

    facts: Sequence[Any]
    revision: int
    is_too_much: bool = False


class Source(Protocol):
    """The database, as far as chats and their revisions go."""

    def revisions(self, chat_ids: Sequence[int]) -> dict[int, int]: ...
    def mend(self, chat_id: int, head: int, held: Sequence[Any]) -> Mended: ...
    def base(self, fact: Any, chat_id: int) -> int | None: ...
    def release(self) -> None: ...


class Order:
    """`heads`: up to which revision each chat has been told here; None while that is being read."""

    def __init__(self, loop: Loop, bus: Bus, source: Source, standing: Standing) -> None:
        self.loop, self.bus, self.source, self.standing = loop, bus, source, standing
        self.workers = Workers(loop, 4)
        self.heads: dict[int, int | None] = {}
        self.held: dict[int, dict[int, Any]] = {}
        self.is_shared = standing.kind != "none"
        self.known: Callable[[int], None] = lambda chat_id: None
        self._mending: set[int] = set()
        self._told: Any = None

    def enter(self, chat_id: int) -> None:
        """Somebody here follows it from now on. Who does so because of a fact knows everything up to that fact."""
        self.heads[chat_id] = None if self._told is None else self.source.base(self._told, chat_id)

    def leave(self, chat_id: int) -> None:
        """Nobody here follows it any more."""
        self.heads.pop(chat_id, None)
        self.held.pop(chat_id, None)

    def take(self, facts: Iterable[Any]) -> None:
        """Tell these as soon as it is their turn."""
        heads = self.heads
        for fact in facts:
            chat_id = getattr(fact, "chat_id", None)
            if chat_id is None or chat_id not in heads:
                self._tell(fact)
                continue
            head, revision = heads[chat_id], fact.revision
            if head is None:
                self._begin(chat_id, fact)
            elif revision == head + 1:
                heads[chat_id] = revision
                self._tell(fact)
                if chat_id in self.held:
                    self._release(chat_id)
            elif revision > head:
                self._hold(chat_id, fact)

    def set_head(self, chat_id: int, revision: int) -> None:
        """From here on facts of this chat are told; what waited may go."""
        self.heads[chat_id] = revision
        self.known(chat_id)
        self._release(chat_id)

    def rewind(self, chat_id: int, revision: int) -> None:
        """The database knows less than was told here: it is another one than before."""
        self.held.pop(chat_id, None)
        self.heads[chat_id] = revision
        self._give_up(chat_id)

    def mend(self, chat_id: int) -> None:
        """Read what is missing behind the head."""
        head = self.heads.get(chat_id)
        if head is not None and chat_id not in self._mending:
            self._mending.add(chat_id)
            self.standing.mended += 1
            self.workers.submit(self._read, chat_id, head, list(self.held.get(chat_id, {}).values()))

    def _tell(self, fact: Any) -> None:
        self._told = fact
        self.bus.deliver((fact,))
        self._told = None

    def _begin(self, chat_id: int, fact: Any) -> None:
        """The head is still being read. Alone in the house, the first fact is it: nothing can overtake it."""
        if self.is_shared:
            self._hold(chat_id, fact)
        else:
            self.heads[chat_id] = fact.revision
            self._tell(fact)

    def _hold(self, chat_id: int, fact: Any) -> None:
        held = self.held.get(chat_id)
        if held is None:
            held = self.held[chat_id] = {}
            self._wait(chat_id)
        held[fact.revision] = fact
        if len(held) > CROWD:
            del self.held[chat_id]
            self.heads[chat_id] = fact.revision
            self._give_up(chat_id)

    def _wait(self, chat_id: int) -> None:
        self.loop.later(PATIENCE if self.standing.is_up else 0.0, self._overdue, chat_id)

    def _overdue(self, chat_id: int) -> None:
        if chat_id in self.held:
            self.mend(chat_id)

    def _release(self, chat_id: int) -> None:
        """Tell what waited and follows now; forget what was told meanwhile."""
        head, held = self.heads.get(chat_id), self.held.get(chat_id)
        if head is None or held is None:
            return
        while (fact := held.pop(head + 1, None)) is not None:
            head = self.heads[chat_id] = head + 1
            self._tell(fact)
        left = {revision: fact for revision, fact in held.items() if revision > head}
        if left and chat_id in self.heads:
            self.held[chat_id] = left
            self._wait(chat_id)
        else:
            self.held.pop(chat_id, None)

    def _read(self, chat_id: int, head: int, held: Sequence[Any]) -> None:
        """In a worker."""
        mended = None
        try:
            mended = self.source.mend(chat_id, head, held)
        except Exception as error:  # the next look tries again
            faults.note(error, "reading what the bus lost")
        self.loop.soon(self._mend_with, chat_id, head, mended)

    def _mend_with(self, chat_id: int, head: int, mended: Mended | None) -> None:
        self._mending.discard(chat_id)
        if mended is None or chat_id not in self.heads:
            return
        if self.heads[chat_id] == head:
            self.heads[chat_id] = max(head, mended.revision)
            for fact in mended.facts:
                self._tell(fact)
            if mended.is_too_much:
                self._give_up(chat_id)
        self._release(chat_id)

    def _give_up(self, chat_id: int) -> None:
        self.standing.given_up += 1
        self.bus.lost([("chat", chat_id)])
