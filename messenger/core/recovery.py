"""A forgotten password: a link, by mail or from the administrator, that lets its holder choose another one, once."""

from sqlalchemy import select

from messenger.core import accounts, audit, letters, logins, passes, passwords, people, texts
from messenger.core.audit import Steward
from messenger.core.models import User
from messenger.core.numbers import is_id
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

BY_MAIL, BY_HAND = 120, 24 * 60


@verb
def ask(tx: Tx, name: str) -> None:
    """Somebody has forgotten the password of this login or e-mail. Whether there is such a one, nobody learns."""
    words = texts.storable(name).strip()
    is_he = User.email_key == words.casefold() if "@" in words else User.login_key == logins.key(words)
    user = tx.scalar(select(User).where(is_he))
    if user is not None and user.is_active:
        letters.put(tx, user, "reset")


@verb
def link(tx: Tx, steward: Steward, user_id: int) -> str:
    """The path of a link that an administrator hands over himself; good for a day."""
    audit.authorised(tx, steward)
    user = tx.get(User, user_id) if is_id(user_id) else None
    if user is None or user.deleted_at is not None:
        raise Unknown("There is no such person.")
    audit.note(tx, steward, "reset link made", f"@{user.login}")
    return path(user, BY_HAND)


def path(user: User, minutes: int) -> str:
    """Where the link leads on this server."""
    return f"/reset?pass={passes.made('reset', user.id, user.password_hash, minutes)}"


def path_for(person: Person) -> str:
    """The same for a letter that leaves now."""
    return path(db.session.get_one(User, person.user_id), BY_MAIL)


def whose(given: str) -> Person:
    """Who may choose another password by this. Unknown when it lets nobody do so any more."""
    return people.snapshot(passes.holder(db.session, "reset", given))


def choose(given: str, password: str, least: int) -> None:
    """Another password; every session ends. Unknown, Invalid, TooLong."""
    whose(given)
    passwords.checked(password, least)
    db.session.remove()
    _choose(given, passwords.hashed(password))


@verb
def _choose(tx: Tx, given: str, password_hash: str) -> None:
    accounts.set_password.within(tx, passes.holder(tx, "reset", given).id, password_hash)
