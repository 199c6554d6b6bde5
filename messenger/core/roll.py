"""Everybody and every group of this server, as its administrator sees them."""

import msgspec
from sqlalchemy import func, select

from messenger.core import founding, last_administrator, people, profiles, sessions
from messenger.core.models import Chat, Member, Session, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db


class Entry(msgspec.Struct, frozen=True):
    """A person with what only the administrator sees."""

    person: Person
    is_admin: bool
    is_disabled: bool


class GroupEntry(msgspec.Struct, frozen=True):
    """A group and how many are in it."""

    chat_id: int
    name: str
    is_public: bool
    members: int
    messages: int
    created_at: int
    active_at: int


def everybody() -> list[Entry]:
    """All accounts that are not deleted, the disabled too, by login."""
    rows = select(User).where(User.deleted_at.is_(None)).order_by(User.login_key)
    return [_entry(user) for user in db.session.scalars(rows)]


def of(person: Person) -> Entry:
    """One of them."""
    return _entry(db.session.get_one(User, person.user_id))


def groups() -> list[GroupEntry]:
    """All groups that are not archived, by name."""
    members = select(func.count()).where(Member.chat_id == Chat.id, Member.left_at.is_(None)).scalar_subquery()
    rows = select(Chat, members).where(Chat.kind == "group", Chat.archived_at.is_(None)).order_by(Chat.name, Chat.id)
    return [
        GroupEntry(c.id, c.name, c.is_public, count, c.spoken, c.created_at, c.active_at)
        for c, count in db.session.execute(rows)
    ]


@verb
def promote(tx: Tx, user_id: int, is_admin: bool = True) -> Person:
    """Make somebody an administrator, or a person like others again. Conflict for the last administrator."""
    user = profiles.existing(tx, user_id)
    if not is_admin:
        last_administrator.stays(tx, user)
    user.is_admin = is_admin
    if is_admin:
        founding.settle(tx)
    return profiles.changed(tx, user)


@verb
def end_sessions(tx: Tx, user_id: int, session_id: int | None = None) -> int:
    """Sign somebody out, on one device or on all; says on how many. Unknown when that one is not his or not open."""
    if session_id is None:
        return sessions.end_all(tx, user_id)
    session = tx.get(Session, session_id) if is_id(session_id) else None
    if session is None or session.user_id != user_id or session.ended_at is not None:
        raise Unknown("There is no such session.")
    sessions.close(tx, [session])
    return 1


def _entry(user: User) -> Entry:
    return Entry(people.snapshot(user), user.is_admin, user.disabled_at is not None)
