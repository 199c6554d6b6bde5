"""The storage: a file goes in, comes out the same, and goes; and what the rows know is there."""

import os
from collections.abc import Iterator
from uuid import uuid4

from sqlalchemy import select

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Cure, Fault
from messenger.cli.doctor.patient import Patient
from messenger.core.models import Attachment
from messenger.core.storage import Missing, Storage
from messenger.extensions import db

LOOKED_AT = 50


def check(patient: Patient) -> Iterator[Fault]:
    """Through the server's own storage."""
    stored: Storage = patient.app.extensions["storage"]
    try:
        is_same = _goes_round(stored)
    except Exception as error:
        says = f"Files cannot be stored ({type(error).__name__}: {_brief(error)})."
        yield Fault("storage-refuses", says, _cure(patient))
        return
    if not is_same:
        yield Fault("storage-differs", "What is stored comes back as something else.", _cure(patient))
    if patient.fits and (lost := _lost(stored)):
        says = f"{lost} of the newest {LOOKED_AT} files are not in the storage: is STORAGE_URL the right one?"
        yield Fault("files-missing", says, cures.here("flask storage show", "flask storage move --from OLD_PLACE"))


def _goes_round(stored: Storage) -> bool:
    key, content = f"probe-{uuid4().hex}", os.urandom(1024)
    draft = stored.draft()
    try:
        draft.write_bytes(content)
        stored.keep(draft, key, "application/octet-stream")
        return b"".join(stored.read(key)) == content
    finally:
        draft.unlink(missing_ok=True)
        stored.drop(key)


def _lost(stored: Storage) -> int:
    rows = select(Attachment.key).where(Attachment.removed_at.is_(None)).order_by(Attachment.id.desc())
    lost = 0
    for key in db.session.scalars(rows.limit(LOOKED_AT)):
        try:
            stored.size(key)
        except Missing:
            lost += 1
    db.session.remove()
    return lost


def _cure(patient: Patient) -> list[Cure]:
    place = patient.settings.storage_url
    if place.startswith("s3://"):
        return cures.bucket("STORAGE_URL")
    return cures.here(f"mkdir -p {place} && chown -R $(id -un) {place} && chmod 700 {place}")


def _brief(error: Exception) -> str:
    """Without an address, in which a key may stand."""
    words = getattr(error, "strerror", None) or str(error).partition("://")[0]
    return " ".join(words.split())[:120]
