"""A fact on its way to mailboxes: encoded once for all readers of a dialect, whoever comes first."""

from collections.abc import Callable
from math import inf
from typing import Any, TypeVar

from messenger.live.frames import encode

Made = TypeVar("Made")


class News:
    """One fact, and the frames made of it so far."""

    __slots__ = ("_frames", "chat_id", "fact", "is_volatile", "revision")

    def __init__(self, fact: Any) -> None:
        self.fact = fact
        self.is_volatile: bool = getattr(fact, "volatile", False)
        # What has no revision is never behind a cursor.
        self.chat_id: int = getattr(fact, "chat_id", 0)
        self.revision: float = getattr(fact, "revision", inf)
        self._frames: dict[Any, Any] = {}

    def frame(self, key: Any, make: Callable[[], str]) -> bytes:
        """The encoded frame for a (dialect, variant); `make` gives its text the first time."""
        frame: bytes | None = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = encode(make())
        return frame

    def kept(self, key: Any, make: Callable[[], Made]) -> Made:
        """What several frames of this fact have in common, made once like them."""
        made: Made | None = self._frames.get(key)
        if made is None:
            made = self._frames[key] = make()
        return made
