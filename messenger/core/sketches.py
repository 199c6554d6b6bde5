"""Chats drawn with few lines: enough to know which one is meant, for many of them in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any

from messenger.core.rows import Statement
from messenger.core.snapshots import ChatSnapshot, Person
from messenger.core.verbs import Tx

SKETCH = Statement(
    """
    SELECT {columns} FROM {wanted} w JOIN chats c ON c.id = w.chat_id
    LEFT JOIN users a ON a.id = c.pair_low LEFT JOIN users b ON b.id = c.pair_high
    """,
    columns="c.id, c.kind, c.name, c.is_public, c.created_at,"
    " a.id, a.uid, a.login, a.name, b.id, b.uid, b.login, b.name",
    wanted="chat_id bigint",
)


def of(tx: Tx, chat_ids: Iterable[int]) -> dict[int, ChatSnapshot]:
    """These chats, their people by name and login only."""
    wanted = [[chat_id] for chat_id in sorted(set(chat_ids))]
    return {row[0]: _sketch(row) for row in SKETCH.fetch(tx, wanted=wanted)} if wanted else {}


def _sketch(row: Sequence[Any]) -> ChatSnapshot:
    chat_id, kind, name, is_public, created_at, *people = row
    pair = None if people[0] is None else (Person(*people[:4]), Person(*people[4:]))
    return ChatSnapshot(chat_id, kind, name, bool(is_public), pair, created_at)
