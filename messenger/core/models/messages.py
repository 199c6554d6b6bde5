"""Messages and what hangs on them."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import (
    Big,
    ChatKey,
    Key,
    Line,
    Long,
    MessageKey,
    Moment,
    Number,
    Short,
    UserKey,
    Word,
)
from messenger.core.models.partial import partial
from messenger.extensions import Base


class Message(Base):
    """One utterance at its place in a chat. `html` is None where the text needs no rendering.

    `born` is the revision at which it was written, `revision` the one of its last change.
    `fingerprint` tells a repeated send of the same thing from another one under the same client id.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("chat_id", "position"),
        UniqueConstraint("author_id", "client_id"),
        # Only what changed after it was written: the rest is found by its position, and each send has one index less.
        partial("ix_messages_chat_id_revision", "chat_id", "revision", rows="revision > born"),
        partial("ix_messages_reply_to_id", "reply_to_id", rows="reply_to_id IS NOT NULL"),
        partial("ix_messages_chat_id_pinned_at", "chat_id", "pinned_at", rows="pinned_at IS NOT NULL"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    chat_id: Mapped[ChatKey]
    position: Mapped[Number]
    spoken: Mapped[Number]
    born: Mapped[Number]
    revision: Mapped[Number]
    author_id: Mapped[int] = mapped_column(Big, ForeignKey("users.id"))
    kind: Mapped[Short] = mapped_column(default="text")
    text: Mapped[Long]
    html: Mapped[Long | None]
    event: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    client_id: Mapped[Word | None]
    fingerprint: Mapped[Word | None]
    reply_to_id: Mapped[int | None] = mapped_column(Big, ForeignKey("messages.id", ondelete="SET NULL"))
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    edited_at: Mapped[Moment | None] = mapped_column(Big)
    deleted_at: Mapped[Moment | None] = mapped_column(Big)
    pinned_at: Mapped[Moment | None] = mapped_column(Big)
    announced_at: Mapped[Moment | None] = mapped_column(Big)

    @property
    def is_deleted(self) -> bool:
        """Is only the tombstone left?"""
        return self.deleted_at is not None


class Edition(Base):
    """What a message said before it was edited."""

    __tablename__ = "editions"
    __table_args__ = (Index("ix_editions_message_id", "message_id"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    message_id: Mapped[MessageKey]
    text: Mapped[Long]
    html: Mapped[Long | None]
    written_at: Mapped[Moment]


class Reaction(Base):
    """One emoji of one person under one message."""

    __tablename__ = "reactions"

    message_id: Mapped[MessageKey] = mapped_column(primary_key=True)
    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    emoji: Mapped[Word] = mapped_column(primary_key=True)
    created_at: Mapped[Moment]


class Mention(Base):
    """A message names a person of its chat."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_user_id_chat_id_position", "user_id", "chat_id", "position"),)

    message_id: Mapped[MessageKey] = mapped_column(primary_key=True)
    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    chat_id: Mapped[ChatKey]
    position: Mapped[Number]


class Star(Base):
    """A message that somebody wants to find again."""

    __tablename__ = "stars"

    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    message_id: Mapped[MessageKey] = mapped_column(primary_key=True, index=True)
    created_at: Mapped[Moment]
    note: Mapped[Line] = mapped_column(default="")
