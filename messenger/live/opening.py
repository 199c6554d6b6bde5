"""What a door decides about who comes in, and how somebody is turned away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Opening:
    """Who comes in, what he hears from the first moment, and what the dialect wants to remember of the request."""

    actor: Any = None
    session_id: int | None = None
    topics: Iterable[tuple[str, int]] = ()
    place: Any = None
    subprotocol: str | None = None
    memory: Any = None
    opened: bool = True


class TurnedAway(Exception):
    """Not let in, for a reason that has nothing to do with who it is."""

    status = 400

    def __init__(self, message: str = "", status: int | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message or "This is not a proper websocket handshake.")
        self.message = str(self)
        self.status = status or self.status
        self.headers = headers or {}


class Crowded(TurnedAway):
    """A cap is reached."""

    status = 503

    def __init__(self, message: str = "Too many connections. Please try again soon.", retry_after: int = 5) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})
        self.retry_after = retry_after


class ForeignOrigin(TurnedAway):
    """A page of another site tried to use the visitor's cookie."""

    status = 403
