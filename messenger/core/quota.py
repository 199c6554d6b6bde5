"""How much one person may keep here: every file that he sent and nobody has deleted counts."""

from sqlalchemy import func, select

from messenger.core.database import Reading
from messenger.core.models import Attachment
from messenger.core.refusals import TooLarge
from messenger.extensions import settings

MIB = 1024 * 1024


def used(session: Reading, user_id: int) -> int:
    """Bytes of this person's files together."""
    total = select(func.coalesce(func.sum(Attachment.size), 0))
    return int(session.scalar(total.where(Attachment.owner_id == user_id, Attachment.removed_at.is_(None))) or 0)


def left(session: Reading, user_id: int) -> int | None:
    """Bytes that this person may still send; None when nobody counts."""
    limit: int = settings.quota_mb * MIB
    return max(0, limit - used(session, user_id)) if limit else None


def check(session: Reading, user_id: int, more: int) -> None:
    """TooLarge when so many bytes more are too many."""
    check_left(left(session, user_id), more)


def check_left(room: int | None, more: int) -> None:
    """The same, where the room is known."""
    if room is not None and more > room:
        raise TooLarge(
            "Your files may take %(limit)s MiB together, and this one does not fit any more. "
            "Delete messages with files that you no longer need.",
            field="file",
            limit=settings.quota_mb,
        )


def check_one(size: int) -> None:
    """TooLarge when one file is bigger than the server takes."""
    if size > settings.max_upload_mb * MIB:
        raise TooLarge("A file may have %(limit)s MiB at most.", field="file", limit=settings.max_upload_mb)
