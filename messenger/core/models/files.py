"""Files that people send. The bytes stand in the storage; here is what is known about them."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import Big, Key, Line, Moment, Number, UserKey, Word
from messenger.extensions import Base


class Attachment(Base):
    """One uploaded file. Until a message carries it, only its owner can see it, and a sweep may take it away."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_message_id_place", "message_id", "place"),
        Index("ix_attachments_owner_id_created_at", "owner_id", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    owner_id: Mapped[UserKey]
    message_id: Mapped[int | None] = mapped_column(Big, ForeignKey("messages.id", ondelete="SET NULL"))
    chat_id: Mapped[int | None] = mapped_column(Big, ForeignKey("chats.id", ondelete="SET NULL"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    key: Mapped[Line] = mapped_column(unique=True)
    thumbnail_key: Mapped[Line | None]
    name: Mapped[Line]
    size: Mapped[Number]
    type: Mapped[Line]
    sha256: Mapped[Word]
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[float | None]
    created_at: Mapped[Moment]
    removed_at: Mapped[Moment | None] = mapped_column(Big, index=True)
