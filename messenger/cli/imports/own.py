"""Our own form, as `flask export` writes it: JSON lines, described in docs/moving-in.md."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from messenger.cli.imports import box, foreign
from messenger.cli.imports.foreign import Chat, File, Member, Message, Person, Wrong
from messenger.core.exports.parts import FORM, VERSION

Moment = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
T = TypeVar("T")


class Head(msgspec.Struct):
    form: str
    version: int
    server: str


class PersonLine(msgspec.Struct):
    login: str
    name: str
    uid: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    about: str = ""
    picture: str | None = None
    is_disabled: bool = False
    is_deleted: bool = False
    created_at: Moment | None = None


class ChatLine(msgspec.Struct):
    chat: int
    kind: Literal["dialog", "group"]
    name: str = ""
    about: str = ""
    is_public: bool = False
    people: list[str] = []
    created_at: Moment | None = None
    archived_at: Moment | None = None


class MemberLine(msgspec.Struct):
    chat: int
    login: str
    role: Literal["owner", "admin", "member"] = "member"
    joined_at: Moment | None = None
    left_at: Moment | None = None


class EditionLine(msgspec.Struct):
    text: str
    written_at: Moment


class ReactionLine(msgspec.Struct):
    emoji: str
    login: str
    created_at: Moment


class FileLine(msgspec.Struct):
    path: str
    name: str


class MessageLine(msgspec.Struct):
    chat: int
    position: int
    author: str
    text: str
    created_at: Moment
    kind: Literal["text", "system"] = "text"
    event: dict[str, Any] | None = None
    reply_to: int | None = None
    edited_at: Moment | None = None
    deleted_at: Moment | None = None
    pinned_at: Moment | None = None
    editions: list[EditionLine] = []
    reactions: list[ReactionLine] = []
    files: list[FileLine] = []


class Own:
    """An export of this messenger."""

    title = "messenger"
    knows_logins = True
    place = "export.json"

    def __init__(self, outer: box.Box, terms: foreign.Terms) -> None:
        found = box.around(outer, "export.json")
        assert found is not None
        self.box = found
        head = _decoded(Head, box.text_of(self.box, "export.json"), "export.json")
        if head.form != FORM or head.version > VERSION:
            raise Wrong(
                f"this is {head.form!r} of version {head.version}; known is {FORM!r} up to {VERSION}", "export.json"
            )
        self.key = head.server
        self._walk: Iterator[tuple[int, Iterator[MessageLine]]] = iter(())
        self._next: tuple[int, Iterator[MessageLine]] | None = None
        self._order: dict[int, int] = {}

    @staticmethod
    def fits(outer: box.Box) -> bool:
        """Does it look like one?"""
        return box.around(outer, "export.json") is not None

    def people(self) -> Iterator[Person]:
        """Everybody in people.jsonl. By now every message has found its chat."""
        if self._next is not None:
            raise _astray(self._next[0])
        for line in self._lines("people.jsonl", PersonLine):
            yield Person(id=line.login, **msgspec.structs.asdict(line))

    def chats(self) -> list[Chat]:
        """All of chats.jsonl, with their members; the messages can be read from the first again."""
        found = {line.chat: _chat(line) for line in self._lines("chats.jsonl", ChatLine)}
        for line in self._lines("members.jsonl", MemberLine):
            if line.chat not in found:
                raise Wrong(f"there is no chat {line.chat}", "members.jsonl")
            found[line.chat].members.append(Member(line.login, line.role, line.joined_at, line.left_at))
        self._order = {chat_id: place for place, chat_id in enumerate(found)}
        self._walk = groupby(self._lines("messages.jsonl", MessageLine), key=lambda line: line.chat)
        self._next = next(self._walk, None)
        return list(found.values())

    def messages(self, chat: Chat) -> Iterator[Message]:
        """The lines of this chat; they stand in the order of the chats."""
        if self._next is None:
            return
        chat_id, lines = self._next
        if chat_id not in self._order or self._order[chat_id] < self._order[chat.at]:
            raise _astray(chat_id)
        if chat_id == chat.at:
            yield from map(_message, lines)
            self._next = next(self._walk, None)

    def _lines(self, name: str, kind: type[T]) -> Iterator[T]:
        decoder = msgspec.json.Decoder(kind)
        for number, line in box.lines_of(self.box, name):
            if line.strip():
                yield _decoded(decoder.decode, line, name, number)


def _decoded(kind: type[T] | Callable[[bytes], T], line: bytes, name: str, number: int | None = None) -> T:
    try:
        return msgspec.json.decode(line, type=kind) if isinstance(kind, type) else kind(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Wrong(str(error), name, number) from None


def _astray(chat_id: int) -> Wrong:
    return Wrong(f"chat {chat_id} is unknown, or its messages do not stand together", "messages.jsonl")


def _chat(line: ChatLine) -> Chat:
    return Chat(str(line.chat), line.kind, line.name, line.about, line.is_public, line.created_at, line.archived_at,
                [], True, line.chat)  # fmt: skip


def _message(line: MessageLine) -> Message:
    return Message(
        id=str(line.position),
        author_id=line.author,
        text=line.text,
        created_at=line.created_at,
        kind=line.kind,
        event=line.event,
        edited_at=line.edited_at,
        deleted_at=line.deleted_at,
        pinned_at=line.pinned_at,
        reply_to=None if line.reply_to is None else str(line.reply_to),
        editions=[(edition.text, edition.written_at) for edition in line.editions],
        reactions=[(reaction.login, reaction.emoji, reaction.created_at) for reaction in line.reactions],
        files=[File(file.name, file.path) for file in line.files],
    )
