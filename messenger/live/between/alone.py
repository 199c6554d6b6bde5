"""No bus: one process. What a command beside it stores is seen by comparing with the database now and then."""

from collections.abc import Sequence
from typing import Any

from messenger.live.between.lookout import Lookout
from messenger.live.between.order import Order, Source
from messenger.live.between.standing import Standing
from messenger.live.bus import Bus
from messenger.live.loop import Loop
from messenger.live.mailbox import Mailbox, Topic


class Alone:
    """Implements `Between` for one process; the bus between several builds on it."""

    def __init__(self, loop: Loop, bus: Bus, source: Source, kind: str = "none") -> None:
        self.loop, self.bus = loop, bus
        self.standing = Standing(kind)
        self.order = Order(loop, bus, source, self.standing)
        self.lookout = Lookout(self.order)

    def begin(self) -> None:
        """This process serves from now on."""

    def stop(self) -> None:
        """It does so no more."""

    def tell(self, facts: Sequence[Any]) -> None:
        """Tell everybody concerned, in a turn."""
        self.order.take(facts)

    def subscribe(self, topic: Topic) -> None:
        """Somebody here follows it now, who is the first. From any thread."""
        self._in_turn(self._subscribe, topic)

    def unsubscribe(self, topic: Topic) -> None:
        """Nobody here follows it any more. From any thread."""
        self._in_turn(self._unsubscribe, topic)

    def settle(self, mailbox: Mailbox) -> None:
        """Wait until everything that is told from now on reaches this mailbox. Not in a turn."""

    def _in_turn(self, deed: Any, topic: Topic) -> None:
        if self.loop.is_here():
            deed(topic)
        else:
            self.loop.soon(deed, topic)

    def _subscribe(self, topic: Topic) -> None:
        if topic[0] == "chat" and topic[1] not in self.order.heads and self.bus.followers(topic):
            self.order.enter(topic[1])
            self._look_at(topic)
            self.lookout.begin()

    def _unsubscribe(self, topic: Topic) -> None:
        if topic[0] == "chat" and not self.bus.followers(topic):
            self.order.leave(topic[1])

    def _look_at(self, topic: Topic) -> None:
        self.lookout.look_at(topic[1])
