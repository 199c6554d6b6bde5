"""Signed-in devices: begun at sign-in, recognised by their token, ended at once everywhere."""

from collections.abc import Iterable
from contextlib import suppress

import msgspec
from sqlalchemy import select, update

from messenger.core import clock, people, tokens
from messenger.core.facts import SessionEnded
from messenger.core.models import Session, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Overloaded, Unknown
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, nobody, verb
from messenger.extensions import db

DISUSE = 90 * clock.DAY
SEEN_EVERY = 60 * clock.SECOND


class Device(msgspec.Struct, frozen=True):
    """What somebody signs in with: by which door, and what it says of itself. `minutes` bounds its token's life;
    `mark` is what the browser was given when somebody signed in there before (devices.py); `is_bound`: what it gets
    now has a name that nobody else can set, so no other is taken from a browser."""

    door: str
    user_agent: str = ""
    address: str = ""
    minutes: int | None = None
    mark: str = ""
    is_bound: bool = True


class SignedIn(msgspec.Struct, frozen=True):
    """The fruit of signing in: who acts now, and the token that proves it."""

    actor: Actor
    token: str


class SessionSnapshot(msgspec.Struct, frozen=True):
    """A device in the list that its person sees."""

    session_id: int
    door: str
    user_agent: str
    address: str
    created_at: int
    seen_at: int


def begin(tx: Tx, user: User, device: Device) -> SignedIn:
    """A new session for this person, and its token."""
    token_id = tokens.fresh_id()
    expires = tx.now + (device.minutes * clock.MINUTE if device.minutes else DISUSE)
    session = Session(
        user_id=user.id,
        token_hash=tokens.digest(token_id),
        door=device.door,
        user_agent=device.user_agent[:255],
        address=device.address[:64],
        created_at=tx.now,
        seen_at=tx.now,
        expires_at=expires,
        bound_at=tx.now if device.is_bound else None,
    )
    tx.add(session)
    tx.flush()
    # The row is pushed on with every use; a token without a fixed life ends with it.
    token = tokens.written(user.id, token_id, tx.now, expires if device.minutes else tx.now + 3_650 * clock.DAY)
    return SignedIn(actor_of(user, session), token)


def actor_of(user: User, session: Session) -> Actor:
    """Who acts through this session. One that is pushed on with every use has no end to tell of."""
    is_bounded = session.expires_at - session.created_at < DISUSE
    return Actor(people.snapshot(user), session.id, user.is_admin, session.expires_at if is_bounded else None)


def resolve(token: str, is_exposed: bool = False, is_bound: bool = False) -> Actor | None:
    """Whose token that is, if its session is open. One that came exposed, where a neighbour could have put it, counts
    only for a session of before, which has never been seen bound."""
    named = tokens.read(token)
    if named is None:
        return None
    session = db.session.scalar(select(Session).where(Session.token_hash == tokens.digest(named[1])))
    if session is None or session.user_id != named[0] or not session.is_open(clock.now()):
        return None
    if is_exposed and session.bound_at is not None:
        return None
    is_new = is_bound and session.bound_at is None
    if is_new or clock.now() - session.seen_at > SEEN_EVERY:
        with suppress(Overloaded):  # the next use makes up for it
            touch.submit(session.id, is_new, then=nobody)
    return actor_of(session.user, session)


def of(actor: Actor) -> list[SessionSnapshot]:
    """The open sessions of the actor, last used first."""
    rows = db.session.scalars(
        select(Session)
        .where(Session.user_id == actor.user_id, Session.ended_at.is_(None), Session.expires_at > clock.now())
        .order_by(Session.seen_at.desc(), Session.id.desc())
    )
    return [SessionSnapshot(s.id, s.door, s.user_agent, s.address, s.created_at, s.seen_at) for s in rows]


def is_signed_in(user_id: int) -> bool:
    """Has this person an open session anywhere?"""
    rows = select(Session.id).where(Session.user_id == user_id, Session.ended_at.is_(None))
    return db.session.scalar(rows.where(Session.expires_at > clock.now()).limit(1)) is not None


@verb
def touch(tx: Tx, session_id: int, is_bound: bool = False) -> None:
    """The session was used: its end moves away. A token's own end stays."""
    session = tx.get(Session, session_id)
    if session is None or session.ended_at is not None:
        return
    session.seen_at = tx.now
    if is_bound:
        session.bound_at = tx.now
    if session.expires_at - session.created_at >= DISUSE:
        session.expires_at = tx.now + DISUSE
    session.user.seen_at = tx.now


@verb
def end(tx: Tx, actor: Actor, session_id: int) -> None:
    """Sign one of the actor's devices out. Unknown when it is not his."""
    session = tx.get(Session, session_id) if is_id(session_id) else None
    if session is None or session.user_id != actor.user_id or session.ended_at is not None:
        raise Unknown("There is no such session.")
    session.user.seen_at = tx.now
    close(tx, [session])


@verb
def end_every(tx: Tx, actor: Actor) -> int:
    """Sign the actor out everywhere, here too; says on how many devices."""
    return end_all(tx, actor.user_id)


@verb
def end_others(tx: Tx, actor: Actor) -> int:
    """Sign every other device of the actor out; says how many."""
    return end_all(tx, actor.user_id, except_id=actor.session_id)


def end_all(tx: Tx, user_id: int, except_id: int | None = None) -> int:
    """End the open sessions of a person, all but one."""
    open_ones = list(tx.scalars(select(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))))
    ended = [session for session in open_ones if session.id != except_id]
    close(tx, ended)
    return len(ended)


def close(tx: Tx, sessions: Iterable[Session]) -> None:
    """From now on these let nobody in."""
    for session in sessions:
        tx.execute(update(Session).where(Session.id == session.id).values(ended_at=tx.now, seen_at=tx.now))
        tx.announce(SessionEnded(session.user_id, session.id))


def ended_since(moment: int) -> list[int]:
    """The sessions that were ended after that moment, by whomever."""
    return list(db.session.scalars(select(Session.id).where(Session.ended_at > moment)))
