"""How far everybody in a chat has come: the lowest positions over its members, from which every status follows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec

from messenger.core import sketches
from messenger.core.facts import StatusChanged
from messenger.core.rows import Statement, hold
from messenger.core.snapshots import Status
from messenger.core.verbs import Tx

# Who keeps it to himself what he has read counts as not having read in a dialog, and not at all in a group.
LOWEST = Statement(
    """
    SELECT {columns} FROM (
        SELECT c.id, c.delivered_level, c.read_level, c.revision,
            MIN(m.delivered_position) AS delivered,
            COALESCE(MIN(CASE WHEN u.shows_receipts THEN m.read_position WHEN c.kind = 'dialog' THEN 0 END), 0) AS read
        FROM {wanted} w JOIN chats c ON c.id = w.chat_id
        JOIN members m ON m.chat_id = c.id AND m.left_at IS NULL JOIN users u ON u.id = m.user_id
        GROUP BY c.id, c.delivered_level, c.read_level, c.revision
    ) AS lowest WHERE delivered > delivered_level OR read > read_level ORDER BY id
    """,
    columns="id, delivered_level, read_level, revision, delivered, read",
    wanted="chat_id bigint",
)
RAISE = Statement(
    """
    UPDATE chats SET delivered_level = r.delivered, read_level = r.read, revision = r.revision, leveled = r.revision
    FROM {raised} r WHERE chats.id = r.chat_id
    """,
    raised="chat_id bigint, delivered bigint, read bigint, revision bigint",
)
STANDING_THERE = Statement(
    """
    SELECT {columns} FROM {wanted} w JOIN messages m ON m.chat_id = w.chat_id AND m.position = w.position
    """,
    columns="m.chat_id, m.position, m.id",
    wanted="chat_id bigint, position bigint",
)

WRITERS_IN_GROUPS = Statement(
    """
    SELECT {columns} FROM (
        SELECT DISTINCT w.chat_id, w.is_read, m.author_id FROM {wanted} w
        JOIN messages m ON m.chat_id = w.chat_id AND m.position > w.low AND m.position <= w.high
    ) AS writers ORDER BY author_id
    """,
    columns="chat_id, is_read, author_id",
    wanted="chat_id bigint, is_read bigint, low bigint, high bigint",
)
# Of two people it is soon found out whether each has written, however long the stretch is.
WRITERS_IN_DIALOGS = Statement(
    """
    SELECT {columns} FROM (
        SELECT w.chat_id, w.is_read, p.user_id FROM {wanted} w JOIN members p ON p.chat_id = w.chat_id
        WHERE EXISTS (
            SELECT 1 FROM messages m WHERE m.chat_id = w.chat_id AND m.position > w.low AND m.position <= w.high
            AND m.author_id = p.user_id
        )
    ) AS writers ORDER BY user_id
    """,
    columns="chat_id, is_read, user_id",
    wanted="chat_id bigint, is_read bigint, low bigint, high bigint",
)


class Level(msgspec.Struct, frozen=True):
    """The lowest positions of one chat."""

    delivered: int
    read: int

    def status(self, position: int) -> Status:
        """How far the message at this position has come."""
        if position <= self.read:
            return "read"
        return "delivered" if position <= self.delivered else "sent"


class Rise(msgspec.Struct, frozen=True):
    """How far one chat has come, and how far it had before."""

    chat_id: int
    delivered: int
    read: int
    revision: int
    old_delivered: int
    old_read: int


def rise(tx: Tx, chat_ids: Iterable[int]) -> None:
    """See whether everybody in these chats has come further, and tell it."""
    wanted = [[chat_id] for chat_id in sorted(set(chat_ids))]
    risen: list[Rise] = []
    if not wanted:
        return
    # Whoever counts a chat on holds its row: two processes must not give out the same revision.
    hold(tx, [row[0] for row in wanted])
    for chat_id, old_delivered, old_read, revision, delivered, read in LOWEST.fetch(tx, wanted=wanted):
        read = max(read, old_read)
        risen.append(Rise(chat_id, max(delivered, old_delivered, read), read, revision + 1, old_delivered, old_read))
    if risen:
        RAISE.run(tx, raised=[[r.chat_id, r.delivered, r.read, r.revision] for r in risen])
        _announce(tx, risen)


def _announce(tx: Tx, risen: Sequence[Rise]) -> None:
    places = [[r.chat_id, place] for r in risen for place in {r.delivered, r.read}]
    ids = {(chat_id, position): message_id for chat_id, position, message_id in STANDING_THERE.fetch(tx, wanted=places)}
    known = sketches.of(tx, [r.chat_id for r in risen])
    writers = _writers(tx, risen, {r.chat_id for r in risen if known[r.chat_id].pair})
    for r in risen:
        tx.announce(
            StatusChanged(
                r.chat_id,
                r.revision,
                known[r.chat_id],
                r.delivered,
                r.read,
                ids.get((r.chat_id, r.delivered)),
                ids.get((r.chat_id, r.read)),
                tuple(writers[r.chat_id, 0]),
                tuple(writers[r.chat_id, 1]),
            )
        )


def _writers(tx: Tx, risen: Sequence[Rise], dialogs: Collection[int]) -> dict[tuple[int, int], list[int]]:
    """Who wrote what has been received (0) and read (1) by everybody only now, by chat."""
    stretches = [[r.chat_id, 0, r.old_delivered, r.delivered] for r in risen if r.old_delivered < r.delivered]
    stretches += [[r.chat_id, 1, r.old_read, r.read] for r in risen if r.old_read < r.read]
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for statement, is_dialog in ((WRITERS_IN_DIALOGS, True), (WRITERS_IN_GROUPS, False)):
        if wanted := [stretch for stretch in stretches if (stretch[0] in dialogs) is is_dialog]:
            for chat_id, is_read, author_id in statement.fetch(tx, wanted=wanted):
                found[chat_id, is_read].append(author_id)
    return found
