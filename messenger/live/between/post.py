"""The bus between processes: tells the others what is told here, and the followers here what the others tell."""

import secrets
import threading
from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Any

import msgspec

from messenger.live.between.alone import Alone
from messenger.live.between.company import BEAT, Company
from messenger.live.between.ear import Ear
from messenger.live.between.order import Source
from messenger.live.between.parcels import Parcel
from messenger.live.between.sender import Codec, Hearing, Sender, Word, channel_of
from messenger.live.between.settling import Settling, Settlings
from messenger.live.between.transport import Transport
from messenger.live.bus import Bus
from messenger.live.loop import Loop
from messenger.live.mailbox import Mailbox, Topic

# Facts of several topics come several times; so many of them are remembered.
REMEMBERED = 4_096
# What waits to be sent has so many seconds at the end.
GOODBYE = 1.0


class Post(Alone):
    """Implements `Between`. A process that does not serve (a command) only sends, at once."""

    def __init__(self, loop: Loop, bus: Bus, source: Source, transport: Transport, codec: Codec) -> None:
        super().__init__(loop, bus, source, transport.kind)
        self.transport, self.codec = transport, codec
        self.worker = secrets.token_hex(6)
        self.sender = Sender(transport, codec, self.standing, self.worker)
        self.ear = Ear(transport, loop, self, self.worker)
        self.company = Company(loop, self.standing, self._announce)
        self.settlings = Settlings(lambda chat_id: self.order.heads.get(chat_id, 0) is not None)
        self.order.known = self.settlings.known
        self.wanted: set[str] = set()
        self.is_serving = False
        self._begin = threading.Lock()
        self._seen: set[tuple[str, int]] = set()
        self._seen_in_order: deque[tuple[str, int]] = deque()

    def begin(self) -> None:
        """Hear, and be heard of, from now on."""
        with self._begin:
            if self.is_serving:
                return
            self.is_serving = True
        self.loop.spawn(self.sender.run)
        self.loop.spawn(self.ear.run)
        self.loop.soon(self._beat)

    def stop(self) -> None:
        """Say goodbye: the others need not wait for a sign of life."""
        if self.is_serving:
            self.ear.is_stopped = True
            self.sender.put(Word("bye", None))
            self.sender.put(None)
            self.is_serving = False
            self.sender.ended.wait(GOODBYE)

    def tell(self, facts: Sequence[Any]) -> None:
        if self.is_serving:
            for fact in facts:
                self.sender.put(fact)
        elif facts:
            self.sender.send(facts)
        self.order.take(facts)

    def subscribe(self, topic: Topic) -> None:
        self.begin()
        super().subscribe(topic)

    def settle(self, mailbox: Mailbox) -> None:
        self.order.source.release()
        settling = Settling(topic[1] for topic in mailbox.topics if topic[0] == "chat")
        self.loop.soon(self._settle, settling)
        settling.wait()
        self.loop.soon(self.settlings.waiting.discard, settling)

    def opened(self) -> None:
        """The ear's: somebody listens again. Whether anything comes through, our own sign of life will show."""
        self._announce("beat", monotonic())

    def broken(self, why: str) -> None:
        """The ear's: nothing is heard any more."""
        self.standing.went_down(why)
        self.settlings.broken()
        self.lookout.hurry()
        for chat_id, head in self.order.heads.items():
            if head is None:
                self.lookout.look_at(chat_id)

    def ready(self, channel: str) -> None:
        """The ear's: from now on this channel is heard."""
        noun, _, number = channel.partition(":")
        if noun == "chat" and channel in self.wanted:
            self.lookout.look_at(int(number))

    def came(self, parcels: list[Parcel]) -> None:
        """The ear's: letters of other workers, and our own signs of life."""
        facts: list[Any] = []
        for parcel in parcels:
            if parcel.worker == self.worker:
                self._came_back(parcel)
            elif parcel.kind:
                self.company.hear(parcel)
            elif not self.wanted.isdisjoint(parcel.topics) and not self._is_known(parcel):
                self.standing.heard += 1
                self._read(parcel, facts)
        self.order.take(facts)

    def _read(self, parcel: Parcel, facts: list[Any]) -> None:
        if not parcel.is_hint:
            try:
                facts.append(self.codec.read(parcel.body))
                return
            except msgspec.DecodeError:  # a newer version speaks of something that we do not know
                self.standing.dropped += not parcel.chat_id
        if parcel.chat_id in self.order.heads:
            self.lookout.look_at(parcel.chat_id)

    def _is_known(self, parcel: Parcel) -> bool:
        if len(parcel.topics) < 2:
            return False
        mark = (parcel.worker, parcel.number)
        if mark in self._seen:
            return True
        self._seen.add(mark)
        self._seen_in_order.append(mark)
        if len(self._seen_in_order) > REMEMBERED:
            self._seen.discard(self._seen_in_order.popleft())
        return False

    def _came_back(self, parcel: Parcel) -> None:
        if parcel.kind == "mark":
            self.settlings.marked(msgspec.json.decode(parcel.body))
        elif parcel.kind == "beat":
            self.standing.lag_seconds = monotonic() - msgspec.json.decode(parcel.body, type=float)
            if not self.standing.is_up:
                self.standing.came_up()
                self.company.tell_everything()
                self.lookout.look_around()

    def _settle(self, settling: Settling) -> None:
        send_mark = (lambda mark: self._announce("mark", mark)) if self.standing.is_up else None
        self.settlings.enter(settling, send_mark)

    def _announce(self, kind: str, body: Any) -> None:
        if self.is_serving:
            self.sender.put(Word(kind, body))

    def _beat(self) -> None:
        if self.is_serving:
            self.company.beat()
            self.loop.later(BEAT, self._beat)

    def _subscribe(self, topic: Topic) -> None:
        channel = channel_of(topic)
        if channel not in self.wanted and self.bus.followers(topic):
            self.wanted.add(channel)
            self._change(self.transport.subscribe, channel)
        super()._subscribe(topic)

    def _unsubscribe(self, topic: Topic) -> None:
        channel = channel_of(topic)
        if channel in self.wanted and not self.bus.followers(topic):
            self.wanted.discard(channel)
            self._change(self.transport.unsubscribe, channel)
        super()._unsubscribe(topic)

    def _change(self, change: Any, channel: str) -> None:
        if not self.transport.is_common:
            self.sender.put(Hearing(change, [channel]))

    def _look_at(self, topic: Topic) -> None:
        """What is not heard yet is looked at as soon as it is."""
        if self.transport.is_common or not self.standing.is_up:
            super()._look_at(topic)
