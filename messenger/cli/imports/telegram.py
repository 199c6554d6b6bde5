"""Telegram Desktop's export in its JSON form: result.json of one chat or of everything, with the folders of files."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from messenger.cli.imports import box, foreign, telegram_text
from messenger.cli.imports.foreign import Chat, Message, Person, Wrong
from messenger.core import clock

Line = dict[str, Any]
DIALOGS = {"personal_chat", "bot_chat", "saved_messages"}
HAPPENED = {
    "create_group": ("created", "created the group"), "create_channel": ("created", "created the group"),
    "invite_members": ("added", "added {members}"), "remove_members": ("removed", "removed {members}"),
    "join_group_by_link": ("joined", "joined"), "join_group_by_request": ("joined", "joined"),
    "edit_group_title": ("renamed", "renamed the group to {title}"), "pin_message": ("", "pinned a message"),
    "edit_group_photo": ("", "changed the picture of the group"), "phone_call": ("", "called"),
    "group_call": ("", "called everybody"), "migrate_from_group": ("", "made the group larger"),
}  # fmt: skip


class Account(msgspec.Struct):
    """The parts that are looked at; messages stay bytes until their turn."""

    id: int = 0
    type: str = ""
    name: str | None = None
    messages: list[msgspec.Raw] | None = None
    personal_information: Line = {}
    chats: dict[str, Any] = {}
    left_chats: dict[str, Any] = {}


class OneChat(msgspec.Struct):
    """A chat of the whole account's export."""

    id: int
    type: str
    messages: list[msgspec.Raw]
    name: str | None = None


class Lists(msgspec.Struct):
    """Where they stand in it."""

    chats: list[OneChat] = msgspec.field(default_factory=list, name="list")


class Whole(msgspec.Struct):
    """Everything of an account."""

    chats: Lists = msgspec.field(default_factory=Lists)
    left_chats: Lists = msgspec.field(default_factory=Lists)


class Telegram:
    """One account, or one chat of it."""

    title = "telegram"
    key = ""
    knows_logins = False
    place = "result.json"

    def __init__(self, outer: box.Box, terms: foreign.Terms) -> None:
        name = _result_in(outer)
        assert name is not None
        folder, slash, short = name.rpartition("/")
        self.box = box.Inner(outer, folder + slash) if slash else outer
        self.zone = terms.zone
        self.known: dict[str, Person] = {}
        self.me = ""
        self.found = self._read(box.text_of(self.box, short))

    @staticmethod
    def fits(outer: box.Box) -> bool:
        """Does it look like one?"""
        return _result_in(outer) is not None

    def people(self) -> list[Person]:
        """Everybody who wrote or did something."""
        return list(self.known.values())

    def chats(self) -> Iterator[Chat]:
        """All that have messages."""
        for one in self.found:
            kind = "dialog" if one.type in DIALOGS else "group"
            name = one.name or ("Deleted account" if kind == "dialog" else "Group")
            chat = Chat(str(one.id), "dialog" if kind == "dialog" else "group", name, is_public="public" in one.type,
                        knows_members=False, at=one)  # fmt: skip
            if one.type != "saved_messages" and kind == "dialog":
                self._meet(f"user{one.id}", name)
                chat.members = [foreign.Member(f"user{one.id}")]
            if self.me and kind == "dialog":
                chat.members.append(foreign.Member(self.me))
            yield chat

    def messages(self, chat: Chat) -> Iterator[Message]:
        """One after the other."""
        for number, raw in enumerate(chat.at.messages, 1):
            try:
                line = msgspec.json.decode(raw, type=Line)
                yield self._message(line, chat)
            except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
                raise Wrong(f"message {number} of {chat.name!r}: {error}", self.place) from None

    def _read(self, text: bytes) -> list[OneChat]:
        try:
            head = msgspec.json.decode(text, type=Account)
            if head.messages is not None:
                return [OneChat(head.id, head.type, head.messages, head.name)]
            whole = msgspec.json.decode(text, type=Whole)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Wrong(str(error), self.place) from None
        mine = head.personal_information
        if mine.get("user_id"):
            self.me = f"user{mine['user_id']}"
            names = " ".join(filter(None, (mine.get("first_name"), mine.get("last_name"))))
            self._meet(self.me, names, str(mine.get("username") or "").lstrip("@"))
        found = [*whole.chats.chats, *whole.left_chats.chats]
        if not found:
            raise Wrong("there are no chats in it", self.place)
        return found

    def _message(self, line: Line, chat: Chat) -> Message:
        is_service = line.get("type") == "service"
        author = str(line.get("actor_id" if is_service else "from_id") or "") or f"channel{chat.id}"
        self._meet(author, line.get("actor" if is_service else "from") or "")
        message = Message(
            id=str(line["id"]),
            author_id=author,
            text=telegram_text.words(line),
            created_at=self._moment(line, "date") or 0,
            edited_at=self._moment(line, "edited"),
            reply_to=str(line["reply_to_message_id"]) if _answers_here(line) else None,
            reactions=self._reactions(line),
            files=telegram_text.files(line),
        )
        if is_service:
            message.kind = "system"
            what, words = HAPPENED.get(str(line.get("action")), ("", str(line.get("action")).replace("_", " ")))
            members = ", ".join(str(one or "Deleted account") for one in line.get("members") or ())
            message.event = {"what": what} if what else None
            message.text = words.format(members=members or "somebody", title=line.get("title") or "")
        return message

    def _reactions(self, line: Line) -> list[tuple[str, str, int]]:
        """Those of which it is known who gave them."""
        found = []
        for reaction in line.get("reactions") or ():
            for one in reaction.get("recent") or ():
                if reaction.get("emoji") and one.get("from_id"):
                    self._meet(str(one["from_id"]), one.get("from") or "")
                    at = self._moment(one, "date") or self._moment(line, "date") or 0
                    found.append((str(one["from_id"]), str(reaction["emoji"]), at))
        return found

    def _moment(self, line: Line, name: str) -> int | None:
        if line.get(f"{name}_unixtime"):
            return int(line[f"{name}_unixtime"]) * clock.SECOND
        if not line.get(name):
            return None
        # Written in the time of whoever exported it.
        return int(datetime.fromisoformat(line[name]).replace(tzinfo=self.zone).timestamp()) * clock.SECOND

    def _meet(self, person_id: str, name: str, login: str = "") -> None:
        person = self.known.setdefault(person_id, Person(person_id, name or "Deleted account", login))
        if name and person.name == "Deleted account":
            person.name = name


def _answers_here(line: Line) -> bool:
    return bool(line.get("reply_to_message_id")) and not line.get("reply_to_peer_id")


def _result_in(outer: box.Box) -> str | None:
    for name in outer.names:
        short = name.rpartition("/")[2]
        is_one = short == "result.json" or (len(outer.names) == 1 and short.endswith(".json"))
        if is_one and name.count("/") <= 1:
            return name
    return None
