"""The one table of variables: type, default, group, what each is for. Documents and .env.example are made from it."""

from dataclasses import dataclass, field
from typing import Any

SERVER, KEPT, DOOR = "Where it listens", "Where things are kept", "Who may come in"
LIMIT, ENGINE, LOOKS = "How much is allowed", "The engine room", "How it looks and speaks"


def _is(default: Any, group: str, about: str, **more: Any) -> Any:
    """One variable. more: secret, choices, least, most, shown (the default in words)."""
    return field(default=default, repr=False, metadata={"group": group, "about": about, **more})


@dataclass(frozen=True, repr=False)
class Table:
    """The field `port` is the variable PORT, and so on."""

    host: str = _is("", SERVER, "Address to listen on.", shown="127.0.0.1; on a hosting platform 0.0.0.0")
    port: int = _is(8000, SERVER, "Port to listen on; 0 takes any free one.", least=0, most=65535)
    http_host: str = _is("", SERVER, "Address and port in one, as `:8080` or `host:port`; HOST and PORT win over it.")
    base_url: str = _is("", SERVER, "The address people type, `https://chat.example.org`; for links in mails.")
    trusted_proxies: int = _is(0, SERVER, "How many proxies in front set X-Forwarded headers.", least=0, most=10)
    trusted_hosts: str = _is("", SERVER, "Host names this server answers to, separated by commas.", shown="any")
    web_concurrency: int = _is(1, SERVER, "Worker processes. More than one needs PostgreSQL.", least=1, most=64)

    instance_dir: str = _is("instance", KEPT, "Folder of a local server: its secret, its database, its files.")
    database_url: str = _is("", KEPT, "SQLite or PostgreSQL, as `postgres://user:password@host/name`.", secret=True,
                            shown="SQLite in the instance folder")  # fmt: skip
    database_replica_url: str = _is("", KEPT, "A read-only PostgreSQL copy, for what may be a moment old.", secret=True)
    database_pool: int = _is(10, KEPT, "Database connections kept per worker for reading.", least=1, most=200)
    database_connections: int = _is(0, KEPT, "Connections that the database's plan allows this server in all; "
                                    "the workers share them. 0: as many as DATABASE_POOL says.", least=0)  # fmt: skip
    redis_url: str = _is("", KEPT, "Redis or Valkey between workers and machines, as `redis://host:6379/0`, "
                         "`redis+sentinel://host:26379,host:26379/name` or `redis+cluster://host:7000,host:7001`; "
                         "by TLS with `rediss` in front, see docs/deploy.md.", secret=True,
                         shown="none; PostgreSQL carries the news then")  # fmt: skip
    storage_url: str = _is("", KEPT, "Where files live: a folder, or `s3://key:secret@host/bucket`.", secret=True,
                           shown="files/ in the instance folder")  # fmt: skip

    backup_to: str = _is("", KEPT, "Where backups go: a folder, or `s3://key:secret@host/bucket`.", secret=True,
                         shown="backups/ in the instance folder")  # fmt: skip
    backup_every: int = _is(0, KEPT, "Hours between two backups that the server makes by itself; 0 makes none.",
                            least=0, most=8760)  # fmt: skip
    backup_keep: int = _is(7, KEPT, "How many of the newest backups are kept; 0 keeps all.", least=0)

    secret_key: str = _is("", DOOR, "At least 32 random bytes; signs what the server hands out, seals what it keeps.",
                          secret=True,
                          shown="made and kept in the instance folder; on a platform: required")  # fmt: skip
    jwt_key: str = _is("", DOOR, "Signs session tokens; any length.", secret=True, shown="derived from SECRET_KEY")
    jwt_exp: int = _is(120, DOOR, "Minutes until a flash_chat token expires.", least=1, most=525_600)
    registration: str = _is("open", DOOR, "Who may make an account.", choices=("open", "invite", "closed"))
    admin_login: str = _is(
        "",
        DOOR,
        "Login of an administrator made at the first start.",
        shown="none; the address printed at the start makes one",
    )
    admin_password: str = _is("", DOOR, "Password of that administrator.", secret=True)
    min_password: int = _is(
        3, DOOR, "Shortest password the protocols take; the web form asks for 8.", least=1, most=128
    )

    max_upload_mb: int = _is(25, LIMIT, "Largest file, in MiB.", least=1, most=10_240)
    quota_mb: int = _is(1024, LIMIT, "Files of one person together, in MiB; 0 is no limit.", least=0)
    retention_days: int = _is(0, LIMIT, "Days after which messages are deleted; 0 keeps them.", least=0)
    limits: bool = _is(True, LIMIT, "`off` lifts every rate and cap, for load tests only.")
    registrations_per_hour: int = _is(30, LIMIT, "Accounts made from one network address in an hour.", least=1)
    messages_per_second: int = _is(10, LIMIT, "Messages a person may send per second, in the long run.", least=1)
    messages_burst: int = _is(30, LIMIT, "Messages a person may send at once.", least=1)
    sockets_per_user: int = _is(10, LIMIT, "Open sockets of one person.", least=1)
    sockets_per_address: int = _is(50, LIMIT, "Open sockets from one network address.", least=1)
    sockets_total: int = _is(3800, LIMIT, "Open sockets of one worker.", least=1, most=100_000)
    head_seconds: int = _is(
        65, LIMIT, "Seconds a connection may be silent, or take to say whom it wants.", least=1, most=3600
    )
    body_seconds: int = _is(
        30, LIMIT, "Seconds for a request's body, and one more for every 16 KiB that came.", least=1, most=3600
    )
    max_frame_kb: int = _is(64, LIMIT, "Largest websocket message, in KiB.", least=1, most=1024)

    ping_seconds: int = _is(25, ENGINE, "Seconds between two pings of a silent socket.", least=1, most=50)
    writer_queue: int = _is(5000, ENGINE, "Changes that may wait before the server says it is busy.", least=1)
    writer_group: int = _is(1000, ENGINE, "Changes that share one commit at most.", least=1, most=5000)
    log_level: str = _is("info", ENGINE, "How much is logged.", choices=("debug", "info", "warning", "error"))
    log_format: str = _is(
        "", ENGINE, "How log lines look.", choices=("console", "json"), shown="console; on a hosting platform json"
    )
    metrics: str = _is("off", ENGINE, "/metrics: `off`, `local` (asked from this machine only), or the token a scraper "
                       "must show.", secret=True)  # fmt: skip
    sentry_dsn: str = _is("", ENGINE, "Where errors are reported to, in Sentry's way: `https://key@host/number`.",
                          secret=True)  # fmt: skip
    smtp_url: str = _is("", ENGINE, "Mail server, as `smtp://user:password@host:587`.", secret=True)
    mail_from: str = _is(
        "", ENGINE, "Whom mails come from, as `chat@example.org`.", shown="no-reply@ the host of BASE_URL"
    )
    missed_mail_minutes: int = _is(
        30, ENGINE, "After how many minutes a mail tells of unread messages; 0: never.", least=0
    )

    site_name: str = _is("Messenger", LOOKS, "The name on the welcome page and in the browser's tab.")
    default_language: str = _is("en", LOOKS, "Language when the browser asks for none we have, as `en`.")

    def __repr__(self) -> str:
        """Says which settings there are, and of a secret only whether it is set."""
        return f"{type(self).__name__}({', '.join(f'{name}={shown!r}' for name, shown in self.spoken())})"

    def spoken(self) -> list[tuple[str, Any]]:
        """Names and values as they may be shown to people: secrets masked."""
        return [(name, self._masked(name)) for name in self.__dataclass_fields__]

    def _masked(self, name: str) -> Any:
        secret = self.__dataclass_fields__[name].metadata.get("secret")
        return ("***" if getattr(self, name) else "") if secret else getattr(self, name)
