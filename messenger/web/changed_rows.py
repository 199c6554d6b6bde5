"""Rows of lists that changed: gathered for a moment, then read and drawn together, however many look at them."""

from time import sleep
from typing import Any

from messenger.core import standings
from messenger.core.snapshots import Standing
from messenger.live import faults
from messenger.live.frames import encode
from messenger.live.mailbox import Mailbox
from messenger.live.switchboard import Switchboard
from messenger.web import layout, signals

# A row shows only the latest: within this time many changes of it are one.
GATHER_SECONDS = 0.2
# So many rows are read together, of at most so many chats. Others have their turn after so many that were drawn.
BITE, CHATS, DRAWN = 1_000, 100, 50

# One chat in the list of one page; the same with the frame that draws it.
Place = tuple[int, Mailbox]
Row = tuple[int, Mailbox, bytes]


class ChangedRows:
    """One per app. Only one bite is under way at a time: a row never goes back to what it was before."""

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard
        self.noted: dict[Place, None] = {}
        self.due: list[list[Place]] = []
        self.is_at_work = False

    def note(self, mailbox: Mailbox, chat_id: int) -> None:
        """This row is to be drawn anew. In a turn."""
        self.noted[chat_id, mailbox] = None
        if not self.is_at_work:
            self.is_at_work = True
            self.switchboard.loop.later(GATHER_SECONDS, self._begin)

    def _begin(self) -> None:
        self.due, self.noted = bites(self.noted), {}
        self._go_on()

    def _go_on(self) -> None:
        if self.due:
            self.switchboard.workers.submit(self._draw, self.due.pop())
        elif self.noted:
            self.switchboard.loop.later(GATHER_SECONDS, self._begin)
        else:
            self.is_at_work = False

    def _draw(self, bite: list[Place]) -> None:
        """In a worker. While the database is away the rows wait; whatever else goes wrong, the pages come again."""
        try:
            rows = drawn([place for place in bite if not place[1].is_shut])
        except Exception as error:
            then = self._again if faults.is_refusal(error) else self._fail
            self.switchboard.loop.soon(then, bite, error)
        else:
            self.switchboard.loop.soon(self._say, rows)

    def _say(self, rows: list[Row]) -> None:
        """To all but those who have left meanwhile and were told so."""
        followers = self.switchboard.bus.followers
        inside = {chat_id: set(followers(("chat", chat_id))) for chat_id in {chat_id for chat_id, _, _ in rows}}
        for chat_id, mailbox, frame in rows:
            if mailbox in inside[chat_id]:
                mailbox.socket.send(frame)
        self._go_on()

    def _again(self, bite: list[Place], refusal: Exception) -> None:
        self.noted |= dict.fromkeys(bite)
        self._go_on()

    def _fail(self, bite: list[Place], error: Exception) -> None:
        self.switchboard.counters.faults += 1
        faults.note(error, "drawing the rows of lists")
        for mailbox in {mailbox for _, mailbox in bite}:
            mailbox.close(1011, "internal error")
        self._go_on()


def bites(places: dict[Place, None]) -> list[list[Place]]:
    """These in portions that do not keep a process busy for long."""
    cut: list[list[Place]] = []
    chats: set[int] = set()
    for place in places:
        is_full = not cut or len(cut[-1]) == BITE or (len(chats) == CHATS and place[0] not in chats)
        if is_full:
            cut.append([])
            chats.clear()
        cut[-1].append(place)
        chats.add(place[0])
    return cut


def drawn(places: list[Place]) -> list[Row]:
    """The rows of those who are in these chats. What looks the same to several people is drawn once."""
    found = standings.together({(chat_id, mailbox.actor.user_id) for chat_id, mailbox in places})
    frames: dict[Any, bytes] = {}
    rows = []
    for chat_id, mailbox in places:
        standing = found.get((chat_id, mailbox.actor.user_id))
        if standing is None:
            continue
        look = _look(standing, mailbox)
        if look not in frames:
            frames[look] = _frame(standing, mailbox)
            if len(frames) % DRAWN == 0:
                sleep(0)
        rows.append((chat_id, mailbox, frames[look]))
    return rows


def _look(standing: Standing, mailbox: Mailbox) -> tuple[Any, ...]:
    """What makes a row look as it does to this person. A dialog has another face on each side."""
    viewer_id = mailbox.actor.user_id if standing.chat.kind == "dialog" else 0
    marks = (standing.unread, standing.mentioned, standing.muted_until, standing.pinned_at, standing.draft)
    return (standing.chat.chat_id, viewer_id, *marks)


def _frame(standing: Standing, mailbox: Mailbox) -> bytes:
    standing, person = layout.row(mailbox.actor, standing)
    return encode(signals.drawn("live/standing_changed.html", standing=standing, person=person))
