"""People, groups and files page by page, as administrators look them up."""

import msgspec
from sqlalchemy import ColumnElement, func, or_, select

from messenger.core import logins, people, texts
from messenger.core.models import Attachment, Chat, Member, Session, User
from messenger.core.numbers import place
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Person
from messenger.extensions import db

PAGE = 50
KINDS = ("all", "admins", "disabled")


class PersonRow(msgspec.Struct, frozen=True):
    """A person with what only administrators see."""

    person: Person
    is_admin: bool
    is_disabled: bool
    seen_at: int | None
    devices: int
    files: int
    size: int


class GroupRow(msgspec.Struct, frozen=True):
    """A group, closed or not."""

    chat_id: int
    name: str
    is_public: bool
    members: int
    messages: int
    active_at: int
    closed_at: int | None


class Holding(msgspec.Struct, frozen=True):
    """What one person keeps here."""

    person: Person
    files: int
    size: int


def people_page(words: str = "", kind: str = "all", after: str = "", limit: int = PAGE) -> list[PersonRow]:
    """By login, from the one after `after` on; `words` stand in the login, the name or the e-mail."""
    rows = select(User).where(User.deleted_at.is_(None)).order_by(User.login_key).limit(limit)
    if after:
        rows = rows.where(User.login_key > logins.key(after))
    if kind == "admins":
        rows = rows.where(User.is_admin)
    elif kind == "disabled":
        rows = rows.where(User.disabled_at.is_not(None))
    if words := texts.storable(words).strip():
        columns = (User.login, User.name, User.email)
        rows = rows.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    found = db.session.scalars(rows).all()
    ids = [user.id for user in found]
    devices, files = _devices(ids), _files(Attachment.owner_id.in_(ids))
    return [_person(user, devices.get(user.id, 0), *files.get(user.id, (0, 0))) for user in found]


def one(login: str) -> PersonRow:
    """The person of this login, the disabled too. Unknown."""
    user = db.session.scalar(select(User).where(User.login_key == logins.key(login), User.deleted_at.is_(None)))
    if user is None:
        raise Unknown("There is no such person.")
    files = _files(Attachment.owner_id == user.id)
    return _person(user, _devices([user.id]).get(user.id, 0), *files.get(user.id, (0, 0)))


def groups_page(words: str = "", before: int | None = None, limit: int = PAGE) -> list[GroupRow]:
    """Newest first; the closed ones too."""
    members = select(func.count()).where(Member.chat_id == Chat.id, Member.left_at.is_(None)).scalar_subquery()
    rows = select(Chat, members).where(Chat.kind == "group").order_by(Chat.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(Chat.id < place(before))
    if words := texts.storable(words).strip():
        rows = rows.where(Chat.name.icontains(words, autoescape=True))
    return [
        GroupRow(chat.id, chat.name, chat.is_public, count, chat.spoken, chat.active_at, chat.archived_at)
        for chat, count in db.session.execute(rows)
    ]


def largest_holdings(limit: int = 20) -> list[Holding]:
    """Who keeps most here."""
    size = func.sum(Attachment.size)
    rows = (
        select(User, func.count(Attachment.id), size)
        .join(Attachment, Attachment.owner_id == User.id)
        .where(Attachment.removed_at.is_(None))
        .group_by(User.id)
        .order_by(size.desc(), User.id)
        .limit(limit)
    )
    return [Holding(people.snapshot(user), count, int(total)) for user, count, total in db.session.execute(rows)]


def _devices(user_ids: list[int]) -> dict[int, int]:
    rows = select(Session.user_id, func.count()).where(Session.user_id.in_(user_ids), Session.ended_at.is_(None))
    return {row[0]: row[1] for row in db.session.execute(rows.group_by(Session.user_id))}


def _files(theirs: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    rows = select(Attachment.owner_id, func.count(), func.sum(Attachment.size)).where(theirs)
    rows = rows.where(Attachment.removed_at.is_(None)).group_by(Attachment.owner_id)
    return {owner_id: (count, int(size or 0)) for owner_id, count, size in db.session.execute(rows)}


def _person(user: User, devices: int, files: int, size: int) -> PersonRow:
    is_disabled = user.disabled_at is not None
    return PersonRow(people.snapshot(user), user.is_admin, is_disabled, user.seen_at, devices, files, size)
