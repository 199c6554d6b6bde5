"""Chats and the people in them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import Big, ChatKey, Key, Line, Long, Moment, Number, Short, UserKey
from messenger.extensions import Base


class Chat(Base):
    """Where messages stand: a dialog of two people, or a group.

    `position` counts the messages, `spoken` those that people wrote, `revision` everything that ever changed here;
    `delivered_level` and `read_level` are the lowest positions over its members, from which every status follows;
    `leveled` is the revision at which they last rose, `changed` the one at which its name or openness last changed.
    """

    __tablename__ = "chats"
    __table_args__ = (
        UniqueConstraint("pair_low", "pair_high"),
        CheckConstraint("(kind = 'dialog') = (pair_low IS NOT NULL)", name="dialog_has_pair"),
        Index("ix_chats_is_public_active_at", "is_public", "active_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    kind: Mapped[Short]
    name: Mapped[Line] = mapped_column(default="")
    about: Mapped[Long] = mapped_column(default="")
    avatar_key: Mapped[Line | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    pair_low: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id"))
    pair_high: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id"), index=True)
    position: Mapped[Number] = mapped_column(default=0)
    spoken: Mapped[Number] = mapped_column(default=0)
    revision: Mapped[Number] = mapped_column(default=0)
    changed: Mapped[Number] = mapped_column(default=0)
    delivered_level: Mapped[Number] = mapped_column(default=0)
    read_level: Mapped[Number] = mapped_column(default=0)
    leveled: Mapped[Number] = mapped_column(default=0)
    created_at: Mapped[Moment]
    active_at: Mapped[Moment]
    archived_at: Mapped[Moment | None] = mapped_column(Big)


class Member(Base):
    """A person in a chat: his role, how far he has come, and how he likes to see it.

    Who has left keeps his row, so that the cursor can tell it; `left_at` says since when.
    """

    __tablename__ = "members"
    __table_args__ = (
        Index("ix_members_user_id_left_at", "user_id", "left_at"),
        Index("ix_members_chat_id_revision", "chat_id", "revision"),
    )

    chat_id: Mapped[ChatKey] = mapped_column(primary_key=True)
    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    role: Mapped[Short] = mapped_column(default="member")
    joined_at: Mapped[Moment]
    left_at: Mapped[Moment | None] = mapped_column(Big)
    delivered_position: Mapped[Number] = mapped_column(default=0)
    read_position: Mapped[Number] = mapped_column(default=0)
    read_spoken: Mapped[Number] = mapped_column(default=0)
    born: Mapped[Number] = mapped_column(default=0)
    revision: Mapped[Number] = mapped_column(default=0)
    changed_at: Mapped[Moment] = mapped_column(default=0)
    muted_until: Mapped[Moment | None] = mapped_column(Big)
    pinned_at: Mapped[Moment | None] = mapped_column(Big)
    notify: Mapped[Short] = mapped_column(default="all")
    draft: Mapped[Long] = mapped_column(default="")
    draft_at: Mapped[Moment | None] = mapped_column(Big)

    @property
    def is_in(self) -> bool:
        """Is this person a member now?"""
        return self.left_at is None
