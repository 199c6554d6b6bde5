"""What the settings say about sockets, read once. Any object with some of these attributes will do."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which sockets are served, with their defaults."""

    limits: bool = True
    sockets_per_user: int = 10
    sockets_per_address: int = 50
    sockets_total: int = 3800
    max_frame_kb: int = 64
    messages_per_second: float = 10
    messages_burst: float = 30
    ping_seconds: float = 25
    write_seconds: float = 10
    closing_seconds: float = 3
    frames_waiting: int = 32
    frames_unsent: int = 256
    bytes_unsent: int = 1024 * 1024
    news_waiting: int = 4096
    slow_workers: int = 32
    handshakes_at_once: int = 32

    @classmethod
    def of(cls, settings: Any) -> Self:
        """Those of a settings object; what it does not name keeps its default."""
        return cls(**{name: getattr(settings, name) for name in cls.__slots__ if hasattr(settings, name)})

    @property
    def max_frame_bytes(self) -> int:
        """The largest message of a client."""
        return self.max_frame_kb * 1024
