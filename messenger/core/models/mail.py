"""Letters that wait to be sent, and what the server may write to whom."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import Big, Key, Line, Moment, Number, Short, UserKey
from messenger.extensions import Base


class Mailing(Base):
    """What a person wants by mail. `verified_key` is the address that was proven, in its folded form."""

    __tablename__ = "mailings"

    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    verified_key: Mapped[Line | None]
    wants_missed: Mapped[bool] = mapped_column(default=True)
    told_at: Mapped[Moment] = mapped_column(default=0)


class Letter(Base):
    """A mail to be written and sent. No link stands in it: that is made when it leaves."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_sent_at_due_at", "sent_at", "due_at"),
        Index("ix_letters_user_id_kind", "user_id", "kind"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    user_id: Mapped[UserKey]
    kind: Mapped[Short]
    address: Mapped[Line]
    tries: Mapped[Number] = mapped_column(default=0)
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    sent_at: Mapped[Moment | None] = mapped_column(Big)
