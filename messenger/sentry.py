"""Errors, reported to Sentry when SENTRY_DSN names one: what failed and where in the code, never what people wrote."""

import importlib
import logging
import traceback
from collections.abc import Mapping
from typing import Any

from messenger.settings import Settings
from messenger.version import VERSION

log = logging.getLogger("messenger.sentry")

FRAME = ("module", "function", "lineno", "in_app", "filename")
KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")


def install(settings: Settings) -> None:
    """Begin to report, from this process. The library is loaded only here."""
    if not settings.sentry_dsn:
        return
    try:
        sdk = importlib.import_module("sentry_sdk")
        listening = importlib.import_module("sentry_sdk.integrations.logging")
    except ImportError:
        log.warning("SENTRY_DSN is set, but sentry-sdk is not installed: nothing is reported")
        return
    sdk.init(
        dsn=settings.sentry_dsn,
        release=f"messenger@{VERSION}",
        environment=settings.platform or "own",
        # Nothing is looked at but what we log as an error ourselves: no request, no body, no breadcrumb.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[listening.LoggingIntegration(level=None, event_level=logging.ERROR)],
        include_local_variables=False,
        send_default_pii=False,
        max_breadcrumbs=0,
        server_name="",
        before_send=scrubbed,
    )


def scrubbed(event: Mapping[str, Any], hint: Any = None) -> dict[str, Any]:
    """What is left of an event: kinds of errors and lines of code. Words of an error may quote a message or a token."""
    kept: dict[str, Any] = {name: event[name] for name in KEPT if name in event}
    values = [_error(error) for error in event.get("exception", {}).get("values", ())] or _carried(hint)
    kept["exception"] = {"values": values}
    if not values:
        # A line that is no exception: which logger said it, and from which place in the code that is known there.
        kept["message"] = f"an error was logged by {event.get('logger', 'somebody')}"
    return kept


def _carried(hint: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Our own lines carry their exception among their words, where the library does not look."""
    words = getattr((hint or {}).get("log_record"), "msg", None)
    said = words.get("exc_info") if isinstance(words, dict) else None
    error = said[1] if isinstance(said, tuple) else said
    found: list[dict[str, Any]] = []
    while isinstance(error, BaseException):
        found.insert(0, _of(error))
        error = error.__cause__ or error.__context__
    return found


def _of(error: BaseException) -> dict[str, Any]:
    frames = [
        {
            "module": frame.f_globals.get("__name__", ""),
            "function": frame.f_code.co_name,
            "lineno": line,
            "in_app": str(frame.f_globals.get("__name__", "")).startswith("messenger"),
        }
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    kind = type(error)
    return {"type": kind.__name__, "module": kind.__module__, "value": "", "stacktrace": {"frames": frames}}


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", ())
    lines = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    return {"type": error.get("type"), "module": error.get("module"), "value": "", "stacktrace": {"frames": lines}}
