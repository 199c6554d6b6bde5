"""What pages show of the database: gathered for a moment where it changed, then read once, however many look at it."""

from collections.abc import Callable
from typing import NamedTuple

from messenger.core.refusals import Overloaded
from messenger.live import faults
from messenger.live.mailbox import Mailbox
from messenger.live.switchboard import Switchboard

# A page shows only the latest: within this time many changes of it are one.
GATHER_SECONDS = 0.2
# So many places are read together, of at most so many chats: no process is busy with them for long.
BITE, CHATS = 1_000, 100


class Place(NamedTuple):
    """What is to be shown of one chat, on one page."""

    chat_id: int
    what: str
    mailbox: Mailbox


Drawn = list[tuple[Place, bytes]]


class Gathering:
    """Only one bite is under way at a time: no page goes back to what it showed before."""

    def __init__(self, switchboard: Switchboard, draw: Callable[[list[Place]], Drawn]) -> None:
        self.switchboard = switchboard
        self.draw = draw
        self.noted: dict[Place, None] = {}
        self.due: list[list[Place]] = []
        self.is_at_work = False

    def note(self, place: Place) -> None:
        """This is to be drawn anew. In a turn."""
        self.noted[place] = None
        if not self.is_at_work:
            self.is_at_work = True
            self.switchboard.loop.later(GATHER_SECONDS, self._begin)

    def _begin(self) -> None:
        self.due, self.noted = bites(self.noted), {}
        self._go_on()

    def _go_on(self) -> None:
        if self.due:
            self.switchboard.workers.submit(self._draw, self.due.pop(0))
        elif self.noted:
            self.switchboard.loop.later(GATHER_SECONDS, self._begin)
        else:
            self.is_at_work = False

    def _draw(self, bite: list[Place]) -> None:
        """In a worker. While the database is away the places wait; whatever else is wrong, their pages come again."""
        try:
            drawn = self.draw([place for place in bite if not place.mailbox.is_shut])
        except Exception as error:
            then = self._again if isinstance(error, Overloaded) else self._fail
            self.switchboard.loop.soon(then, bite, error)
        else:
            self.switchboard.loop.soon(self._say, drawn)

    def _say(self, drawn: Drawn) -> None:
        """To all but those who have left the chat meanwhile and were told so."""
        followers = self.switchboard.bus.followers
        inside = {chat_id: set(followers(("chat", chat_id))) for chat_id in {place.chat_id for place, _ in drawn}}
        try:
            for place, frame in drawn:
                if place.mailbox in inside[place.chat_id]:
                    place.mailbox.socket.send(frame)
        finally:
            self._go_on()

    def _again(self, bite: list[Place], _: Exception) -> None:
        self.noted |= dict.fromkeys(place for place in bite if not place.mailbox.is_shut)
        self._go_on()

    def _fail(self, bite: list[Place], error: Exception) -> None:
        chats = {place.chat_id for place in bite}
        if len(chats) > 1:  # which of them it is shows when each is drawn alone
            self.due += [[place for place in bite if place.chat_id == chat_id] for chat_id in chats]
        else:
            self.switchboard.counters.faults += 1
            faults.note(error, "drawing what pages show")
            for mailbox in {place.mailbox for place in bite}:
                mailbox.close(1011, "internal error")
        self._go_on()


def bites(places: dict[Place, None]) -> list[list[Place]]:
    """These in portions."""
    cut: list[list[Place]] = []
    chats: set[int] = set()
    for place in places:
        if not cut or len(cut[-1]) == BITE or (len(chats) == CHATS and place.chat_id not in chats):
            cut.append([])
            chats.clear()
        cut[-1].append(place)
        chats.add(place.chat_id)
    return cut
