"""What a person proves himself with besides his password."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import Big, Key, Moment, Number, UserKey, Word
from messenger.extensions import Base


class SecondFactor(Base):
    """An authenticator app. Until `confirmed_at` it is only being set up, and no code is asked for.

    `used_step` is the half minute of the last code that was taken: none is taken twice.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[UserKey] = mapped_column(primary_key=True)
    secret: Mapped[Word]
    used_step: Mapped[Number] = mapped_column(default=0)
    created_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None] = mapped_column(Big)


class RecoveryCode(Base):
    """One of the codes that open once when the authenticator is lost. Only a hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_user_id", "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    user_id: Mapped[UserKey]
    code_hash: Mapped[Word]
    used_at: Mapped[Moment | None] = mapped_column(Big)
