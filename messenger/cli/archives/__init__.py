"""flask backup and flask restore: everything this server keeps, in one archive, and back."""

from messenger.cli.archives.backup import backup
from messenger.cli.archives.restore import restore

__all__ = ["backup", "restore"]
