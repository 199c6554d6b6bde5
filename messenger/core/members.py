"""The people of a chat: put in, listed, found."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from messenger.core import people
from messenger.core.models import Chat, Member, User
from messenger.core.snapshots import MemberSnapshot, Person, Role
from messenger.core.verbs import Tx
from messenger.extensions import db


def put(tx: Tx, chat: Chat, user_id: int, role: Role) -> Member:
    """Make a person a member from here on: what was said before is his to read, but not unread."""
    member = tx.get(Member, (chat.id, user_id)) or Member(chat_id=chat.id, user_id=user_id)
    _begin(tx, chat, member, role)
    return member


def put_first(tx: Tx, chat: Chat, roles: Mapping[int, Role]) -> None:
    """The people with whom a new chat begins; nobody has been in it before."""
    for user_id, role in roles.items():
        _begin(tx, chat, Member(chat_id=chat.id, user_id=user_id), role)


def _begin(tx: Tx, chat: Chat, member: Member, role: Role) -> None:
    member.role, member.joined_at, member.left_at, member.changed_at = role, tx.now, None, tx.now
    member.delivered_position = member.read_position = chat.position
    member.read_spoken = chat.spoken
    tx.add(member)


def snapshot(member: Member, person: Person) -> MemberSnapshot:
    """A member as plain values."""
    role: Role = "owner" if member.role == "owner" else "admin" if member.role == "admin" else "member"
    return MemberSnapshot(person, role, member.joined_at, member.delivered_position, member.read_position)


def of(chat_id: int, limit: int | None = None) -> list[MemberSnapshot]:
    """The members of a chat, by login."""
    rows = (
        select(Member, User)
        .join(User, User.id == Member.user_id)
        .where(Member.chat_id == chat_id, Member.left_at.is_(None))
        .order_by(User.login_key)
        .limit(limit)
    )
    return [snapshot(member, people.snapshot(user)) for member, user in db.session.execute(rows)]


def left_since(moment: int, user_ids: Collection[int]) -> list[tuple[int, int]]:
    """Which of these people have left which chats after that moment, by whomever: (user, chat)."""
    rows = select(Member.user_id, Member.chat_id).where(Member.user_id.in_(user_ids), Member.left_at > moment)
    return [(user_id, chat_id) for user_id, chat_id in db.session.execute(rows)]


def count(chat_id: int) -> int:
    """How many people are in a chat."""
    rows = select(func.count()).select_from(Member).where(Member.chat_id == chat_id, Member.left_at.is_(None))
    return db.session.scalar(rows) or 0
