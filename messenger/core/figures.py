"""How much there is and how much goes on: people, messages, files, and where most is said."""

from typing import Any

from sqlalchemy import Integer, cast, func, select, text

from messenger.core import clock
from messenger.core.models import Attachment, Chat, Message, Session, User
from messenger.extensions import db

LARGEST = 10


def people() -> dict[str, int]:
    """How many there are, and how many were here within a day, a week and a month."""
    now, here = clock.now(), User.deleted_at.is_(None)
    found = {"all": _count(select(func.count(User.id)).where(here))}
    for name, days in (("day", 1), ("week", 7), ("month", 30)):
        seen = select(func.count(User.id)).where(here, User.seen_at > now - days * clock.DAY)
        found[f"active_{name}"] = _count(seen)
    found["disabled"] = _count(select(func.count(User.id)).where(here, User.disabled_at.is_not(None)))
    open_ones = select(func.count(Session.id)).where(Session.ended_at.is_(None), Session.expires_at > now)
    return found | {"sessions": _count(open_ones)}


def messages_per_day(days: int) -> list[dict[str, Any]]:
    """How many were written on each of the last days (UTC), oldest first."""
    today = clock.now() // clock.DAY
    day = cast(Message.created_at / clock.DAY, Integer) if _is_sqlite() else func.div(Message.created_at, clock.DAY)
    rows = select(day, func.count()).where(Message.created_at >= (today - days + 1) * clock.DAY, Message.kind == "text")
    counts = {int(number): count for number, count in db.session.execute(rows.group_by(day))}
    return [
        {"day": f"{clock.moment(number * clock.DAY):%Y-%m-%d}", "messages": counts.get(number, 0)}
        for number in range(today - days + 1, today + 1)
    ]


def sizes() -> dict[str, int]:
    """Rows and bytes."""
    files = select(func.count(Attachment.id), func.coalesce(func.sum(Attachment.size), 0))
    count, size = db.session.execute(files.where(Attachment.removed_at.is_(None))).one()
    return {
        "messages": _count(select(func.count(Message.id)).where(Message.kind == "text", Message.deleted_at.is_(None))),
        "dialogs": _count(select(func.count(Chat.id)).where(Chat.kind == "dialog")),
        "groups": _count(select(func.count(Chat.id)).where(Chat.kind == "group", Chat.archived_at.is_(None))),
        "files": int(count),
        "file_bytes": int(size),
        "database_bytes": _database_bytes(),
    }


def largest_chats() -> list[dict[str, Any]]:
    """Where most was said; a dialog has no name, and nobody's words are looked at."""
    rows = select(Chat).where(Chat.archived_at.is_(None)).order_by(Chat.spoken.desc(), Chat.id).limit(LARGEST)
    return [
        {"chat": chat.id, "kind": chat.kind, "name": chat.name, "messages": chat.spoken, "active_at": chat.active_at}
        for chat in db.session.scalars(rows)
    ]


def _database_bytes() -> int:
    if _is_sqlite():
        return _count(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
    return _count(select(func.pg_database_size(func.current_database())))


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _count(rows: Any) -> int:
    return int(db.session.scalar(rows) or 0)
