"""What was sent in a chat besides words, by kind and newest first, a page at a time."""

from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, and_, not_, or_, select

from messenger.core.loading import attachment_snapshot
from messenger.core.models import Attachment, Message
from messenger.core.numbers import place
from messenger.core.snapshots import AttachmentSnapshot, ChatSnapshot
from messenger.extensions import db

Kind = Literal["pictures", "recordings", "others"]

PICTURE: ColumnElement[bool] = and_(Attachment.type.startswith("image/"), Attachment.width.is_not(None))
RECORDING: ColumnElement[bool] = or_(Attachment.type.startswith("audio/"), Attachment.type.startswith("video/"))
KINDS: dict[Kind, ColumnElement[bool]] = {
    "pictures": PICTURE,
    "recordings": RECORDING,
    "others": and_(not_(PICTURE), not_(RECORDING)),
}
PAGE = 24
# What the sheet beside a chat begins with.
FEW: dict[Kind, int] = {"pictures": 9, "recordings": 4, "others": 4}


class Piece(msgspec.Struct, frozen=True):
    """One file, and the message that carries it."""

    file: AttachmentSnapshot
    message_id: int
    sent_at: int


class Wall(msgspec.Struct, frozen=True):
    """A page of one kind; `older` names the last piece when there are more."""

    kind: Kind
    pieces: list[Piece]
    older: int | None


def wall(chat: ChatSnapshot, kind: Kind, before: int | None = None, limit: int = PAGE) -> Wall:
    """The newest of a kind, or those sent before that piece."""
    rows = (
        select(Attachment, Message.created_at)
        .join(Message, Message.id == Attachment.message_id)
        .where(Attachment.chat_id == chat.chat_id, Attachment.removed_at.is_(None), KINDS[kind])
    )
    if before is not None:
        rows = rows.where(Attachment.id < place(before))
    found = db.session.execute(rows.order_by(Attachment.id.desc()).limit(limit + 1)).tuples().all()
    pieces = [Piece(attachment_snapshot(row), row.message_id or 0, at) for row, at in found[:limit]]
    return Wall(kind, pieces, pieces[-1].file.attachment_id if len(found) > limit else None)


def few(chat: ChatSnapshot) -> list[Wall]:
    """The newest of each kind that there is."""
    walls = (wall(chat, kind, limit=limit) for kind, limit in FEW.items())
    return [one for one in walls if one.pieces]
