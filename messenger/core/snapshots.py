"""What leaves the core: frozen plain values, safe to keep, to send to another process and to render anywhere.

A snapshot says how things stood at one revision. No snapshot knows who is looking at it.
"""

from html import escape
from typing import Any, Literal

import msgspec

Kind = Literal["dialog", "group"]
Role = Literal["owner", "admin", "member"]
Status = Literal["sent", "delivered", "read"]


class Person(msgspec.Struct, frozen=True):
    """A user as everybody may see him."""

    user_id: int
    uid: str
    login: str
    name: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    about: str = ""
    avatar: str | None = None
    is_deleted: bool = False
    created_at: int = 0
    updated_at: int = 0
    last_seen: int | None = None
    shows_presence: bool = True


class Actor(msgspec.Struct, frozen=True):
    """Who acts, through which session. Every verb takes one first. `until`: when the time of its token is over."""

    person: Person
    session_id: int | None = None
    is_admin: bool = False
    until: int | None = None

    @property
    def user_id(self) -> int:
        """The id of the person."""
        return self.person.user_id

    @property
    def login(self) -> str:
        """The login of the person."""
        return self.person.login


class ChatSnapshot(msgspec.Struct, frozen=True):
    """A chat and, for a dialog, the two people in it (the same one twice in "Saved messages").

    chat_id is None for a dialog in which nothing has been written yet.
    """

    chat_id: int | None
    kind: Kind
    name: str = ""
    is_public: bool = False
    pair: tuple[Person, Person] | None = None
    created_at: int = 0

    def other(self, user_id: int) -> Person:
        """The person on the other side of this dialog."""
        assert self.pair is not None
        return self.pair[1] if self.pair[0].user_id == user_id else self.pair[0]


class AttachmentSnapshot(msgspec.Struct, frozen=True):
    """One file of a message. Its bytes stand in the storage under `key`, which no client ever sees."""

    attachment_id: int
    name: str
    size: int
    type: str
    key: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    has_thumbnail: bool = False


class Quote(msgspec.Struct, frozen=True):
    """The message that another one answers, as much of it as a quotation shows."""

    message_id: int
    author_name: str
    text: str
    rendered: str | None = None
    attachments: tuple[AttachmentSnapshot, ...] = ()


class ReactionSnapshot(msgspec.Struct, frozen=True):
    """One emoji under a message and the logins of those who chose it, first one first."""

    emoji: str
    logins: tuple[str, ...]


class MessageSnapshot(msgspec.Struct, frozen=True):
    """One utterance as it stands at `revision`. `rendered` is its HTML where the text is more than plain."""

    message_id: int
    chat: ChatSnapshot
    position: int
    revision: int
    author: Person
    kind: Literal["text", "system"]
    text: str
    rendered: str | None
    created_at: int
    updated_at: int
    edited_at: int | None = None
    deleted_at: int | None = None
    pinned_at: int | None = None
    status: Status = "sent"
    reply_to: Quote | None = None
    attachments: tuple[AttachmentSnapshot, ...] = ()
    reactions: tuple[ReactionSnapshot, ...] = ()
    mentions: tuple[str, ...] = ()
    event: dict[str, Any] | None = None

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return self.rendered if self.rendered is not None else escape(self.text).replace("\n", "<br>\n")


class MemberSnapshot(msgspec.Struct, frozen=True):
    """A person in a chat: his role and how far he has come."""

    person: Person
    role: Role
    joined_at: int
    delivered_position: int
    read_position: int


class Standing(msgspec.Struct, frozen=True):
    """How one chat stands for one person: a row of his list."""

    chat: ChatSnapshot
    is_member: bool
    unread: int
    last_message: MessageSnapshot | None
    active_at: int
    position: int
    revision: int
    role: Role | None = None
    read_position: int = 0
    muted_until: int | None = None
    pinned_at: int | None = None
    notify: Literal["all", "mentions", "none"] = "all"
    draft: str = ""
    mentioned: bool = False
