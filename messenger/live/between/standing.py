"""How the bus stands: up or lost and since when, and what it has carried. Plain numbers, for /readyz and metrics."""

import logging
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

log = logging.getLogger("messenger.bus")


@dataclass(slots=True)
class Standing:
    """Written in turns of the loop only, but for `published` and `dropped`."""

    kind: str = "none"
    is_up: bool = False
    # How long the last sign of life took from here to here.
    lag_seconds: float = 0.0
    others: int = 0
    published: int = 0
    heard: int = 0
    # What could not be told to the others: the bus was down, or something was too large for it.
    dropped: int = 0
    # How often something was missing, and was read in the database.
    mended: int = 0
    # How often followers had to be asked to come anew.
    given_up: int = 0
    losses: int = 0
    changed: float = 0.0
    was_said: bool = False

    def came_up(self) -> None:
        """It carries, from now on or again."""
        if self.is_up:
            return
        if self.was_said:
            log.info("the %s bus is back after %.1f s", self.kind, monotonic() - self.changed)
        else:
            log.info("the %s bus is up", self.kind)
        self.is_up, self.was_said, self.changed = True, False, monotonic()

    def went_down(self, why: str) -> None:
        """It carries no more; said once, however often it is tried again."""
        if self.is_up or not self.was_said:
            self.losses += 1
            self.changed = monotonic()
            log.warning("the %s bus is lost (%s): what other workers store is read from the database", self.kind, why)
        self.is_up, self.was_said = False, True

    def figures(self) -> dict[str, Any]:
        """All of it by name."""
        figures = asdict(self)
        del figures["was_said"], figures["changed"]
        return figures
