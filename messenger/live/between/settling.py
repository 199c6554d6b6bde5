"""Who comes in through the door waits until the bus hears for him: what is told after that moment reaches him."""

from collections.abc import Callable, Iterable
from threading import Event

# Nobody waits longer for a bus that does not answer.
PATIENCE = 1.0


class Settling:
    """One who waits: for the heads of some chats, and for a sign that has been through the bus."""

    def __init__(self, chat_ids: Iterable[int]) -> None:
        self.chat_ids = set(chat_ids)
        self.mark = 0
        self.event = Event()

    def wait(self) -> None:
        """Until everything is there, or for so long."""
        self.event.wait(PATIENCE)

    def look(self) -> None:
        """Perhaps that was the last."""
        if not self.chat_ids and not self.mark:
            self.event.set()


class Settlings:
    """Those who wait. In turns only."""

    def __init__(self, is_known: Callable[[int], bool]) -> None:
        self.is_known = is_known
        self.waiting: set[Settling] = set()
        self.marks = 0

    def enter(self, settling: Settling, send_mark: Callable[[int], None] | None) -> None:
        """One more. Without a way to send a mark only the heads are waited for."""
        settling.chat_ids = {chat_id for chat_id in settling.chat_ids if not self.is_known(chat_id)}
        if send_mark is not None:
            self.marks += 1
            settling.mark = self.marks
            send_mark(self.marks)
        self.waiting.add(settling)
        self._look()

    def known(self, chat_id: int) -> None:
        """The head of this chat is known."""
        for settling in self.waiting:
            settling.chat_ids.discard(chat_id)
        self._look()

    def marked(self, mark: int) -> None:
        """The mark, and with it everything before it, has come through the bus."""
        for settling in self.waiting:
            if settling.mark and settling.mark <= mark:
                settling.mark = 0
        self._look()

    def broken(self) -> None:
        """No mark comes any more."""
        self.marked(self.marks)

    def _look(self) -> None:
        for settling in list(self.waiting):
            settling.look()
            if settling.event.is_set():
                self.waiting.discard(settling)
