"""What carries letters between processes, as the bus sees it; Redis and PostgreSQL stand beside."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

# Every worker hears this one.
WORKERS = "workers"


class Heard(NamedTuple):
    """A letter that came, or with none the news that a channel is heard from now on."""

    channel: str
    letter: bytes | None


class Transport(Protocol):
    """`hear` waits in one thread, `send`, `subscribe`, `unsubscribe` in another. All raise when it is broken."""

    kind: str
    # The largest letter, in bytes.
    most: int
    # Whether there is one channel for everything, which nobody has to subscribe to.
    is_common: bool

    def open(self) -> None: ...
    def close(self) -> None: ...
    def subscribe(self, channels: Sequence[str]) -> None: ...
    def unsubscribe(self, channels: Sequence[str]) -> None: ...
    def hear(self, seconds: float) -> Iterable[Heard]: ...
    def send(self, letters: Sequence[tuple[str, bytes]]) -> None: ...
