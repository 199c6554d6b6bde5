"""Mattermost's bulk export: one JSONL, and beside it, or with it in a zip, the folder of attachments."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from messenger.cli.imports import box, foreign
from messenger.cli.imports.foreign import Chat, File, Member, Message, Person, Wrong
from messenger.cli.imports.shelf import Shelf

Line = dict[str, Any]
NAME = re.compile(r"(?<![\w@/.])@([a-z0-9][a-z0-9._-]*)")
# Where the files of a message may lie, seen from the list.
FOLDERS = ("", "data/", "bulk-export-attachments/", "attachments/")
HAPPENED = {"system_join_channel": "joined", "system_leave_channel": "left", "system_add_to_channel": "added",
            "system_remove_from_channel": "removed", "system_join_team": "joined", "system_leave_team": "left",
            "system_displayname_change": "renamed"}  # fmt: skip


class Mattermost:
    """One server."""

    title = "mattermost"
    key = ""
    knows_logins = True

    def __init__(self, outer: box.Box, terms: foreign.Terms) -> None:
        self.list = _list_in(outer) or ""
        folder, slash, _ = self.list.rpartition("/")
        self.box = box.Inner(outer, folder + slash) if slash else outer
        self.list = self.list.removeprefix(folder + slash)
        self.place = self.list
        self.known: dict[str, Person] = {}
        self.found: dict[str, Chat] = {}
        self.joined: dict[str, dict[str, str]] = {}
        self.counts: Counter[str] = Counter()
        self.teams: set[str] = set()
        self.shelf = Shelf()
        self._read()

    @staticmethod
    def fits(outer: box.Box) -> bool:
        """Does it look like one?"""
        return _list_in(outer) is not None

    def people(self) -> list[Person]:
        """All users, and whoever wrote without being one."""
        return list(self.known.values())

    def chats(self) -> Iterator[Chat]:
        """Channels, then conversations."""
        for chat in self.found.values():
            if chat.at and len(self.teams) > 1:
                chat.name = f"{chat.at[1]} ({chat.at[0]})"
            if chat.at:
                roles = self.joined.get(chat.id, {})
                chat.members = [Member(who, "admin" if "admin" in role else "member") for who, role in roles.items()]
            yield chat

    def messages(self, chat: Chat) -> Iterator[Message]:
        """In the order of their moments; answers stand where they were given."""
        yield from self.shelf.of(chat.id)

    def _read(self) -> None:
        """The whole list: nothing in it says how it is ordered."""
        kinds = {"channel": self._channel, "user": self._user, "post": self._post, "direct_channel": self._direct,
                 "direct_post": self._direct_post}  # fmt: skip
        for number, line in box.lines_of(self.box, self.list):
            if not line.strip():
                continue
            try:
                found = msgspec.json.decode(line, type=Line)
                kind = str(found.get("type"))
                if number == 1 and (kind != "version" or found.get("version") != 1):
                    raise Wrong("the first line must name version 1", self.list, number)
                if kind in kinds:
                    kinds[kind](found[kind])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise Wrong(str(error), self.list, number) from None
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise Wrong(f"something is missing or of another kind: {error}", self.list, number) from None
        self.shelf.close()

    def _channel(self, line: Line) -> None:
        team, name = str(line["team"]), str(line["name"])
        self.teams.add(team)
        about = "\n".join(filter(None, (str(line.get("header") or ""), str(line.get("purpose") or ""))))
        title = str(line.get("display_name") or name)
        self.found[f"{team}/{name}"] = Chat(
            f"{team}/{name}", "group", title, about, line.get("type") == "O", at=(team, title),
            archived_at=_moment(line["deleted_at"]) if line.get("deleted_at") else None,
        )  # fmt: skip

    def _user(self, line: Line) -> None:
        login = str(line["username"])
        full = " ".join(filter(None, (line.get("first_name"), line.get("last_name"))))
        self.known[login] = Person(
            id=login,
            name=str(full or line.get("nickname") or login),
            login=login,
            email=line.get("email") or None,
            first_name=line.get("first_name") or None,
            last_name=line.get("last_name") or None,
            about=str(line.get("position") or ""),
            is_disabled=bool(line.get("delete_at")),
        )
        for team in line.get("teams") or ():
            for channel in team.get("channels") or ():
                place = f"{team['name']}/{channel['name']}"
                self.joined.setdefault(place, {})[login] = str(channel.get("roles") or "")

    def _direct(self, line: Line) -> None:
        self._conversation([str(one) for one in line.get("members") or line.get("participants") or ()])

    def _direct_post(self, line: Line) -> None:
        self._said(self._conversation([str(one) for one in line["channel_members"]]), line)

    def _post(self, line: Line) -> None:
        chat_id = f"{line['team']}/{line['channel']}"
        if chat_id not in self.found:
            raise KeyError(f"there is no channel {chat_id}")
        self._said(chat_id, line)

    def _conversation(self, people: list[str]) -> str:
        people = sorted(set(people))
        if not people:
            raise ValueError("a conversation of nobody")
        chat_id = "direct/" + ",".join(people)
        kind, name = ("dialog", "") if len(people) <= 2 else ("group", ", ".join(self._named(one) for one in people))
        members = [Member(one) for one in people]
        self.found.setdefault(chat_id, Chat(chat_id, "dialog" if kind == "dialog" else "group", name, members=members))
        return chat_id

    def _said(self, chat_id: str, line: Line, answers: str | None = None) -> None:
        author, at = str(line["user"]), _moment(line["create_at"])
        # A post has no id of its own: writer and moment, and a number where somebody was as quick as that.
        name = f"{author}:{line['create_at']}"
        self.counts[f"{chat_id}:{name}"] += 1
        name = f"{name}:{self.counts[f'{chat_id}:{name}']}"
        kind = str(line.get("type") or "")
        message = Message(
            id=name,
            author_id=author,
            text=self._words(str(line.get("message") or "")),
            created_at=at,
            kind="system" if kind.startswith("system_") else "text",
            event={"what": HAPPENED[kind]} if kind in HAPPENED else None,
            edited_at=_moment(line["edit_at"]) if line.get("edit_at") else None,
            pinned_at=at if line.get("is_pinned") else None,
            reply_to=answers,
            reactions=[_reaction(one) for one in line.get("reactions") or ()],
            files=[self._file(str(one["path"])) for one in line.get("attachments") or () if one.get("path")],
        )  # fmt: skip
        self.known.setdefault(author, Person(author, author, author))
        self.shelf.put(chat_id, message)
        for answer in line.get("replies") or ():
            self._said(chat_id, answer, name)

    def _words(self, text: str) -> str:
        text = NAME.sub(lambda found: self._mention(found[0], found[1]), foreign.plain(text))
        return foreign.with_emoji(text)

    def _mention(self, words: str, login: str) -> str:
        bare = login.rstrip(".-_")
        return foreign.named(bare) + login[len(bare) :] if bare in self.known else words

    def _file(self, path: str) -> File:
        short = path.rpartition("/")[2]
        for name in (*(folder + path.lstrip("/") for folder in FOLDERS), *(folder + short for folder in FOLDERS)):
            try:
                self.box.size(name)
                return File(short, name)
            except KeyError:
                continue
        return File(short)

    def _named(self, login: str) -> str:
        return self.known[login].name if login in self.known else login


def _list_in(outer: box.Box) -> str | None:
    """The JSONL whose first line names a version."""
    for name in outer.names:
        if name.endswith(".jsonl") and name.count("/") <= 1:
            with outer.open(name) as file:
                head = file.readline(4096)
            if b'"version"' in head and b'"type"' in head:
                return name
    return None


def _reaction(line: Line) -> tuple[str, str, int]:
    return str(line["user"]), foreign.with_emoji(f":{line['emoji_name']}:"), _moment(line.get("create_at") or 0)


def _moment(milliseconds: Any) -> int:
    return int(milliseconds) * 1000
