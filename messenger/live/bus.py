"""Publish and subscribe in this process: who follows a topic hears each fact told there once, in order.

Between processes the same facts travel by an implementation of `Between`; the database stays the truth, so a gap is
told to the followers, who read what they missed.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from messenger.live import faults
from messenger.live.mailbox import Mailbox, Topic
from messenger.live.news import News

# A topic with more followers keeps them in a dict, where leaving is cheap; with fewer a list, which is small.
FEW = 16

Followers = list[Mailbox] | dict[Mailbox, None]


class Between(Protocol):
    """What stands between this process and the others. It gets what is told here and calls `Bus.deliver` with that and
    with what others tell, each chat in order, in a turn; and `Bus.lost` when it cannot say any more what is missing.
    """

    def tell(self, facts: list[Any]) -> None: ...
    def subscribe(self, topic: Topic) -> None: ...
    def unsubscribe(self, topic: Topic) -> None: ...
    def settle(self, mailbox: Mailbox) -> None: ...


class Bus:
    """Topics and their followers. `follow` and `leave` may be called from any thread; the rest in a turn."""

    def __init__(self, between: Between | None = None) -> None:
        self.between = between
        self.listeners: list[Callable[[Any], None]] = []
        self._followers: dict[Topic, Followers] = {}

    def follow(self, topic: Topic, mailbox: Mailbox) -> None:
        """From now on the mailbox hears what is told there, unless its socket is gone meanwhile."""
        if mailbox.is_shut:
            return
        followers = self._followers.get(topic)
        if followers is None:
            self._followers[topic] = [mailbox]
            if self.between is not None:
                self.between.subscribe(topic)
        elif mailbox in followers:
            return
        elif isinstance(followers, dict):
            followers[mailbox] = None
        else:
            followers.append(mailbox)
            if len(followers) > FEW:
                self._followers[topic] = dict.fromkeys(followers)
        mailbox.topics.append(topic)

    def leave(self, topic: Topic, mailbox: Mailbox) -> None:
        """The mailbox hears it no more; harmless when it never did."""
        if topic in mailbox.topics:
            mailbox.topics.remove(topic)
            self._forget(topic, mailbox)

    def leave_all(self, mailbox: Mailbox) -> None:
        """The mailbox hears nothing more."""
        topics, mailbox.topics = mailbox.topics, []
        for topic in topics:
            self._forget(topic, mailbox)

    def _forget(self, topic: Topic, mailbox: Mailbox) -> None:
        followers = self._followers[topic]
        if isinstance(followers, dict):
            followers.pop(mailbox, None)
        else:
            followers.remove(mailbox)
        if not followers:
            del self._followers[topic]
            if self.between is not None:
                self.between.unsubscribe(topic)

    def settle(self, mailbox: Mailbox) -> None:
        """Wait until all that is told from now on, anywhere, reaches this mailbox. Not in a turn."""
        if self.between is not None:
            self.between.settle(mailbox)

    def followers(self, topic: Topic) -> list[Mailbox]:
        """Who hears what is told there, as of now."""
        return list(self._followers.get(topic, ()))

    def tell(self, facts: Iterable[Any]) -> None:
        """Tell everybody concerned, here and in the other processes. A failure hurts only its own mailbox."""
        facts = list(facts)
        if self.between is not None:
            self.between.tell(facts)
        else:
            self.deliver(facts)

    def deliver(self, facts: Iterable[Any]) -> None:
        """Tell those in this process."""
        for fact in facts:
            self._deliver(fact)
            for listener in self.listeners:
                try:
                    listener(fact)
                except Exception as error:
                    faults.note(error, "a listener of the bus")

    def _deliver(self, fact: Any) -> None:
        mailboxes = self._concerned(tuple(fact.topics))
        if not mailboxes:
            return
        news = News(fact)
        kind = type(fact)
        for mailbox in mailboxes:
            dialect = mailbox.dialect
            if dialect.heeds is None or kind in dialect.heeds:
                try:
                    dialect.attend(mailbox, fact)
                except Exception as error:
                    mailbox.fault(error)
                    continue
            mailbox.tell(news)

    def _concerned(self, topics: tuple[Topic, ...]) -> list[Mailbox]:
        if len(topics) == 1:
            return list(self._followers.get(topics[0], ()))
        return list(dict.fromkeys(mailbox for topic in topics for mailbox in self.followers(topic)))

    def lost(self, topics: Iterable[Topic]) -> None:
        """Facts about these topics may be missing."""
        for topic in topics:
            for mailbox in self.followers(topic):
                mailbox.missed(topic)
