"""What every source is turned into before anything is brought in: people, chats and messages of elsewhere, by their ids
there. Moments are microseconds since 1970."""

from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from typing import Any, Literal, Protocol

import emoji as emoji_names
import msgspec

from messenger.cli.imports.box import Box

# Signs for private use: around the id of a person in a text.
OPENS, CLOSES = "\ue000", "\ue001"


class Wrong(Exception):
    """The source is not what it should be; says where."""

    def __init__(self, words: str, place: str = "", line: int | None = None) -> None:
        where = f"{place}, line {line}: " if line else f"{place}: " if place else ""
        super().__init__(f"{where}{words}")


class Person(msgspec.Struct):
    """Somebody who wrote there."""

    id: str
    name: str
    login: str = ""
    email: str | None = None
    uid: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    about: str = ""
    picture: str | None = None
    created_at: int | None = None
    is_disabled: bool = False
    is_deleted: bool = False


class Member(msgspec.Struct):
    """Somebody in a chat there."""

    person_id: str
    role: Literal["owner", "admin", "member"] = "member"
    joined_at: int | None = None
    left_at: int | None = None


class Chat(msgspec.Struct):
    """A chat there. Where nobody wrote down who was in it, its members are those who wrote."""

    id: str
    kind: Literal["dialog", "group"]
    name: str = ""
    about: str = ""
    is_public: bool = False
    created_at: int | None = None
    archived_at: int | None = None
    members: list[Member] = []
    knows_members: bool = True
    at: Any = None


class File(msgspec.Struct):
    """A file there: in the box, or known only by its name and perhaps an address."""

    name: str
    path: str | None = None
    url: str | None = None


class Message(msgspec.Struct):
    """One message there."""

    id: str
    author_id: str
    text: str
    created_at: int
    kind: Literal["text", "system"] = "text"
    event: dict[str, Any] | None = None
    edited_at: int | None = None
    deleted_at: int | None = None
    pinned_at: int | None = None
    reply_to: str | None = None
    editions: list[tuple[str, int]] = []
    reactions: list[tuple[str, str, int]] = []
    files: list[File] = []


class Source(Protocol):
    """One kind of export, opened. `key` tells one server of that kind from another; `knows_logins` says whether people
    have logins there, or only a name to know them by. Chats are read in their order, each to its end; then `people`
    knows everybody who was met."""

    title: str
    key: str
    place: str
    box: Box
    knows_logins: bool

    def chats(self) -> Iterable[Chat]: ...
    def messages(self, chat: Chat) -> Iterator[Message]: ...
    def people(self) -> Iterable[Person]: ...


class Terms(msgspec.Struct, frozen=True):
    """What the source cannot say of itself."""

    zone: tzinfo = UTC
    date_order: str = ""


def named(person_id: str) -> str:
    """How a text names a person, until it is known what he is called here."""
    return f"{OPENS}{person_id}{CLOSES}"


def plain(text: str) -> str:
    """A text of elsewhere without the two signs above."""
    return text.replace(OPENS, "").replace(CLOSES, "")


def with_emoji(text: str) -> str:
    """The text with emoji instead of their :names:."""
    return emoji_names.emojize(text, language="alias") if ":" in text else text
