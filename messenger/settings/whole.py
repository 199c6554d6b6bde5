"""The settings of one app: the table's values, made whole, and what follows from them."""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from messenger import keepsakes
from messenger.settings import disks
from messenger.settings.table import Table

# One connection writes, one may hear what other workers tell.
BESIDE_READING = 2
HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, repr=False)
class Settings(Table):
    """Frozen and typed. `platform` is the hosting platform we are on, "" on a machine of one's own."""

    platform: str = ""

    @classmethod
    def for_tests(cls, **overrides: Any) -> Self:
        """Settings that read nothing from the environment; without instance_dir they live in a folder of their own."""
        given = {
            "secret_key": "only for tests, nobody else has it",
            "port": 0,
            "registrations_per_hour": 100_000,
            **overrides,
        }
        given.setdefault("instance_dir", tempfile.mkdtemp(prefix="messenger-"))
        return cls(**given).made_whole()

    def made_whole(self) -> Self:
        """Fills what follows from the other values. Makes the secret of a local instance; OSError when it cannot."""
        folder = HOME / self.instance_dir
        return replace(
            self,
            instance_dir=str(folder),
            host=self.host or ("0.0.0.0" if self.platform else "127.0.0.1"),  # noqa: S104 a platform's router stands before it
            database_url=_database(self.database_url or f"sqlite:///{folder / 'messenger.db'}", folder),
            database_replica_url=_database(self.database_replica_url, folder),
            backup_to=self.backup_to or str(folder / "backups"),
            storage_url=self.storage_url or str(folder / "files"),
            secret_key=self.secret_key or ("" if self.platform else keepsakes.kept(folder, "secret_key")),
            log_format=self.log_format or ("json" if self.platform else "console"),
        )

    @property
    def bind(self) -> str:
        """Where gunicorn listens."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, when there is one."""
        path = self.database_url.partition(":///")[2].partition("?")[0]
        return Path(path) if self.is_sqlite and path and path != ":memory:" else None

    @property
    def reading_connections(self) -> int:
        """How many connections one worker reads over: its share of what the database's plan allows."""
        if not self.database_connections:
            return self.database_pool
        return max(1, min(self.database_pool, self.database_connections // self.web_concurrency - BESIDE_READING))

    @property
    def jwt_secret(self) -> bytes:
        """32 bytes that sign session tokens, whatever the length of JWT_KEY."""
        return hashlib.sha256(b"session tokens:" + (self.jwt_key or self.secret_key).encode()).digest()

    @property
    def mark(self) -> str:
        """By which several messengers on one Redis tell apart what is theirs."""
        return hashlib.sha256(b"bus:" + self.secret_key.encode()).hexdigest()[:12]

    @property
    def is_https(self) -> bool:
        """Whether people reach this server by https, as far as BASE_URL tells."""
        return self.base_url.startswith("https://")

    @property
    def host_names(self) -> list[str]:
        """TRUSTED_HOSTS as a list; empty means any."""
        return [name.strip() for name in self.trusted_hosts.split(",") if name.strip()]

    def warnings(self) -> list[str]:
        """What is allowed but should be known, one sentence each."""
        said = []
        if not self.limits:
            said.append("LIMITS=off: every rate and cap is lifted. This is for load tests only.")
        if self.sqlite_path and disks.is_wiped(self.platform, self.sqlite_path.parent, HOME):
            said.append(
                f"The database is a file, and {self.platform} may wipe the disk at every restart. Set DATABASE_URL."
            )
        is_folder = not self.storage_url.startswith("s3://")
        if is_folder and disks.is_wiped(self.platform, HOME / self.storage_url, HOME):
            said.append(
                f"Uploads are files, and {self.platform} may wipe the disk at every restart. Set STORAGE_URL to s3://…."
            )
        return said


def _database(url: str, folder: Path) -> str:
    """As SQLAlchemy wants it: our PostgreSQL driver named, a relative SQLite path under the instance folder."""
    scheme, mark, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and rest[1:2] not in ("", "/", ":"):
        return f"sqlite:///{folder / rest[1:]}"
    return url if mark else ""
