"""The kinds of column that the tables share, so that both databases store the same thing."""

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import mapped_column

# SQLite counts rows by itself only for the exact type INTEGER.
Big = BigInteger().with_variant(Integer, "sqlite")

Key = Annotated[int, mapped_column(Big, primary_key=True)]
Number = Annotated[int, mapped_column(Big)]
Moment = Annotated[int, mapped_column(Big)]
Long = Annotated[str, mapped_column(Text)]
Line = Annotated[str, mapped_column(String(255))]
Word = Annotated[str, mapped_column(String(64))]
Short = Annotated[str, mapped_column(String(16))]

UserKey = Annotated[int, mapped_column(Big, ForeignKey("users.id", ondelete="CASCADE"))]
ChatKey = Annotated[int, mapped_column(Big, ForeignKey("chats.id", ondelete="CASCADE"))]
MessageKey = Annotated[int, mapped_column(Big, ForeignKey("messages.id", ondelete="CASCADE"))]
