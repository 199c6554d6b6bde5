"""What the server keeps about one person besides what was said: for him alone."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from messenger.core.models import Block, Chat, Member, Message, PushSubscription, Report, Session, Star, User
from messenger.core.snapshots import Person
from messenger.extensions import db

Line = dict[str, Any]


def of(person: Person) -> Line:
    """All of it, without what opens a door: no password, no token, no key."""
    user = db.session.get_one(User, person.user_id)
    found: Line = _picked(user, "login", "uid", "name", "first_name", "last_name", "email", "about", "is_admin",
                          "shows_receipts", "shows_presence", "preferences", "created_at", "updated_at",
                          "seen_at")  # fmt: skip
    found["sessions"] = _sessions(user.id)
    found["chats"] = _standings(user.id)
    found["starred"] = _starred(user.id)
    found["blocked"] = list(
        db.session.scalars(select(User.login).join(Block, Block.blocked_id == User.id).where(Block.user_id == user.id))
    )
    found["reports"] = _all(select(Report).where(Report.reporter_id == user.id), "reason", "created_at", "closed_at")
    pushed = select(PushSubscription).where(PushSubscription.user_id == user.id)
    found["push_subscriptions"] = _all(pushed, "kind", "created_at", "failed_at")
    db.session.remove()
    return found


def _sessions(user_id: int) -> list[Line]:
    rows = select(Session).where(Session.user_id == user_id).order_by(Session.id)
    return _all(rows, "door", "user_agent", "address", "created_at", "seen_at", "expires_at", "ended_at")


def _standings(user_id: int) -> list[Line]:
    rows = select(Member, Chat.id).join(Chat).where(Member.user_id == user_id).order_by(Chat.id)
    names = ("role", "joined_at", "left_at", "read_position", "muted_until", "pinned_at", "notify", "draft", "draft_at")
    return [{"chat": chat_id} | _picked(member, *names) for member, chat_id in db.session.execute(rows)]


def _starred(user_id: int) -> list[Line]:
    """Only where he may still read: a star does not open a group again."""
    mine = (Member.chat_id == Message.chat_id) & (Member.user_id == Star.user_id) & Member.left_at.is_(None)
    rows = select(Star, Message.chat_id, Message.position).join(Message, Message.id == Star.message_id)
    rows = rows.join(Member, mine).where(Star.user_id == user_id).order_by(Star.created_at)
    return [
        {"chat": chat_id, "position": position} | _picked(star, "note", "created_at")
        for star, chat_id, position in db.session.execute(rows)
    ]


def _all(rows: Any, *names: str) -> list[Line]:
    found: Iterable[Any] = db.session.scalars(rows)
    return [_picked(row, *names) for row in found]


def _picked(row: object, *names: str) -> Line:
    return {name: getattr(row, name) for name in names}
