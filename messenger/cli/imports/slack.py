"""Slack's export: users.json, channels.json, groups.json, mpims.json, dms.json, and a folder of days for each chat.

Files are not in it: their addresses stay in the messages.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from messenger.cli.imports import box, foreign, slack_text
from messenger.cli.imports.foreign import Chat, File, Member, Message, Person, Wrong
from messenger.core import clock

LISTS = (("channels.json", "group", True), ("groups.json", "group", False), ("mpims.json", "group", False),
         ("dms.json", "dialog", False))  # fmt: skip
DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
HAPPENED = {
    "channel_join": "joined", "group_join": "joined", "channel_leave": "left", "group_leave": "left",
    "channel_name": "renamed", "group_name": "renamed", "channel_topic": "", "group_topic": "", "channel_purpose": "",
    "group_purpose": "", "channel_archive": "", "channel_unarchive": "", "group_archive": "", "group_unarchive": "",
    "pinned_item": "", "channel_convert_to_private": "private", "bot_add": "", "bot_remove": "", "reminder_add": "",
}  # fmt: skip
Line = dict[str, Any]


class Slack:
    """One workspace."""

    title = "slack"
    knows_logins = True
    place = "users.json"

    def __init__(self, outer: box.Box, terms: foreign.Terms) -> None:
        found = box.around(outer, "users.json")
        assert found is not None
        self.box = found
        self.known = {str(user.get("id")): _person(user) for user in self._list("users.json")}
        self.key = next((str(user.get("team_id")) for user in self._list("users.json") if user.get("team_id")), "")
        self.days: dict[str, list[str]] = {}
        for name in self.box.names:
            folder, slash, day = name.rpartition("/")
            if slash and DAY.fullmatch(day):
                self.days.setdefault(folder, []).append(name)

    @staticmethod
    def fits(outer: box.Box) -> bool:
        """Does it look like one?"""
        return bool(box.around(outer, "users.json") and box.around(outer, *(name for name, _, _ in LISTS)))

    def people(self) -> list[Person]:
        """Those of users.json, and the bots that were met."""
        return list(self.known.values())

    def chats(self) -> Iterator[Chat]:
        """Channels, private ones, conversations of several and of two."""
        for name, kind, is_public in LISTS:
            for line in self._list(name) if name in self.box.names else ():
                yield self._chat(line, kind, is_public)

    def messages(self, chat: Chat) -> Iterator[Message]:
        """Day by day."""
        for name in self.days.get(chat.at, ()):
            lines = [line for line in self._list(name) if line.get("type", "message") == "message" and line.get("ts")]
            for line in sorted(lines, key=lambda line: _moment(line["ts"], name)):
                yield self._message(line, name)

    def _chat(self, line: Line, kind: str, is_public: bool) -> Chat:
        people = [str(one) for one in line.get("members") or ()]
        creator = line.get("creator")
        if kind == "dialog" and not 1 <= len(set(people)) <= 2:
            raise Wrong(f"the conversation {line.get('id')} is not of two people", "dms.json")
        words = [str((line.get(part) or {}).get("value") or "") for part in ("topic", "purpose")]
        about = slack_text.markdown("\n".join(filter(None, words)))
        name = str(line.get("name") or line["id"])
        title = name
        if name.startswith("mpdm-"):
            title = ", ".join(self.known[one].name if one in self.known else one for one in people)
        created = int(line.get("created") or 0) * clock.SECOND or None
        return Chat(
            id=str(line["id"]),
            kind="dialog" if kind == "dialog" else "group",
            name="" if kind == "dialog" else title,
            about=about,
            is_public=is_public,
            created_at=created,
            archived_at=(int(line.get("updated") or 0) * 1000 or created) if line.get("is_archived") else None,
            members=[Member(one, "owner" if one == creator else "member") for one in dict.fromkeys(people)],
            at=str(line["id"]) if kind == "dialog" else name,
        )

    def _message(self, line: Line, name: str) -> Message:
        at, what = _moment(line["ts"], name), str(line.get("subtype") or "")
        thread = line.get("thread_ts")
        edited = line.get("edited") or {}
        message = Message(
            id=str(line["ts"]),
            author_id=self._author(line),
            text=_text(line),
            created_at=at,
            edited_at=_moment(edited["ts"], name) if edited.get("ts") else None,
            pinned_at=at if line.get("pinned_to") else None,
            reply_to=str(thread) if thread and thread != line["ts"] else None,
            reactions=[(str(user), foreign.with_emoji(f":{reaction['name'].partition('::')[0]}:"), at)
                       for reaction in line.get("reactions") or () for user in reaction.get("users") or ()],
            files=[_file(file) for file in line.get("files") or () if file.get("mode") != "tombstone"],
        )  # fmt: skip
        if what in HAPPENED:
            message.kind, message.event = "system", {"what": HAPPENED[what]} if HAPPENED[what] else None
            message.text = message.text.replace(foreign.named(message.author_id), "").strip() or what
        elif what == "tombstone":
            message.text, message.deleted_at, message.files = "", at, []
        elif what == "me_message":
            message.text = f"_{message.text}_"
        return message

    def _author(self, line: Line) -> str:
        """A person, or a bot, which is one too as soon as it was met."""
        bot = line.get("bot_profile") or {}
        author = str(line.get("user") or line.get("bot_id") or line.get("username") or "USLACKBOT")
        if author not in self.known:
            named = (
                bot.get("name") or line.get("username") or (line.get("user_profile") or {}).get("real_name") or author
            )
            self.known[author] = Person(author, str(named), login=str(named))
        return author

    def _list(self, name: str) -> list[Line]:
        self.place = name
        try:
            return msgspec.json.decode(box.text_of(self.box, name), type=list[Line])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Wrong(str(error), name) from None


def _person(user: Line) -> Person:
    profile = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name")
    return Person(
        id=str(user.get("id")),
        name=str(name or user.get("id")),
        login=str(user.get("name") or ""),
        email=profile.get("email") or None,
        first_name=profile.get("first_name") or None,
        last_name=profile.get("last_name") or None,
        about=str(profile.get("title") or ""),
        is_disabled=bool(user.get("deleted")),
    )


def _text(line: Line) -> str:
    """Its words; those of what a bot hung on it where it has none of its own."""
    words = [str(line.get("text") or "")]
    if not words[0]:
        hung = line.get("attachments") or ()
        words += [str(one.get("text") or one.get("fallback") or one.get("title") or "") for one in hung]
    return slack_text.markdown("\n".join(filter(None, words)))


def _file(file: Line) -> File:
    name = str(file.get("name") or file.get("title") or file.get("id") or "file")
    return File(name, url=file.get("permalink") or file.get("url_private") or file.get("url_private_download"))


def _moment(ts: object, name: str) -> int:
    whole, _dot, rest = str(ts).partition(".")
    if not whole.isdecimal() or (rest and not rest.isdecimal()) or len(whole) > 11:
        raise Wrong(f"{ts!r} is no moment", name)
    return int(whole) * clock.SECOND + int(f"{rest:0<6}"[:6] or 0)
