"""People, the devices they are signed in with, and whom they let in or keep out."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from messenger.core.models.columns import Big, Key, Line, Long, Moment, Short, UserKey, Word
from messenger.extensions import Base


class User(Base):
    """A person. `login_key` and `email_key` are the folded forms that must be unique, of the deleted too."""

    __tablename__ = "users"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    uid: Mapped[Word] = mapped_column(unique=True)
    login: Mapped[Word]
    login_key: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    first_name: Mapped[Line | None]
    last_name: Mapped[Line | None]
    email: Mapped[Line | None]
    email_key: Mapped[Line | None] = mapped_column(unique=True)
    password_hash: Mapped[Line | None]
    about: Mapped[Long] = mapped_column(default="")
    avatar_key: Mapped[Line | None]
    is_admin: Mapped[bool] = mapped_column(default=False)
    shows_receipts: Mapped[bool] = mapped_column(default=True)
    shows_presence: Mapped[bool] = mapped_column(default=True)
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    seen_at: Mapped[Moment | None] = mapped_column(Big)
    disabled_at: Mapped[Moment | None] = mapped_column(Big)
    deleted_at: Mapped[Moment | None] = mapped_column(Big)

    @property
    def is_active(self) -> bool:
        """May this person sign in?"""
        return self.disabled_at is None and self.deleted_at is None


class Session(Base):
    """One signed-in device or client. Only a hash of its token's id is kept."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user_id_ended_at", "user_id", "ended_at"),
        Index("ix_sessions_ended_at", "ended_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    user_id: Mapped[UserKey]
    token_hash: Mapped[Word] = mapped_column(unique=True)
    door: Mapped[Word]
    user_agent: Mapped[Line] = mapped_column(default="")
    address: Mapped[Word] = mapped_column(default="")
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None] = mapped_column(Big)
    # Since when a browser must bring its token under the name that nobody else can set.
    bound_at: Mapped[Moment | None] = mapped_column(Big)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def is_open(self, at: int) -> bool:
        """Does this session still let its person in at that moment?"""
        return self.ended_at is None and at < self.expires_at and self.user.is_active


class Invitation(Base):
    """A code that lets somebody register, or brings him into a group as well."""

    __tablename__ = "invitations"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    code_hash: Mapped[Word] = mapped_column(unique=True)
    note: Mapped[Line] = mapped_column(default="")
    made_by: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    chat_id: Mapped[int | None] = mapped_column(Big, ForeignKey("chats.id", ondelete="CASCADE"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment | None] = mapped_column(Big)
    revoked_at: Mapped[Moment | None] = mapped_column(Big)
    uses_left: Mapped[int]

    def is_valid(self, at: int) -> bool:
        """Does it still open the door at that moment?"""
        return self.revoked_at is None and self.uses_left > 0 and (self.expires_at is None or at < self.expires_at)


class PushSubscription(Base):
    """Where a browser of a person can be reached while no page is open."""

    __tablename__ = "push_subscriptions"
    __table_args__ = (Index("ix_push_subscriptions_user_id", "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    user_id: Mapped[UserKey]
    session_id: Mapped[int] = mapped_column(Big, ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[Long] = mapped_column(unique=True)
    p256dh: Mapped[Line]
    auth: Mapped[Line]
    kind: Mapped[Short] = mapped_column(default="web")
    created_at: Mapped[Moment]
    failed_at: Mapped[Moment | None] = mapped_column(Big)


class Block(Base):
    """One person does not want to hear from another."""

    __tablename__ = "blocks"

    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    blocked_id: Mapped[UserKey] = mapped_column(primary_key=True, index=True)
    created_at: Mapped[Moment]
