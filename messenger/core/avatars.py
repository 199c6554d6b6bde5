"""Pictures of people: a square cut from what they sent, kept like a file without a message while it is worn."""

import hashlib
from pathlib import Path

from sqlalchemy import select, update

from messenger.core import file_names, incoming, people, pictures, profiles
from messenger.core.incoming import Arrived
from messenger.core.models import Attachment, User
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, AttachmentSnapshot, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, storage

KIND = "image/webp"


def choose(actor: Actor, picture: AttachmentSnapshot) -> Person:
    """Wear what was just uploaded. Invalid when it is no picture."""
    arrived = _cut(picture)
    try:
        return wear(actor, arrived, picture.attachment_id)
    except Exception:
        incoming.drop(arrived)
        raise


@verb
def wear(tx: Tx, actor: Actor, arrived: Arrived, original_id: int) -> Person:
    """Note another picture; the one before and the one it was cut from are given up."""
    user = profiles.existing(tx, actor.user_id)
    _give_up(tx, user, original_id)
    tx.add(
        Attachment(
            owner_id=user.id,
            key=arrived.key,
            name=arrived.name,
            size=arrived.size,
            type=arrived.type,
            sha256=arrived.sha256,
            created_at=tx.now,
        )
    )
    user.avatar_key = arrived.key
    return profiles.changed(tx, user)


@verb
def remove(tx: Tx, actor: Actor) -> Person:
    """Wear none."""
    user = profiles.existing(tx, actor.user_id)
    _give_up(tx, user)
    user.avatar_key = None
    return profiles.changed(tx, user)


def key_of(uid: str) -> str:
    """Where this person's picture stands. Unknown when there is none."""
    key = db.session.scalar(select(User.avatar_key).where(User.id == people.by_uid(uid).user_id))
    if key is None:
        raise Unknown("There is no picture.")
    return key


def _give_up(tx: Tx, user: User, *others: int) -> None:
    mine = update(Attachment).where(Attachment.owner_id == user.id, Attachment.message_id.is_(None))
    worn = (Attachment.key == user.avatar_key) | Attachment.id.in_(others)
    tx.execute(mine.where(worn).values(removed_at=tx.now))


def _cut(picture: AttachmentSnapshot) -> Arrived:
    original, square = storage.draft(), storage.draft()
    try:
        with original.open("wb") as file:
            file.writelines(storage.read(picture.key))
        storage.aside(pictures.avatar, original, square)
        return _kept(square)
    finally:
        original.unlink(missing_ok=True)
        square.unlink(missing_ok=True)


def _kept(square: Path) -> Arrived:
    content = square.read_bytes()
    key = file_names.fresh_key("picture.webp", "avatars")
    storage.keep(square, key, KIND)
    mark = hashlib.sha256(content).hexdigest()
    return Arrived(key, None, "picture.webp", len(content), KIND, mark, pictures.AVATAR, pictures.AVATAR)
