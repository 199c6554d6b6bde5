"""What settings must fulfil beyond their types: each rule is a function that yields mistakes in plain words."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from messenger.settings.redis_address import RedisAddress

if TYPE_CHECKING:
    from messenger.settings.whole import Settings

Rule = Callable[["Settings"], Iterator[str]]
RULES: list[Rule] = []
MAKE_SECRET = "python3 -c 'import secrets; print(secrets.token_hex(32))'"  # noqa: S105 a command, not a secret


def mistakes(settings: "Settings") -> list[str]:
    """Everything that is wrong, in the order of the rules below."""
    return [mistake for rule in RULES for mistake in rule(settings)]


def rule(function: Rule) -> Rule:
    """Adds a rule to the list."""
    RULES.append(function)
    return function


@rule
def the_secret(settings: "Settings") -> Iterator[str]:
    """Long enough, and given where nothing can be kept."""
    if settings.secret_key and len(settings.secret_key.encode()) < 32:
        yield f"SECRET_KEY: must have at least 32 bytes. Make one: {MAKE_SECRET}"
    if not settings.secret_key and settings.platform:
        yield f"SECRET_KEY: must be given on {settings.platform}, which keeps no files. Make one: {MAKE_SECRET}"


@rule
def the_addresses(settings: "Settings") -> Iterator[str]:
    """Every address has a form we can use; what is shown of it holds no password."""
    forms = {
        "HTTP_HOST": (settings.http_host, r"[^\s/]*:\d{1,5}", "must look like :8080 or host:port."),
        "BASE_URL": (settings.base_url, r"https?://[^/\s?#@]+", "must look like https://chat.example.org, no path."),
        "DATABASE_URL": (settings.database_url, r"(sqlite:///|postgres(ql)?(\+psycopg)?://)\S+",
                         "must begin with postgres:// or sqlite:///."),
        "DATABASE_REPLICA_URL": (settings.database_replica_url, r"postgres(ql)?(\+psycopg)?://\S+",
                                 "must begin with postgres://."),
        "REDIS_URL": (settings.redis_url, r"(rediss?(\+sentinel|\+cluster)?|unix)://\S+",
                      "must begin with redis:// or rediss://, or redis+sentinel:// or redis+cluster://."),
        "STORAGE_URL": (settings.storage_url, r"s3://\S+|(?!\w+://).+", "must be a folder or begin with s3://."),
        "BACKUP_TO": (settings.backup_to, r"s3://\S+|(?!\w+://).+", "must be a folder or begin with s3://."),
        "SENTRY_DSN": (settings.sentry_dsn, r"https?://\w+(:\w+)?@\S+/\d+", "must look like https://key@host/number."),
        "SMTP_URL": (settings.smtp_url, r"smtps?://\S+", "must begin with smtp:// or smtps://."),
        "DEFAULT_LANGUAGE": (settings.default_language, r"[a-z]{2,3}([-_][A-Za-z]{2,4})?", "must look like pt-BR."),
    }  # fmt: skip
    for name, (value, form, words) in forms.items():
        if value and not re.fullmatch(form, value):
            yield f"{name}: {words}"


@rule
def the_port_in_http_host(settings: "Settings") -> Iterator[str]:
    """A port has an upper end."""
    port = settings.http_host.rpartition(":")[2]
    if port.isdecimal() and int(port) > 65535:
        yield "HTTP_HOST: the port must lie between 0 and 65535."


@rule
def the_first_administrator(settings: "Settings") -> Iterator[str]:
    """Login and password come together."""
    if bool(settings.admin_login) != bool(settings.admin_password):
        yield "ADMIN_LOGIN and ADMIN_PASSWORD: give both or neither."
    elif settings.admin_password and len(settings.admin_password) < max(8, settings.min_password):
        yield f"ADMIN_PASSWORD: must have at least {max(8, settings.min_password)} characters."


@rule
def the_scraper(settings: "Settings") -> Iterator[str]:
    """A token worth the name."""
    if settings.metrics not in ("off", "local") and len(settings.metrics) < 16:
        yield "METRICS: must be off, local, or a token of at least 16 characters."


@rule
def the_mails(settings: "Settings") -> Iterator[str]:
    """A link in a mail needs an address that no stranger's request can choose."""
    if settings.smtp_url.startswith("smtp") and not settings.base_url:
        yield "SMTP_URL: give BASE_URL, too; the links in mails begin with it."
    if settings.mail_from and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", settings.mail_from):
        yield "MAIL_FROM: must look like chat@example.org."


@rule
def the_workers(settings: "Settings") -> Iterator[str]:
    """Several workers need a database that serves several. PostgreSQL is a bus between them, too, when Redis is not."""
    if settings.web_concurrency > 1 and (not settings.database_url or settings.is_sqlite):
        yield (
            f"WEB_CONCURRENCY={settings.web_concurrency}: SQLite serves one worker only. Set DATABASE_URL=postgres://… "
            "to a PostgreSQL server, over which the workers hear of each other, too; or WEB_CONCURRENCY=1."
        )


@rule
def the_connections(settings: "Settings") -> Iterator[str]:
    """Each worker needs one connection to read, one to write, and perhaps one to hear the others."""
    least = 3 * settings.web_concurrency
    if 0 < settings.database_connections < least:
        yield f"DATABASE_CONNECTIONS: {settings.web_concurrency} workers need at least {least}, or fewer workers."


@rule
def the_replica(settings: "Settings") -> Iterator[str]:
    """Only a copy of the same database is of use."""
    if settings.database_replica_url.startswith("postgres") and (not settings.database_url or settings.is_sqlite):
        yield "DATABASE_REPLICA_URL: only PostgreSQL has replicas. Set DATABASE_URL to the primary server, too."


@rule
def the_redis(settings: "Settings") -> Iterator[str]:
    """What its address says of TLS and of Sentinels."""
    if re.match(r"rediss?(\+\w+)?://", settings.redis_url):
        with suppress(ValueError):  # it cannot be taken apart, which the next rule says
            yield from [f"REDIS_URL: {words}" for words in RedisAddress(settings.redis_url).mistakes()]


@rule
def the_database_host(settings: "Settings") -> Iterator[str]:
    """A database address that cannot be taken apart is said now, not at the first query."""
    for name in ("DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL"):
        scheme, mark, rest = getattr(settings, name.lower()).partition("://")
        # A Redis cluster and Sentinels are named by several places, with commas between them.
        places = [rest] if "+" not in scheme else rest.rpartition("@")[2].partition("/")[0].split(",")
        try:
            for place in places:
                urlsplit(f"{scheme}{mark}{place}").port  # noqa: B018 reading it is the check
        except ValueError:
            yield f"{name}: the port is not a number; a special character in the password must be written as %XX."
