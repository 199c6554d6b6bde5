"""What can be announced: frozen facts of plain values, told after the commit, in commit order.

A fact names the topics it concerns. One about a chat carries the chat's revision, by which a reader knows what he has.
Volatile facts (typing, presence) are never stored and never numbered, and are the first to be dropped.
"""

from messenger.core.facts.base import ChatFact, Fact, Topic
from messenger.core.facts.chats import ChatChanged, ChatClosed, ChatOpened, MemberAdded, MemberRemoved, RoleChanged
from messenger.core.facts.messages import (
    FileAnnounced,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    ReactionsChanged,
    StatusChanged,
)
from messenger.core.facts.people import (
    BlockChanged,
    PersonArrived,
    PersonChanged,
    PresenceChanged,
    ReadMoved,
    Reported,
    SessionEnded,
    StandingChanged,
    StarChanged,
    Typed,
)

__all__ = [
    "BlockChanged",
    "ChatChanged",
    "ChatClosed",
    "ChatFact",
    "ChatOpened",
    "Fact",
    "FileAnnounced",
    "MemberAdded",
    "MemberRemoved",
    "MessageDeleted",
    "MessageEdited",
    "MessagePinned",
    "MessageSent",
    "PersonArrived",
    "PersonChanged",
    "PresenceChanged",
    "ReactionsChanged",
    "ReadMoved",
    "Reported",
    "RoleChanged",
    "SessionEnded",
    "StandingChanged",
    "StarChanged",
    "StatusChanged",
    "Topic",
    "Typed",
]
