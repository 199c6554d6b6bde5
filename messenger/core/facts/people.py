"""What happens to people, and what they do without anything being stored."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from messenger.core.facts.base import Fact, Topic
from messenger.core.snapshots import ChatSnapshot, Person

# Who shows everybody of this server follows one topic, not one for each.
EVERYBODY = 0


class ReadMoved(Fact, frozen=True):
    """A person has read on, on one of his devices; `unread` is left."""

    user_id: int
    chat: ChatSnapshot
    read_position: int
    unread: int

    @property
    def topics(self) -> Iterable[Topic]:
        return (("person", self.user_id),)


class StandingChanged(Fact, frozen=True):
    """A person changed how a chat stands in his own list: muted, pinned, a draft, marked unread."""

    user_id: int
    chat: ChatSnapshot
    what: Literal["draft", "mute", "pin", "unread", "notify"]
    session_id: int | None = None
    draft: str = ""

    @property
    def topics(self) -> Iterable[Topic]:
        return (("person", self.user_id),)


class StarChanged(Fact, frozen=True):
    """A person put a star on a message, or took it away."""

    user_id: int
    message_id: int
    is_starred: bool

    @property
    def topics(self) -> Iterable[Topic]:
        return (("person", self.user_id),)


def unbegun(chat: ChatSnapshot) -> Topic:
    """What is followed by who has a dialog open in which nothing has been written yet."""
    assert chat.pair is not None
    return ("unbegun", chat.pair[0].user_id << 53 | chat.pair[1].user_id)


class Typed(Fact, frozen=True):
    """Somebody is writing, or has stopped."""

    volatile: ClassVar[bool] = True

    chat: ChatSnapshot
    person: Person
    is_typing: bool = True
    session_id: int | None = None

    @property
    def topics(self) -> Iterable[Topic]:
        if self.chat.chat_id is None:
            return (unbegun(self.chat),)
        return (("chat", self.chat.chat_id),)


class PresenceChanged(Fact, frozen=True):
    """Somebody came online or went. Told to those who show that person."""

    volatile: ClassVar[bool] = True

    person: Person
    is_online: bool
    last_seen: int | None

    @property
    def topics(self) -> Iterable[Topic]:
        return (("presence", self.person.user_id), ("presence", EVERYBODY))


class PersonChanged(Fact, frozen=True):
    """A person has another name, picture or state."""

    person: Person

    @property
    def topics(self) -> Iterable[Topic]:
        person_id = self.person.user_id
        return (("person", person_id), ("presence", person_id), ("presence", EVERYBODY))


class PersonArrived(Fact, frozen=True):
    """Somebody registered."""

    person: Person

    @property
    def topics(self) -> Iterable[Topic]:
        return (("everyone", 0),)


class SessionEnded(Fact, frozen=True):
    """A device is signed out: its sockets close, its token is dead."""

    ends_session: ClassVar[bool] = True

    user_id: int
    session_id: int

    @property
    def topics(self) -> Iterable[Topic]:
        return (("session", self.session_id),)


class Reported(Fact, frozen=True):
    """Somebody reported a message or a person; or an administrator has closed a report, or opened it again."""

    report_id: int
    is_open: bool

    @property
    def topics(self) -> Iterable[Topic]:
        return (("administration", 0),)


class BlockChanged(Fact, frozen=True):
    """A person has blocked another, or does so no more. Told to both, so that neither shows the other as here."""

    person: Person
    blocked: Person
    is_blocked: bool

    @property
    def topics(self) -> Iterable[Topic]:
        return (("person", self.person.user_id), ("person", self.blocked.user_id))

    def other(self, user_id: int) -> Person:
        """Whom this one of the two no longer shows, or shows again."""
        return self.blocked if self.person.user_id == user_id else self.person
