"""What time it is: whole microseconds since 1970, UTC. Every dialect writes them in its own way."""

from datetime import UTC, datetime
from time import time_ns

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def now() -> int:
    """The present moment in microseconds."""
    return time_ns() // 1_000


def moment(microseconds: int) -> datetime:
    """The same moment as a datetime in UTC, exact to the microsecond."""
    seconds, rest = divmod(microseconds, SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
