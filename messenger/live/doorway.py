"""What stands where a socket will be, while its handshake is not answered yet."""

from typing import Any


class Doorway:
    """Whoever is sent away already, because the server restarts or his session ended, is not let in at all."""

    __slots__ = ("code",)

    def __init__(self) -> None:
        self.code = 0

    def close(self, code: int, reason: str = "") -> None:
        """He shall not come in."""
        self.code = code

    def send(self, frame: bytes, receipt: Any = None) -> None:
        """Nothing is said before the handshake."""

    def resume(self) -> None:
        """Nothing is heard before it."""
