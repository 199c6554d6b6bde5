"""Who else on this machine could read what nobody else should."""

import os
from collections.abc import Iterator
from pathlib import Path

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.settings.whole import HOME

OTHERS = 0o077


def check(patient: Patient) -> Iterator[Fault]:
    """The secret, the file of settings, and the folder in which all lies."""
    folder = Path(patient.settings.instance_dir)
    for name, path in (
        ("secret-readable", folder / "secret_key"),
        ("env-readable", HOME / patient.environ.get("ENV_FILE", ".env")),
    ):
        if path.is_file() and path.stat().st_mode & OTHERS:
            yield Fault(name, f"{path} can be read by others on this machine.", cures.here(f"chmod 600 {path}"))
    if folder.is_dir() and folder.stat().st_mode & OTHERS:
        says = f"{folder}, where the database and the files lie, is open to others on this machine."
        yield Fault("instance-readable", says, cures.here(f"chmod 700 {folder}"))
    if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
        yield Fault(
            "instance-closed", f"{folder} cannot be written by this user.", cures.here(f"chown -R $(id -un) {folder}")
        )
