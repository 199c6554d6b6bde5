"""Keys that live in people's phones, laptops and security keys, and open their account without a password."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from messenger.core.models.columns import Big, Key, Line, Long, Moment, Number, UserKey
from messenger.extensions import Base


class Passkey(Base):
    """One of them: only its public half is here. `uses` is its own count, by which a copy would show."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("ix_passkeys_user_id", "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    user_id: Mapped[UserKey]
    name: Mapped[Line]
    credential: Mapped[Long] = mapped_column(unique=True)
    public_key: Mapped[Long]
    uses: Mapped[Number] = mapped_column(default=0)
    created_at: Mapped[Moment]
    used_at: Mapped[Moment | None] = mapped_column(Big)
