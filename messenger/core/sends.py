"""One message on its way in, and the statements that write many of them at once."""

import msgspec

from messenger.core.blocks import MINE, UNREACHABLE
from messenger.core.refusals import Forbidden, Refusal, Unknown
from messenger.core.rows import Insert, Row, Statement
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot

PLACES = Statement(
    """
    SELECT {columns} FROM {wanted} w JOIN chats c ON c.id = w.chat_id
    LEFT JOIN members m ON m.chat_id = c.id AND m.user_id = w.user_id AND m.left_at IS NULL
    LEFT JOIN users o ON c.kind = 'dialog'
        AND o.id = CASE WHEN c.pair_low = w.user_id THEN c.pair_high ELSE c.pair_low END
    LEFT JOIN blocks b ON b.user_id = o.id AND b.blocked_id = w.user_id
    LEFT JOIN blocks d ON d.user_id = w.user_id AND d.blocked_id = o.id
    """,
    columns="c.id, w.user_id, c.position, c.spoken, c.revision, c.archived_at, c.is_public, m.user_id,"
    " m.read_position, o.deleted_at, o.disabled_at, b.blocked_id, c.read_level, c.pair_high - c.pair_low,"
    " d.blocked_id, m.delivered_position, c.delivered_level",
    wanted="chat_id bigint, user_id bigint",
)
REPEATED = Statement(
    "SELECT {columns} FROM {wanted} w JOIN messages m ON m.author_id = w.author_id AND m.client_id = w.client_id",
    columns="m.author_id, m.client_id, m.id, m.fingerprint",
    wanted="author_id bigint, client_id text",
)
STORE = Insert(
    "messages",
    "id bigint, chat_id bigint, position bigint, spoken bigint, born bigint, revision bigint, author_id bigint,"
    " kind text, text text, html text, client_id text, fingerprint text, reply_to_id bigint, created_at bigint,"
    " updated_at bigint",
)
COUNT_ON = Statement(
    """
    UPDATE chats SET position = r.position, spoken = r.spoken, revision = r.revision, active_at = CAST(:now AS bigint)
    FROM {counted} r WHERE chats.id = r.chat_id
    """,
    counted="chat_id bigint, position bigint, spoken bigint, revision bigint",
)
READ_ON = Statement(
    """
    UPDATE members SET read_position = r.position, delivered_position = r.position, read_spoken = r.spoken
    FROM {moved} r WHERE members.chat_id = r.chat_id AND members.user_id = r.user_id
    """,
    moved="chat_id bigint, user_id bigint, position bigint, spoken bigint",
)


class Sending(msgspec.Struct):
    """One message on its way in: checked, rendered, not yet numbered."""

    actor: Actor
    chat: ChatSnapshot
    text: str
    rendered: str | None
    client_id: str | None = None
    fingerprint: str | None = None
    reply_to_id: int | None = None
    attachment_ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    chat_id: int = 0
    awaits_announcement: bool = False

    @property
    def has_extras(self) -> bool:
        """Does it carry or name anything besides its text?"""
        return bool(self.reply_to_id or self.attachment_ids or self.names)


class Counter:
    """Where one chat stands while sends are numbered in it."""

    __slots__ = ("position", "revision", "spoken")

    def __init__(self, position: int, spoken: int, revision: int) -> None:
        self.position, self.spoken, self.revision = position, spoken, revision

    def step(self) -> None:
        """One more message."""
        self.position += 1
        self.spoken += 1
        self.revision += 1


def refusal(place: Row | None) -> Refusal | None:
    """Why this author may not write here."""
    if place is None or place[5] is not None:
        return Unknown("There is no such chat.")
    if place[7] is None:
        return Forbidden("You are not a member of this group.")
    if place[9] is not None or place[10] is not None:
        return Forbidden(UNREACHABLE)
    if place[11] is not None or place[14] is not None:
        return Forbidden(UNREACHABLE if place[11] is not None else MINE)
    return None


def may_raise(place: Row, position: int) -> bool:
    """May the levels rise because this author has now read up to his own message? Only if nobody was behind him.

    In a group of a hundred thousand somebody always is, and looking through all of them is what that costs.
    """
    is_alone: bool = place[13] == 0
    is_lowest: bool = place[8] <= place[12] or place[15] <= place[16]
    return is_alone or (is_lowest and place[8] < position)


def row(sending: Sending, message_id: int, counter: Counter, now: int) -> list[object]:
    """The sending as STORE takes it."""
    return [
        message_id,
        sending.chat_id,
        counter.position,
        counter.spoken,
        counter.revision,
        counter.revision,
        sending.actor.user_id,
        "text",
        sending.text,
        sending.rendered,
        sending.client_id,
        sending.fingerprint,
        sending.reply_to_id,
        now,
        now,
    ]


def snapshot(sending: Sending, message_id: int, counter: Counter, now: int) -> MessageSnapshot:
    """The stored message as everybody will see it."""
    return MessageSnapshot(
        message_id,
        sending.chat,
        counter.position,
        counter.revision,
        sending.actor.person,
        "text",
        sending.text,
        sending.rendered,
        now,
        now,
    )
