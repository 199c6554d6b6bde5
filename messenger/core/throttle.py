"""How often somebody may guess. Each failure makes the next try wait longer; the right word, said then, still opens.

Guesses at one account are counted by who makes them: one network address has five free, then waits ever longer; all
of them together have five too, and then keep a growing distance. A device that has signed in to the account before is
counted by itself alone, so that whoever guesses elsewhere never keeps the owner out.
"""

import hashlib
import math

import msgspec

from messenger.core.refusals import TooMany
from messenger.core.snapshots import Actor
from messenger.extensions import throttle
from messenger.live.tallies import Tallies

WINDOW = 15 * 60.0
HOUR = 3600.0
PER_ACCOUNT, PER_ADDRESS = 5, 20


class Mark(msgspec.Struct, frozen=True):
    """Something that is counted: so many are free in `window` seconds, then one waits from `first` to `longest`."""

    key: str
    free: int
    first: float = 10.0
    longest: float = WINDOW
    window: float = WINDOW

    def wait(self, count: int) -> float:
        """How long the next try waits after so many."""
        return 0.0 if count < self.free else min(self.longest, self.first * 2.0 ** min(32, count - self.free))


class Throttle:
    """Each try counts as a failure until it turns out to be none, so that many at once are not more than many."""

    def __init__(self, tallies: Tallies, is_on: bool = True) -> None:
        self.tallies = tallies
        self.is_on = is_on

    def enter(self, marks: tuple[Mark, ...]) -> None:
        """Somebody tries. TooMany, and nothing is counted, while one of the marks has to wait."""
        if not self.is_on:
            return
        wait = max((self.tallies.held(mark.key) for mark in marks), default=0.0)
        if wait > 0:
            raise refusal(wait)
        for mark in marks:
            count = self.tallies.add(mark.key, mark.window)
            if seconds := mark.wait(count):
                self.tallies.hold(mark.key, seconds)

    def passed(self, marks: tuple[Mark, ...]) -> None:
        """It was right: the first of the marks, his own, is forgotten, the others were not meant."""
        if not self.is_on:
            return
        for mark in marks[1:]:
            if self.tallies.take(mark.key) < mark.free:
                self.tallies.hold(mark.key, 0.0)
        for mark in marks[:1]:
            self.tallies.forget(mark.key)


def refusal(wait: float) -> TooMany:
    """In how long to come back."""
    seconds = max(1, math.ceil(wait))
    if seconds < 120:
        return TooMany("Too many tries. Please wait %(seconds)s seconds.", retry_after=seconds, seconds=seconds)
    minutes = math.ceil(seconds / 60)
    return TooMany("Too many tries. Please wait %(minutes)s minutes.", retry_after=seconds, minutes=minutes)


def guessing(subject: str, address: str, own: str = "") -> tuple[Mark, ...]:
    """The marks of a guess at a secret of this subject. `own` names a device or an address that is known there."""
    if not address:  # a command, which knows no network
        return ()
    about = hashlib.blake2b(subject.encode("utf-8", "replace"), digest_size=12).hexdigest()
    if own and own != address:
        return (Mark(f"known:{about}:{own}", PER_ACCOUNT),)
    from_there = Mark(f"address:{address}", PER_ADDRESS)
    if own:
        return (Mark(f"known:{about}:{own}", PER_ACCOUNT), from_there)
    pair = Mark(f"pair:{about}:{address}", PER_ACCOUNT)
    return (pair, Mark(f"account:{about}", PER_ACCOUNT, 2.0, 60.0), from_there)


def knocking(address: str) -> tuple[Mark, ...]:
    """The mark of proving a passkey, which names its account itself."""
    return (Mark(f"address:{address}", PER_ADDRESS),) if address else ()


def confirming(actor: Actor) -> tuple[Mark, ...]:
    """The mark of saying one's password again, on one device."""
    return (Mark(f"confirm:{actor.user_id}:{actor.session_id}", PER_ACCOUNT),)


def registering(address: str, most: int) -> tuple[Mark, ...]:
    """The mark of making an account."""
    return (Mark(f"register:{address}", most, HOUR, HOUR, HOUR),) if address else ()


def enter(marks: tuple[Mark, ...]) -> None:
    """Somebody tries."""
    throttle.enter(marks)


def passed(marks: tuple[Mark, ...]) -> None:
    """It was right."""
    throttle.passed(marks)
