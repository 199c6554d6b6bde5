"""What happens to chats and to who is in them."""

from collections.abc import Iterable

from messenger.core.facts.base import ChatFact, Fact, Topic
from messenger.core.snapshots import ChatSnapshot, MemberSnapshot, Person


class ChatOpened(Fact, frozen=True):
    """A chat exists from now on, with these people in it."""

    chat: ChatSnapshot
    user_ids: tuple[int, ...]

    @property
    def topics(self) -> Iterable[Topic]:
        return tuple(("person", user_id) for user_id in self.user_ids)


class ChatChanged(ChatFact, frozen=True):
    """A chat has another name, or is open to others than before."""

    chat: ChatSnapshot


class MemberAdded(ChatFact, frozen=True):
    """Somebody came in."""

    chat: ChatSnapshot
    member: MemberSnapshot

    @property
    def topics(self) -> Iterable[Topic]:
        return (("chat", self.chat_id), ("person", self.member.person.user_id))


class MemberRemoved(ChatFact, frozen=True):
    """Somebody left or was removed."""

    chat: ChatSnapshot
    person: Person
    removed_by: str

    @property
    def topics(self) -> Iterable[Topic]:
        return (("chat", self.chat_id), ("person", self.person.user_id))


class RoleChanged(ChatFact, frozen=True):
    """A member has another role."""

    chat: ChatSnapshot
    member: MemberSnapshot


class ChatClosed(ChatFact, frozen=True):
    """An administrator has closed a group: nobody reads or writes in it any more."""

    chat: ChatSnapshot
