"""What a person wants by mail: an address proven by a link, and whether missed messages are told there."""

import msgspec
from sqlalchemy import select

from messenger.core import letters, passes, people, profiles
from messenger.core.models import Mailing, User
from messenger.core.refusals import Invalid
from messenger.core.snapshots import Actor, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

A_DAY, FOR_EVER = 24 * 60, 10 * 365 * 24 * 60


class Wishes(msgspec.Struct, frozen=True):
    """How it stands for one person."""

    is_verified: bool = False
    wants_missed: bool = True


def wishes(actor: Actor) -> Wishes:
    """The actor's own."""
    row = select(Mailing, User.email_key).join(User, User.id == Mailing.user_id).where(User.id == actor.user_id)
    found = db.session.execute(row).first()
    if found is None:
        return Wishes()
    return Wishes(found[1] is not None and found[0].verified_key == found[1], found[0].wants_missed)


@verb
def ask_to_verify(tx: Tx, actor: Actor) -> None:
    """A letter with a link that proves the actor's address. Invalid without one."""
    user = profiles.existing(tx, actor.user_id)
    if not user.email:
        raise Invalid("Give an e-mail address first.", field="email")
    letters.put(tx, user, "verify")


@verb
def wish(tx: Tx, actor: Actor, wants_missed: bool) -> None:
    """Missed messages by mail, or not."""
    _of(tx, actor.user_id).wants_missed = wants_missed


@verb
def verify(tx: Tx, given: str) -> Person:
    """The address is his. Unknown for a link that is used up or for another address."""
    user = passes.holder(tx, "verify", given)
    _of(tx, user.id).verified_key = user.email_key
    return people.snapshot(user)


@verb
def unsubscribe(tx: Tx, given: str) -> Person:
    """No more mail about missed messages."""
    user = passes.holder(tx, "unsubscribe", given)
    _of(tx, user.id).wants_missed = False
    return people.snapshot(user)


def holder(purpose: str, given: str) -> Person:
    """Whose link that is. Unknown."""
    return people.snapshot(passes.holder(db.session, purpose, given))


def verification_path(person: Person) -> str:
    """Where the link in a letter leads."""
    key = db.session.scalar(select(User.email_key).where(User.id == person.user_id))
    return f"/verify?pass={passes.made('verify', person.user_id, key, A_DAY)}"


def leaving_path(person: Person) -> str:
    """Where one says that one wants no more of these."""
    return f"/unsubscribe?pass={passes.made('unsubscribe', person.user_id, '', FOR_EVER)}"


def _of(tx: Tx, user_id: int) -> Mailing:
    row = tx.get(Mailing, user_id)
    if row is None:
        row = Mailing(user_id=user_id, wants_missed=True, told_at=0)
        tx.add(row)
    return row
