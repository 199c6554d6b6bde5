"""Moments as this wire writes them, RFC 3339 in UTC, and as it lets clients write them."""

import re
from datetime import datetime
from functools import lru_cache
from time import gmtime, strftime

from messenger.core.clock import SECOND
from messenger.core.refusals import Invalid

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
RELAY = "%d:%m:%Y %H:%M"
SHORT = re.compile(r"\d{1,2}:\d{1,2}:\d{4} \d{1,2}:\d{1,2}", re.ASCII)


def written(microseconds: int) -> str:
    """`2026-11-21T08:30:00.123456Z`."""
    seconds, rest = divmod(microseconds, SECOND)
    return f"{_second(seconds)}.{rest:06d}Z"


def written_or_none(microseconds: int | None) -> str | None:
    """The same, or nothing."""
    return None if microseconds is None else written(microseconds)


def moment(value: object, field: str) -> int:
    """Microseconds of an RFC 3339 time. Invalid for anything else."""
    try:
        if isinstance(value, str) and RFC3339.fullmatch(value):
            return int(datetime.fromisoformat(value.upper()).timestamp() * SECOND)
    except (ValueError, OverflowError):
        pass
    raise Invalid("%(name)s must be a time like 2026-11-21T08:30:00Z.", field=field, name=field)


def check_relayed(value: object) -> None:
    """The relay takes `23:12:2023 21:30`, too; the server's own time is used in any case."""
    if isinstance(value, str) and SHORT.fullmatch(value):
        try:
            datetime.strptime(value, RELAY)  # noqa: DTZ007 only its form is of interest
            return
        except ValueError:
            pass
    moment(value, "time")


@lru_cache(maxsize=512)
def _second(seconds: int) -> str:
    """Everything up to the second: the same for all that happens in it."""
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(seconds))
