"""Blocking: one person wants nothing to do with another. Neither writes to the other, nor sees whether he is here.

In groups both still hear each other, since a group belongs to all its members; but neither brings the other into one.
"""

from collections.abc import Iterable

from sqlalchemy import delete, func, or_, select

from messenger.core import people
from messenger.core.database import Reading
from messenger.core.facts import BlockChanged, Fact
from messenger.core.models import Block, Chat, User
from messenger.core.refusals import Forbidden, Invalid
from messenger.core.snapshots import Actor, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import blocked, db

# The same words whoever blocked whom, and for somebody who was disabled: who is blocked is not told so.
UNREACHABLE = "This person cannot be written to."
MINE = "You have blocked this person."
NOT_TOGETHER = "This person cannot be added."


class Blocked:
    """Who has blocked whom, as this process knows it: asked for every sign of presence. Other processes' changes come
    by their facts, and with each look at the database."""

    def __init__(self) -> None:
        self.pairs: set[tuple[int, int]] = set()
        self._known: tuple[int, int] = (0, 0)

    def between(self, one: int | None, other: int) -> bool:
        """Has either of them blocked the other?"""
        if not self.pairs or one is None:
            return False
        return (one, other) in self.pairs or (other, one) in self.pairs

    def heed(self, fact: Fact) -> None:
        """A listener of the bus."""
        if isinstance(fact, BlockChanged):
            self.note(fact.person.user_id, fact.blocked.user_id, fact.is_blocked)

    def note(self, user_id: int, blocked_id: int, is_blocked: bool) -> None:
        """It is so from now on."""
        pairs = {(user_id, blocked_id)}
        self.pairs = self.pairs | pairs if is_blocked else self.pairs - pairs

    def look(self) -> None:
        """Read them anew, if something has changed since the last look."""
        count, newest = db.session.execute(select(func.count(), func.max(Block.created_at))).one()
        if (count, newest or 0) != self._known:
            rows = db.session.execute(select(Block.user_id, Block.blocked_id))
            self.pairs, self._known = {(user_id, other) for user_id, other in rows}, (count, newest or 0)


def block(actor: Actor, person: Person) -> None:
    """Keep this person away. Invalid for oneself."""
    if keep_away(actor, person):
        blocked.note(actor.user_id, person.user_id, True)


def unblock(actor: Actor, person: Person) -> None:
    """Let him near again."""
    if let_near(actor, person):
        blocked.note(actor.user_id, person.user_id, False)


@verb
def keep_away(tx: Tx, actor: Actor, person: Person) -> bool:
    """The row of a block, which is told. Whether there was none before."""
    if person.user_id == actor.user_id:
        raise Invalid("You cannot block yourself.")
    if tx.get(Block, (actor.user_id, person.user_id)) is not None:
        return False
    tx.add(Block(user_id=actor.user_id, blocked_id=person.user_id, created_at=tx.now))
    tx.announce(BlockChanged(actor.person, person, True))
    return True


@verb
def let_near(tx: Tx, actor: Actor, person: Person) -> bool:
    """The row goes, which is told. Whether there was one."""
    row = tx.get(Block, (actor.user_id, person.user_id))
    if row is None:
        return False
    tx.execute(delete(Block).where(Block.user_id == actor.user_id, Block.blocked_id == person.user_id))
    tx.announce(BlockChanged(actor.person, person, False))
    return True


def of(actor: Actor) -> list[Person]:
    """Whom the actor has blocked, last one first."""
    rows = select(User).join(Block, Block.blocked_id == User.id).where(Block.user_id == actor.user_id)
    return [people.snapshot(user) for user in db.session.scalars(rows.order_by(Block.created_at.desc(), User.id))]


def has_blocked(actor: Actor, person: Person) -> bool:
    """Has the actor blocked this person?"""
    return db.session.get(Block, (actor.user_id, person.user_id)) is not None


def check_dialog(tx: Tx, actor: Actor, chat: Chat) -> None:
    """Forbidden to change anything in a dialog whose people want nothing to do with each other."""
    if chat.pair_low is not None and chat.pair_high is not None:
        other = chat.pair_high if chat.pair_low == actor.user_id else chat.pair_low
        check(tx, actor.user_id, [other], UNREACHABLE)


def check_begin(tx: Tx, actor: Actor, person: Person) -> None:
    """Forbidden to begin a dialog there."""
    check(tx, actor.user_id, [person.user_id], UNREACHABLE)


def check_together(tx: Tx, actor: Actor, others: Iterable[int]) -> None:
    """Forbidden to bring such a person into a group."""
    check(tx, actor.user_id, others, NOT_TOGETHER)


def check(session: Reading, user_id: int, others: Iterable[int], words: str) -> None:
    """Forbidden, in these words, if one of the others has blocked this person; in plain ones for his own block."""
    named = set(others) - {user_id}
    if not named:
        return
    rows = select(Block.user_id).where(
        or_(
            (Block.user_id == user_id) & Block.blocked_id.in_(named),
            (Block.blocked_id == user_id) & Block.user_id.in_(named),
        )
    )
    found = set(session.scalars(rows))
    if found:
        raise Forbidden(words if found - {user_id} else MINE)
