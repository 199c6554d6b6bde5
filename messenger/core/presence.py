"""Who is here: told by open sockets and by deeds, over all protocols of a person; forgotten by itself.

Nothing is stored per event. A change is told at most once in five seconds a person, to those who show that person.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from sqlalchemy import update

from messenger.core import clock
from messenger.core.facts import Fact, PersonChanged, PresenceChanged
from messenger.core.models import User
from messenger.core.refusals import Overloaded
from messenger.core.snapshots import Person
from messenger.core.verbs import Tx, nobody, verb

FRESH = 60 * clock.SECOND
QUIET_SECONDS = 5.0
SWEEP_SECONDS = 15.0


class Loop(Protocol):
    """What presence needs of the loop."""

    def later(self, seconds: float, function: Callable[..., Any], *args: Any) -> Any: ...


class Here:
    """What is known of one person now."""

    __slots__ = ("active_at", "elsewhere", "is_connected", "is_pending", "is_said", "person", "told", "was_told")

    def __init__(self, person: Person) -> None:
        self.person = person
        self.is_connected = False
        self.active_at = 0
        # At how many other processes he is here, and whether those know that he is here.
        self.elsewhere = 0
        self.is_said = False
        self.told = False
        self.was_told = 0
        self.is_pending = False


class Presence:
    """The people who are here. Everything happens in turns of the loop."""

    def __init__(self, loop: Loop, tell: Callable[[Sequence[Fact]], None], is_connected: Callable[[int], bool]) -> None:
        self.loop = loop
        self.tell = tell
        self.is_connected = is_connected
        self.people: dict[int, Here] = {}
        # Whether one person may not know of another whether he is here.
        self.is_hidden: Callable[[int | None, int], bool] = _nobody_hides
        self.is_sweeping = False
        # Told when somebody comes to this process, or goes from it.
        self.say: Callable[[int, Person | None], None] = _nobody_asks

    def look(self, person: Person) -> None:
        """A socket of this person was opened or closed: see whether any is open."""
        here = self._here(person)
        was_connected, here.is_connected = here.is_connected, self.is_connected(person.user_id)
        if was_connected and not here.is_connected:
            here.active_at = clock.now()
        self._stir(here)

    def active(self, person: Person) -> None:
        """The person did something that shows him to be here."""
        here = self._here(person)
        here.active_at = clock.now()
        self._stir(here)

    def elsewhere(self, person: Person, change: int) -> None:
        """He came to another process, or went from it, or is known there as somebody else than before."""
        here = self._here(person)
        here.elsewhere += change
        self._stir(here)

    def is_online(self, user_id: int, viewer_id: int | None = None) -> bool:
        """Is he here, as far as this viewer may know?"""
        here = self.people.get(user_id)
        return here is not None and _is_shown(here) and not self.is_hidden(viewer_id, user_id)

    def is_told(self, user_id: int) -> bool:
        """Has it been told to everybody that he is here? Else it will be."""
        here = self.people.get(user_id)
        return here is not None and here.told

    def last_seen(self, person: Person, viewer_id: int | None = None) -> int | None:
        """When he was here last; now, if he is."""
        if self.is_hidden(viewer_id, person.user_id):
            return None
        here = self.people.get(person.user_id)
        if not (here.person if here else person).shows_presence:
            return None
        if here is not None and (here.is_connected or here.elsewhere):
            return clock.now()
        return max(here.active_at if here else 0, person.last_seen or 0) or None

    def online(self, user_ids: Iterable[int] | None = None, viewer_id: int | None = None) -> list[Person]:
        """Those of these people who are here; of all, when none are named."""
        wanted = self.people if user_ids is None else user_ids
        return [self.people[user_id].person for user_id in wanted if self.is_online(user_id, viewer_id)]

    def heed(self, fact: Fact) -> None:
        """A listener of the bus: somebody may keep it to himself from now on, or no longer does."""
        if isinstance(fact, PersonChanged) and (here := self.people.get(fact.person.user_id)) is not None:
            here.person = fact.person
            if here.is_said:
                self.say(fact.person.user_id, fact.person)
            self._stir(here)

    def _here(self, person: Person) -> Here:
        here = self.people.get(person.user_id)
        if here is None:
            here = self.people[person.user_id] = Here(person)
            self._sweep_later()
        if person.updated_at >= here.person.updated_at:  # an old socket knows its person as he was
            here.person = person
        return here

    def _stir(self, here: Here) -> None:
        """Tell a change at once, or when the last telling is five seconds old."""
        if _is_in(here) != here.is_said:
            here.is_said = not here.is_said
            self.say(here.person.user_id, here.person if here.is_said else None)
        if here.is_pending or _is_shown(here) == here.told:
            return
        here.is_pending = True
        self.loop.later(_quiet_left(here), self._tell, here)

    def _tell(self, here: Here) -> None:
        here.is_pending = False
        is_shown = _is_shown(here)
        if is_shown != here.told:
            here.told, here.was_told = is_shown, clock.now()
            self.tell([PresenceChanged(here.person, is_shown, self.last_seen(here.person))])

    def _sweep_later(self) -> None:
        if not self.is_sweeping:
            self.is_sweeping = True
            self.loop.later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Notice who has gone quiet; when that has been told for a while, keep when he was seen, and forget him."""
        self.is_sweeping = False
        gone = [here for here in self.people.values() if not _is_in(here)]
        for here in gone:
            self._stir(here)
        gone = [here for here in gone if not here.elsewhere]
        forgotten = [here for here in gone if not here.told and not here.is_pending and not _quiet_left(here)]
        for here in forgotten:
            del self.people[here.person.user_id]
        if forgotten:
            with suppress(Overloaded):  # kept with the next sign of life
                seen = [(here.person.user_id, here.active_at) for here in forgotten if here.active_at]
                keep.submit(seen, then=nobody)
        if self.people:
            self._sweep_later()


@verb
def keep(tx: Tx, seen: Sequence[tuple[int, int]]) -> None:
    """Store when people were seen last."""
    for user_id, at in seen:
        tx.execute(
            update(User).where(User.id == user_id, (User.seen_at < at) | User.seen_at.is_(None)).values(seen_at=at)
        )


def _is_in(here: Here) -> bool:
    """Is he at this process?"""
    return here.is_connected or clock.now() - here.active_at < FRESH


def _is_shown(here: Here) -> bool:
    return here.person.shows_presence and (here.elsewhere > 0 or _is_in(here))


def _nobody_hides(viewer_id: int | None, user_id: int) -> bool:
    """Nobody has blocked anybody."""
    return False


def _quiet_left(here: Here) -> float:
    """Seconds until the next change may be told."""
    return max(0.0, QUIET_SECONDS - (clock.now() - here.was_told) / clock.SECOND)


def _nobody_asks(user_id: int, person: Person | None) -> None:
    """There is no other process."""
