"""The disk: whether it is kept, and whether there is room."""

import os
from collections.abc import Iterator
from pathlib import Path

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.cli.doctor.sqlite import filesystem_of

# What lies on these goes with the machine.
PASSING = {"tmpfs", "overlay", "ramfs", "aufs", ""}
NO_VOLUMES = {"Heroku", "Cloud Run"}
GIB = 1024**3


def check(patient: Patient) -> Iterator[Fault]:
    """On a platform what is not on a volume is wiped at every restart."""
    settings = patient.settings
    folder = Path(settings.instance_dir)
    if settings.platform:
        if settings.is_sqlite and _is_wiped(patient, folder):
            says = f"The database is a file, and {settings.platform} wipes the disk at every restart."
            yield Fault("database-wiped", says, cures.database())
        if _is_wiped(patient, settings.storage_url):
            says = f"Uploads are files, and {settings.platform} wipes the disk at every restart."
            yield Fault("uploads-wiped", says, cures.bucket("STORAGE_URL"))
        if settings.backup_every and _is_wiped(patient, settings.backup_to):
            says = f"Backups are files, and {settings.platform} wipes the disk at every restart."
            yield Fault("backups-wiped", says, cures.bucket("BACKUP_TO"))
    yield from _room(folder, settings.max_upload_mb)


def _is_wiped(patient: Patient, place: str | Path) -> bool:
    if str(place).startswith("s3://"):
        return False
    kind = filesystem_of(Path(place)) if Path("/") != _mount_of(Path(place)) else ""
    return patient.settings.platform in NO_VOLUMES or kind in PASSING


def _mount_of(path: Path) -> Path:
    path = path.resolve()
    while not os.path.ismount(path):
        path = path.parent
    return path


def _room(folder: Path, max_upload_mb: int) -> Iterator[Fault]:
    while not folder.exists():
        folder = folder.parent
    numbers = os.statvfs(folder)
    free = numbers.f_bavail * numbers.f_frsize
    if free < max(GIB, 4 * max_upload_mb * 1024**2):
        says = f"Only {free / GIB:.1f} GiB are free at {folder}. When the disk is full nothing can be sent."
        lines = ["flask prune --dry-run", "flask storage sweep --dry-run", "df -h"]
        yield Fault("disk-nearly-full", says, cures.here(*lines))
    if numbers.f_files and numbers.f_favail < 10_000:
        says = f"Only {numbers.f_favail} files more can be made at {folder}."
        yield Fault("disk-nearly-full", says, cures.here("df -i", "flask storage sweep --dry-run"))
