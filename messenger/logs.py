"""Log lines to stdout, as JSON or for the console, with the request's id and without secrets."""

import logging.config
import re
import sys
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import structlog

from messenger.settings import Settings

HIDDEN = "***"
# How many lines of each level this process has written; for metrics.
LINES: Counter[str] = Counter()
# Words after which a value is nobody's business; what people write counts among them.
SECRET_WORD = re.compile(
    r"pass(word|wd)?$|passphrase|secret|token|authorization|cookie|^jwt|api_?key|^(text|body|message_body|content)$",
    re.IGNORECASE,
)
NAMED = r"""((?i:token|jwt|password|\bpass|secret|signature|invitation|_key)["']?\s*[=:]\s*["']?)[^\s&"',;}]+"""
SECRET_TEXT = (
    (re.compile(NAMED), rf"\1{HIDDEN}"),
    (re.compile(r"((?i:bearer)\s*)[\w.~+/=-]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"(\w://[^:/?#\s@]*:)[^@/\s]+@"), rf"\1{HIDDEN}@"),
)
# gunicorn quotes what it could not read, and that may be anything that somebody wrote.
QUOTED = re.compile(r"(Invalid request from ip=\S+: [A-Za-z ]+).*", re.DOTALL)


def configure(settings: Settings) -> None:
    """Sends every logger of this process, ours and the libraries', through the same end."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.config.dictConfig(dictionary(settings))


def beside_answers() -> None:
    """A command answers on stdout; what is logged meanwhile goes to stderr, so that a program can read the answer."""
    for end in logging.getLogger().handlers:
        if type(end) is logging.StreamHandler:
            end.setStream(sys.__stderr__)


def dictionary(settings: Settings) -> dict[str, Any]:
    """For logging.config, and for gunicorn's logconfig_dict."""
    level = settings.log_level.upper()
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _formatter, "as_json": settings.log_format == "json"}},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
        "root": {"level": level, "handlers": ["stdout"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": level, "handlers": [], "propagate": True},
            "alembic": quiet, "botocore": quiet, "urllib3": quiet, "werkzeug": quiet if level != "DEBUG" else {},
            # SQLAlchemy names its loggers by the class, so our pool's chatter stands under our own name.
            "messenger.core.pool.Pool": quiet,
        },
    }  # fmt: skip


def unquoted(words: str) -> str:
    """What is wrong with bytes that are no request, without the bytes."""
    return QUOTED.sub(r"\1", words)


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes secrets out of an event, whoever put them in."""
    return {name: HIDDEN if SECRET_WORD.search(str(name)) and value else _clean(value) for name, value in event.items()}


def count(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """One line more of its level."""
    LINES[str(event.get("level", "info"))] += 1
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, instead in SECRET_TEXT:
            value = pattern.sub(instead, value)
    elif isinstance(value, dict):
        return redact(None, "", value)
    elif isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    elif isinstance(value, bytes):
        return HIDDEN
    return value


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(as_json: bool) -> logging.Formatter:
    colors, plain = sys.stdout.isatty(), structlog.dev.plain_traceback
    last: Any = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)
    if as_json:
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            count,
            last,
        ],
    )
