"""Errors nobody expected, logged with where they happened but without their words, which may quote a message."""

import logging
import traceback

log = logging.getLogger("messenger.live")


def note(error: BaseException, where: str) -> None:
    """One log entry: the kinds of errors, each with its lines of code."""
    lines = []
    cause: BaseException | None = error
    while cause is not None:
        lines += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__module__}.{type(cause).__qualname__}\n"]
        cause = cause.__cause__ or cause.__context__
    log.error("%s failed\n%s", where, "".join(lines).rstrip())


def is_refusal(error: object) -> bool:
    """Whether an error is a polite no, which the dialect knows how to say."""
    return isinstance(error, Exception) and hasattr(error, "status")
