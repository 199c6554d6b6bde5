"""Finding people: by login, uid, id or e-mail; lists of them; and how a row becomes a snapshot."""

from sqlalchemy import ColumnElement, func, or_, select, tuple_, union

from messenger.core import logins, texts
from messenger.core.database import Reading
from messenger.core.models import Chat, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, Person
from messenger.extensions import db


def snapshot(user: User) -> Person:
    """The person as everybody may see him."""
    return Person(
        user_id=user.id,
        uid=user.uid,
        login=user.login,
        name=user.name,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        about=user.about,
        avatar=f"/avatar/{user.uid}" if user.avatar_key else None,
        is_deleted=user.deleted_at is not None,
        created_at=user.created_at,
        updated_at=user.updated_at,
        last_seen=user.seen_at if user.shows_presence else None,
        shows_presence=user.shows_presence,
    )


def by_login(login: str) -> Person:
    """The person with this login. Unknown when there is none, or none any more."""
    return _present(User.login_key == logins.key(login), "There is nobody called %(login)s.", login=login)


def by_uid(uid: str) -> Person:
    """The person with this public id."""
    return _present(User.uid == texts.storable(uid), "There is no such person.")


def by_id(user_id: int) -> Person:
    """The person with this number."""
    if not is_id(user_id):
        raise Unknown("There is no such person.")
    return _present(User.id == user_id, "There is no such person.")


def by_login_or_uid(name: str) -> Person:
    """The person with this login, or with this public id."""
    return _present(
        or_(User.login_key == logins.key(name), User.uid == texts.storable(name)), "There is no such person."
    )


def everyone(after_login: str = "", limit: int | None = None) -> list[Person]:
    """All people of this server, by login."""
    rows = (
        select(User).where(User.deleted_at.is_(None), User.disabled_at.is_(None)).order_by(User.login_key).limit(limit)
    )
    if after_login:
        rows = rows.where(User.login_key > logins.key(after_login))
    return [snapshot(user) for user in db.session.scalars(rows)]


def matching(actor: Actor, words: str, limit: int = 20) -> list[Person]:
    """People whose login or name begins with these letters, or has a word that does."""
    start = texts.storable(words).strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = (
        select(User)
        .where(User.deleted_at.is_(None), User.disabled_at.is_(None))
        .where(
            or_(
                User.login_key.like(f"{logins.key(start)}%", escape="\\"),
                User.name.ilike(f"{start}%", escape="\\"),
                User.name.ilike(f"% {start}%", escape="\\"),
            )
        )
        .order_by(User.login_key)
        .limit(limit)
    )
    return [snapshot(user) for user in db.session.scalars(rows)]


def unspoken(actor: Actor, after_id: int | None = None, limit: int | None = None) -> list[Person]:
    """Everybody with whom the actor has no dialog that has begun, by name; `after_id` names the last one he knows."""
    begun = select(Chat.pair_low, Chat.pair_high).where(Chat.position > 0).subquery()
    spoken = union(
        select(begun.c.pair_high).where(begun.c.pair_low == actor.user_id),
        select(begun.c.pair_low).where(begun.c.pair_high == actor.user_id),
    )
    name = func.lower(User.name)
    rows = (
        select(User)
        .where(User.deleted_at.is_(None), User.disabled_at.is_(None), User.id != actor.user_id)
        .where(User.id.not_in(spoken))
        .order_by(name, User.id)
        .limit(limit)
    )
    if after_id is not None:
        known = select(func.lower(User.name)).where(User.id == after_id).scalar_subquery()
        rows = rows.where(tuple_(name, User.id) > tuple_(known, after_id))
    return [snapshot(user) for user in db.session.scalars(rows)]


def _present(condition: ColumnElement[bool], refusal: str, **gaps: str) -> Person:
    user = db.session.scalar(select(User).where(condition, User.deleted_at.is_(None)))
    if user is None:
        raise Unknown(refusal, **gaps)
    return snapshot(user)


def present(session: Reading, user_id: int) -> Person:
    """The person with this number, deleted or not."""
    return snapshot(session.get_one(User, user_id))
