"""SQLite: durable, whole, and on a disk of this machine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.core import database
from messenger.core.database import NotDurable
from messenger.extensions import writer

MOUNTS = Path("/proc/self/mounts")
FAR = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "glusterfs", "fuse.glusterfs"}
# Reading a larger file wholly would take minutes.
READ_WHOLLY = 2 * 1024**3
OLDEST = (3, 35, 0)
RESTORE = ["flask restore latest --force"]


def check(patient: Patient) -> Iterator[Fault]:
    """Only where there is a file."""
    path = patient.settings.sqlite_path
    if path is None:
        return
    if sqlite3.sqlite_version_info < OLDEST:
        says = f"SQLite {sqlite3.sqlite_version} is too old; {'.'.join(map(str, OLDEST))} is needed."
        yield Fault("sqlite-old", says, cures.here("install Python 3.11 or newer from python.org, or use PostgreSQL"))
    if (kind := filesystem_of(path.parent)) in FAR:
        says = f"The database lies on a network share ({kind}), where its lock does not hold: it will break."
        yield Fault("sqlite-far", says, cures.setting("INSTANCE_DIR", "/var/lib/messenger"))
    if path.exists():
        yield from _whole(path)


def _whole(path: Path) -> Iterator[Fault]:
    try:
        database.check_durable(writer.engine)
    except NotDurable as reason:
        yield Fault("sqlite-forgets", str(reason), cures.setting("INSTANCE_DIR", "/var/lib/messenger"))
    except Exception:
        return  # it cannot be opened, which the schema has said
    if path.stat().st_size > READ_WHOLLY:
        return
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA query_only=ON")
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        yield Fault("sqlite-damaged", f"The database file is damaged: {verdict}.", cures.here(*RESTORE))


def filesystem_of(folder: Path) -> str:
    """The kind of disk a folder lies on, as far as this system tells."""
    best, kind = "", ""
    for line in MOUNTS.read_text().splitlines() if MOUNTS.exists() else ():
        point, sort = line.split(" ")[1:3]
        point = point.replace("\\040", " ")
        if folder.resolve().is_relative_to(point) and len(point) >= len(best):
            best, kind = point, sort
    return kind
