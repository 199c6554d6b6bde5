"""What every fact is: a frozen plain value that names the topics it concerns."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

Topic = tuple[str, int]


class Fact(msgspec.Struct, frozen=True, tag_field="fact", tag=True):
    """Something that has happened."""

    volatile: ClassVar[bool] = False

    @property
    def topics(self) -> Iterable[Topic]:
        """Who is concerned."""
        return ()


class ChatFact(Fact, frozen=True):
    """Something that has happened in one chat, at one revision of it."""

    chat_id: int
    revision: int

    @property
    def topics(self) -> Iterable[Topic]:
        return (("chat", self.chat_id),)
