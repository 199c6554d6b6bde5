"""What the server itself keeps: its own keys, what people reported, and who changed what."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import Big, Key, Line, Long, Moment, UserKey, Word
from messenger.extensions import Base


class Keepsake(Base):
    """A small named thing that the server must find again after a restart."""

    __tablename__ = "keepsakes"

    name: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[Long]
    kept_at: Mapped[Moment]


class Report(Base):
    """Somebody tells the administrator about a message or a person."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_closed_at_created_at", "closed_at", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    reporter_id: Mapped[UserKey]
    about_user_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(Big, ForeignKey("messages.id", ondelete="SET NULL"))
    reason: Mapped[Long]
    resolution: Mapped[Long] = mapped_column(default="", server_default="")
    created_at: Mapped[Moment]
    closed_at: Mapped[Moment | None] = mapped_column(Big)
    closed_by: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))


class AuditEntry(Base):
    """An administrator or a command changed something that concerns others. No actor: a command, or one who is gone."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_created_at", "created_at"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    actor_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    deed: Mapped[Word]
    object: Mapped[Line]
    address: Mapped[Word] = mapped_column(default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[Moment]
