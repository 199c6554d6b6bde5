"""Files of messages: taken in, found again by those who may see them, given up. Their bytes stand in the storage."""

from collections.abc import Iterable, Iterator, Mapping
from typing import IO

import msgspec
from sqlalchemy import select, update

from messenger.core import file_names, history, incoming, quota, signed
from messenger.core.incoming import Arrived
from messenger.core.loading import attachment_snapshot
from messenger.core.models import Attachment
from messenger.core.numbers import is_id
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, AttachmentSnapshot
from messenger.core.storage.base import CHUNK
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, storage

SIGNED_ROOT = "/mediafiles/"
SIGNED_MINUTES = 24 * 60
GONE = "There is no such file."


def receive(
    actor: Actor, name: object, stream: Iterable[bytes] | IO[bytes], declared_size: int | None = None
) -> AttachmentSnapshot:
    """Store a file of the actor's that no message carries yet; give its id to `messages.send(attachment_ids=…)`.

    The stream, an open file or chunks, is written as it comes. TooLarge, Blank for an empty one, NoSpace.
    """
    if declared_size is not None:
        quota.check_one(declared_size)
    quota.check(db.session, actor.user_id, declared_size or 1)
    room = quota.left(db.session, actor.user_id)
    db.session.remove()
    arrived = incoming.take(file_names.shown(name), _chunks(stream), declared_size or 0, room)
    try:
        return store(actor, arrived)
    except Exception:
        incoming.drop(arrived)
        raise


@verb
def store(tx: Tx, actor: Actor, arrived: Arrived) -> AttachmentSnapshot:
    """Note a file whose bytes are in the storage. TooLarge when the actor's files take too much together."""
    quota.check(tx, actor.user_id, arrived.size)
    row = Attachment(owner_id=actor.user_id, place=0, created_at=tx.now, **msgspec.structs.asdict(arrived))
    tx.add(row)
    tx.flush()
    return attachment_snapshot(row)


@verb
def discard(tx: Tx, actor: Actor, attachment_ids: Iterable[int]) -> None:
    """Give up files that no message carries. Harmless for all others."""
    rows = update(Attachment).where(Attachment.id.in_(list(attachment_ids)), Attachment.message_id.is_(None))
    tx.execute(rows.where(Attachment.owner_id == actor.user_id).values(removed_at=tx.now))


def readable(actor: Actor, attachment_id: int) -> AttachmentSnapshot:
    """A file that the actor may see now: his own until it is sent, then every reader's of its chat. Unknown."""
    row = db.session.get(Attachment, attachment_id) if is_id(attachment_id) else None
    return _shown_to(actor, row)


def readable_at(actor: Actor, path: str) -> AttachmentSnapshot:
    """The same, for the address that `signed_path` gives out."""
    return _shown_to(actor, _at(path))


def of_signed(path: str, query: Mapping[str, str]) -> AttachmentSnapshot:
    """The file at an address that `signed_path` gave out, without asking who comes. Unknown when that is over."""
    signed.check(path, query)
    row = _at(path)
    if row is None or row.removed_at is not None:
        raise Unknown(GONE)
    return attachment_snapshot(row)


def signed_path(attachment: AttachmentSnapshot, minutes: int = SIGNED_MINUTES) -> str:
    """`/mediafiles/attachments/2026/14/17/<uuid4>.jpg?…`, which opens by itself for so many minutes."""
    path = SIGNED_ROOT + attachment.key
    return f"{path}?{signed.query(path, minutes)}"


def size_words(size: int | None) -> str:
    """`0kb`, `86.73KB`, `2.40MB`."""
    # QUIRK(netrox): the small letters of nothing, and kilobytes up to a whole megabyte.
    if not size:
        return "0kb"
    kilobytes = size / 1024
    return f"{kilobytes:.2f}KB" if kilobytes <= 1024 else f"{kilobytes / 1024:.2f}MB"


def drop_bytes(key: str, thumbnail_key: str | None) -> None:
    """Forget what the storage holds of one file."""
    storage.drop(key)
    if thumbnail_key:
        storage.drop(thumbnail_key)


def _chunks(stream: Iterable[bytes] | IO[bytes]) -> Iterator[bytes]:
    """An open file would come in lines, and a line may be as long as the file."""
    read = getattr(stream, "read", None)
    return iter(stream) if read is None else iter(lambda: read(CHUNK), b"")


def _at(path: str) -> Attachment | None:
    key = path.removeprefix(SIGNED_ROOT)
    return db.session.scalar(select(Attachment).where(Attachment.key == key))


def _shown_to(actor: Actor, row: Attachment | None) -> AttachmentSnapshot:
    if row is None or row.removed_at is not None:
        raise Unknown(GONE)
    is_own = row.message_id is None and row.owner_id == actor.user_id
    if not is_own and (row.chat_id is None or not history.may_read(db.session, actor.user_id, row.chat_id)):
        raise Unknown(GONE)
    return attachment_snapshot(row)
