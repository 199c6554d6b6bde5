"""What a person tells of himself, and how he likes things. Every change is told to those who show him."""

import re

from sqlalchemy import select

from messenger.core import people, texts
from messenger.core.facts import PersonChanged
from messenger.core.models import User
from messenger.core.refusals import Invalid, Taken, Unauthenticated
from messenger.core.snapshots import Actor, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

EMAIL = re.compile(r"[^@\s\"<>,;:()\[\]\\]{1,64}@[^@\s\"<>,;:()\[\]\\]+\.[^@\s.\"<>,;:()\[\]\\]+")


@verb
def rename(tx: Tx, actor: Actor, name: str, first_name: str | None = None, last_name: str | None = None) -> Person:
    """Another shown name."""
    user = existing(tx, actor.user_id)
    user.name = texts.one_line(name, "name")
    user.first_name = texts.one_line(first_name, "firstName") if first_name else None
    user.last_name = texts.one_line(last_name, "lastName") if last_name else None
    return changed(tx, user)


@verb
def change_email(tx: Tx, actor: Actor, email: str | None) -> Person:
    """Another e-mail, or none. Taken when it belongs to somebody else."""
    user = existing(tx, actor.user_id)
    _set_email(tx, user, email)
    return changed(tx, user)


@verb
def introduce(
    tx: Tx, actor: Actor, first_name: str | None = None, last_name: str | None = None, email: str | None = None
) -> Person:
    """Another first name, last name, e-mail: those that are given. The shown name follows. Taken, as for the e-mail."""
    user = existing(tx, actor.user_id)
    user.first_name = texts.one_line(first_name, "firstName") if first_name is not None else user.first_name
    user.last_name = texts.one_line(last_name, "lastName") if last_name is not None else user.last_name
    if first_name is not None or last_name is not None:
        user.name = full_name(user.first_name, user.last_name) or user.login
    if email is not None:
        _set_email(tx, user, checked_email(email))
    return changed(tx, user)


def full_name(first: str | None, last: str | None) -> str:
    """The shown name of who tells his names one by one."""
    return " ".join(name for name in (first, last) if name)[: texts.NAME_LIMIT].strip()


@verb
def describe(tx: Tx, actor: Actor, name: str, about: str) -> Person:
    """Another shown name, and a word about oneself."""
    user = existing(tx, actor.user_id)
    user.name, user.about = texts.one_line(name, "name"), texts.paragraph(about, "about")
    if user.name != actor.person.name:
        user.first_name = user.last_name = None
    return changed(tx, user)


@verb
def prefer(tx: Tx, actor: Actor, shows_receipts: bool, shows_presence: bool, preferences: dict[str, str]) -> Person:
    """What others learn of oneself, and how the pages look."""
    user = existing(tx, actor.user_id)
    user.shows_receipts, user.shows_presence = shows_receipts, shows_presence
    user.preferences = {**user.preferences, **preferences}
    return changed(tx, user)


def checked_email(email: object) -> str:
    """An address mail could be sent to, as far as its form tells."""
    words = texts.whole(email, "email").strip()
    if len(words) > 254 or not EMAIL.fullmatch(words):
        raise Invalid("This is not an e-mail address.", field="email")
    return words


def _set_email(tx: Tx, user: User, email: str | None) -> None:
    checked = checked_email(email) if email else None
    key = checked.casefold() if checked else None
    claim_email(tx, key, user.id)
    user.email, user.email_key = checked, key


def claim_email(tx: Tx, key: str | None, user_id: int = 0) -> None:
    """Taken when this e-mail belongs to anybody else."""
    if key and tx.scalar(select(User.id).where(User.email_key == key, User.id != user_id)):
        raise Taken("This e-mail belongs to somebody else.", field="email")


def shown(actor: Actor) -> dict[str, bool]:
    """What others learn of the actor."""
    row = select(User.shows_receipts, User.shows_presence).where(User.id == actor.user_id)
    receipts, presence = db.session.execute(row).one()
    return {"receipts": receipts, "presence": presence}


def existing(tx: Tx, user_id: int) -> User:
    """The row of somebody who has not gone."""
    user = tx.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise Unauthenticated()
    return user


def changed(tx: Tx, user: User) -> Person:
    """Stamp the change and tell it."""
    user.updated_at = tx.now
    person = people.snapshot(user)
    tx.announce(PersonChanged(person))
    return person
