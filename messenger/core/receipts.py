"""How far people have come in their chats: what has reached them, what they have read. Only ever forward.

Receipts are gathered for a moment and written together: a thousand readers of one message make one write.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from messenger.core import levels, sketches
from messenger.core.facts import ReadMoved
from messenger.core.numbers import place
from messenger.core.refusals import Overloaded, Refusal
from messenger.core.rows import Statement
from messenger.core.snapshots import Actor, ChatSnapshot
from messenger.core.verbs import Tx, grouped, nobody, verb

# A position beyond the chat's end counts as its end. The messages' own counts say how many were read of those written.
MOVES = Statement(
    """
    SELECT {columns} FROM (
        SELECT w.chat_id, w.user_id, MAX(w.delivered) AS delivered, MAX(w.read) AS read FROM {wanted} w
        GROUP BY w.chat_id, w.user_id
    ) AS w
    JOIN members m ON m.chat_id = w.chat_id AND m.user_id = w.user_id AND m.left_at IS NULL
    JOIN chats c ON c.id = w.chat_id
    LEFT JOIN messages r ON r.chat_id = w.chat_id
        AND r.position = CASE WHEN w.read > c.position THEN c.position ELSE w.read END
    WHERE w.read > m.read_position OR w.delivered > m.delivered_position
    """,
    columns="w.chat_id, w.user_id, w.delivered, w.read, m.delivered_position, m.read_position, m.read_spoken,"
    " c.position, c.spoken, c.delivered_level, c.read_level, r.spoken",
    wanted="chat_id bigint, user_id bigint, delivered bigint, read bigint",
)
MOVE = Statement(
    """
    UPDATE members SET delivered_position = r.delivered, read_position = r.read, read_spoken = r.spoken
    FROM {moved} r WHERE members.chat_id = r.chat_id AND members.user_id = r.user_id
    """,
    moved="chat_id bigint, user_id bigint, delivered bigint, read bigint, spoken bigint",
)


# A tick comes at once to the eye; where hundreds come in every moment they are gathered for longer.
GATHER_SECONDS, RUSH_SECONDS = 0.05, 0.2
RUSH = 50


class Receipt(msgspec.Struct, frozen=True):
    """A person has come so far in a chat."""

    chat_id: int
    user_id: int
    delivered: int
    read: int


class Loop(Protocol):
    """What receipts need of the loop."""

    def later(self, seconds: float, function: Callable[..., Any], *args: Any) -> Any: ...


def _single(receipts: Sequence[Receipt]) -> Sequence[Receipt]:
    return receipts


@grouped(_single)
def note(tx: Tx, several: Sequence[Sequence[Receipt]]) -> list[None]:
    """Write down how far people have come."""
    wanted = [[r.chat_id, r.user_id, max(r.delivered, r.read), r.read] for receipts in several for r in receipts]
    moved, raised, read_on = [], set(), []
    for row in MOVES.fetch(tx, wanted=wanted):
        chat_id, user_id, delivered, read, old_delivered, old_read, old_spoken, end, spoken_end, *rest = row
        delivered, read = max(old_delivered, min(delivered, end)), max(old_read, min(read, end))
        spoken = max(old_spoken, rest[2] or 0)
        moved.append([chat_id, user_id, delivered, read, spoken])
        if old_delivered <= rest[0] or old_read <= rest[1]:
            raised.add(chat_id)
        if read > old_read:
            read_on.append((chat_id, user_id, read, spoken_end - spoken))
    if moved:
        MOVE.run(tx, moved=moved)
        levels.rise(tx, raised)
        _tell_devices(tx, read_on)
    return [None] * len(several)


@verb
def look(tx: Tx, chat_ids: Iterable[int]) -> None:
    """See whether everybody in these chats has come further."""
    levels.rise(tx, chat_ids)


class Receipts:
    """Gathers receipts for a moment, so that many become one write. Lives in the turns of the loop."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.waiting: dict[tuple[int, int], list[int]] = {}
        self.looked_at: set[int] = set()
        self.pause = GATHER_SECONDS

    def add(self, user_id: int, chat_id: int, delivered: int, read: int = 0) -> None:
        """A person has come so far; written within a fifth of a second."""
        if not self.waiting:
            self.loop.later(self.pause, self.write)
        known = self.waiting.get((chat_id, user_id))
        if known is None:
            self.waiting[chat_id, user_id] = [delivered, read]
        else:
            known[0], known[1] = max(known[0], delivered), max(known[1], read)

    def look(self, chat_ids: Iterable[int]) -> None:
        """See soon whether everybody in these chats has come further."""
        if not self.looked_at:
            self.loop.later(self.pause, self._look)
        self.looked_at.update(chat_ids)

    def _look(self) -> None:
        chat_ids, self.looked_at = self.looked_at, set()
        try:
            look.submit(chat_ids, then=nobody)
        except Overloaded:
            self.look(chat_ids)

    def write(self) -> None:
        """Hand over what was gathered. What the writer cannot take is gathered again."""
        gathered, self.waiting = self.waiting, {}
        self.pause = RUSH_SECONDS if len(gathered) > RUSH else GATHER_SECONDS
        several = [Receipt(chat_id, user_id, *moved) for (chat_id, user_id), moved in gathered.items()]
        try:
            note.submit(several, then=lambda outcome: self._again(several, outcome))
        except Overloaded as overloaded:
            self._again(several, overloaded)

    def _again(self, several: Sequence[Receipt], outcome: object) -> None:
        if isinstance(outcome, Refusal):
            for receipt in several:
                self.add(receipt.user_id, receipt.chat_id, receipt.delivered, receipt.read)


def read(actor: Actor, chat: ChatSnapshot, position: int) -> None:
    """The actor has read up to there; waits until it is written."""
    if chat.chat_id is not None:
        note([Receipt(chat.chat_id, actor.user_id, place(position), place(position))])


def delivered(actor: Actor, farthest: Mapping[int, int]) -> None:
    """The actor has received so far in each of these chats; waits until it is written."""
    note([Receipt(chat_id, actor.user_id, position, 0) for chat_id, position in farthest.items()])


def _tell_devices(tx: Tx, read_on: Sequence[tuple[int, int, int, int]]) -> None:
    known = sketches.of(tx, {row[0] for row in read_on})
    for chat_id, user_id, position, unread in read_on:
        tx.announce(ReadMoved(user_id, known[chat_id], position, unread))
