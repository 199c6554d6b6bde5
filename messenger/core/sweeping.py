"""What the storage need not hold any longer: files of deleted messages and people, and broken uploads."""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice

import msgspec
from sqlalchemy import ColumnElement, delete, select, update

from messenger.core import attachments, chats, clock, messages
from messenger.core.facts import MessageEdited
from messenger.core.models import Attachment, Message, User
from messenger.core.pace import Pace
from messenger.core.refusals import Unknown
from messenger.core.storage import Entry
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, storage
from messenger.live.loop import Loop

log = logging.getLogger("messenger.sweeping")

EVERY = 15.0
BATCH = 200
# An upload whose message never came, a draft nobody writes on, bytes no row knows: a slow sender may need so long.
STALE_SECONDS = 3600
OURS = re.compile(r"(attachments|avatars)/\d{4}/\d{2}/\d{2}/[0-9a-f-]{36}(-thumbnail)?\.[a-z0-9]{1,8}")
# More unknown files than this, and more unknown than known: that is no litter, that is another server's storage.
MANY = 20

_GONE = select(User.id).where(User.deleted_at.is_not(None))


class Suspicious(Exception):
    """Most of what is stored is unknown to this database: one of the two is the wrong one, and nothing was swept."""


class Swept(msgspec.Struct):
    """How much was swept, or would be."""

    files: int = 0
    orphans: int = 0
    drafts: int = 0


def sweep_files() -> int:
    """Give up what nobody can see any more, and forget the bytes and rows of everything given up."""
    give_up_strays()
    while give_up_files_of_the_gone():
        pass
    swept = 0
    while doomed := _doomed(BATCH):
        for _, key, thumbnail_key in doomed:
            attachments.drop_bytes(key, thumbnail_key)
        forget([attachment_id for attachment_id, _, _ in doomed])
        swept += len(doomed)
    return swept


def sweep_orphans(is_forced: bool = False) -> int:
    """Forget bytes that no row knows. Suspicious when that would be most of them, unless forced."""
    orphans = find_orphans(is_forced)
    for key in orphans:
        storage.drop(key)
    return len(orphans)


def find_orphans(is_forced: bool = False) -> list[str]:
    """Their keys. What does not look like ours is not ours to touch."""
    found: list[str] = []
    seen = 0
    for batch in _batches(entry for entry in storage.entries() if OURS.fullmatch(entry.key)):
        seen += len(batch)
        known = _known([entry.key for entry in batch])
        found += [entry.key for entry in batch if entry.key not in known and _is_stale(entry)]
    if len(found) > MANY and len(found) * 2 > seen and not is_forced:
        raise Suspicious(f"{len(found)} of {seen} stored files are unknown to this database; nothing was swept.")
    return found


def find_doomed() -> int:
    """How many files `sweep_files` would forget now."""
    gone = _is_stray(clock.now()) | Attachment.owner_id.in_(_GONE)
    doomed = select(Attachment.id).where(Attachment.removed_at.is_not(None) | gone)
    return len(db.session.scalars(doomed).all())


@verb
def give_up_strays(tx: Tx) -> None:
    """Uploads that no message took within an hour."""
    strays = update(Attachment).where(Attachment.removed_at.is_(None), _is_stray(tx.now))
    tx.execute(strays.values(removed_at=tx.now).execution_options(synchronize_session=False))


@verb
def give_up_files_of_the_gone(tx: Tx) -> int:
    """What closed accounts had sent: their words stay, their files go. Returns for how many messages, up to a batch."""
    theirs = select(Attachment).where(Attachment.owner_id.in_(_GONE), Attachment.removed_at.is_(None))
    files = tx.scalars(theirs.order_by(Attachment.chat_id, Attachment.message_id).limit(BATCH)).all()
    for file in files:
        file.removed_at = tx.now
    tx.flush()
    for message_id in dict.fromkeys(file.message_id for file in files if file.message_id):
        _redraw(tx, message_id)
    return len(files)


@verb
def forget(tx: Tx, attachment_ids: list[int]) -> None:
    """The last that was known of files whose bytes are gone."""
    tx.execute(delete(Attachment).where(Attachment.id.in_(attachment_ids), Attachment.removed_at.is_not(None)))


class Sweeper:
    """Sweeps while the server runs: files often enough that deleted means gone within a minute, litter hourly."""

    def __init__(self, loop: Loop, context: Callable[[], AbstractContextManager[object]]) -> None:
        self.loop = loop
        self.context = context
        self.litter_at = time.monotonic() + 60

    def start(self) -> None:
        """Begin; ends with the loop."""
        self.loop.later(EVERY, self.loop.spawn, self._sweep)

    def _sweep(self) -> None:
        try:
            with self.context():
                sweep_files()
                if time.monotonic() > self.litter_at:
                    self.litter_at = time.monotonic() + STALE_SECONDS
                    storage.sweep_desk(STALE_SECONDS)
                    sweep_orphans()
        except Exception:
            # A storage that cannot be reached now will be swept later.
            log.warning("sweeping failed", exc_info=True)
        finally:
            self.start()


def _is_stray(now: int) -> ColumnElement[bool]:
    worn = select(User.avatar_key).where(User.avatar_key.is_not(None))
    is_old = Attachment.created_at < now - STALE_SECONDS * clock.SECOND
    return Attachment.message_id.is_(None) & is_old & Attachment.key.not_in(worn)


def _redraw(tx: Tx, message_id: int) -> None:
    """The message without its files: its text, or only its tombstone."""
    message = tx.get(Message, message_id)
    if message is None or message.is_deleted:
        return
    try:
        chat = chats.locked(tx, message.chat_id)
    except Unknown:
        return  # nobody is in it any more
    tx.refresh(message)
    if message.text.strip():
        messages.changed(tx, chat, message, MessageEdited)
    else:
        messages.erased(tx, chat, message)


def _doomed(limit: int) -> list[tuple[int, str, str | None]]:
    rows = select(Attachment.id, Attachment.key, Attachment.thumbnail_key).where(Attachment.removed_at.is_not(None))
    found = [(row.id, row.key, row.thumbnail_key) for row in db.session.execute(rows.limit(limit))]
    db.session.remove()
    return found


def _known(keys: list[str]) -> set[str]:
    originals = db.session.scalars(select(Attachment.key).where(Attachment.key.in_(keys)))
    thumbnails = db.session.scalars(select(Attachment.thumbnail_key).where(Attachment.thumbnail_key.in_(keys)))
    known = {*originals, *(key for key in thumbnails if key)}
    db.session.remove()
    return known


def _is_stale(entry: Entry) -> bool:
    return time.time() - entry.changed_at > STALE_SECONDS


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    walk, pace = iter(entries), Pace()
    while batch := list(islice(walk, BATCH)):
        yield batch
        pace.breathe()
