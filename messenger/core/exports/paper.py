"""The pages of an export: an index, the people, the chats in pages of a few hundred messages. No scripts, no server."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from messenger.core import chats, clock, loading, people
from messenger.core.exports import lines, names, profile
from messenger.core.exports.plan import Plan, Stretch, in_batches, people_of
from messenger.core.models import Chat, Member, Message, User
from messenger.core.snapshots import ChatSnapshot, MessageSnapshot
from messenger.extensions import db

# Given a template's name and what it needs, its text piece by piece.
Render = Callable[[str, dict[str, Any]], Iterator[str]]
ON_A_PAGE = lines.PAGE


class Entry(msgspec.Struct, frozen=True):
    """A chat in the index."""

    chat_id: int
    kind: str
    name: str
    messages: int
    pages: int
    active_at: int
    chat: ChatSnapshot
    is_whole: bool


class Paper:
    """Everything of an export that is read in a browser."""

    def __init__(self, plan: Plan, render: Render, made_at: int, step: Callable[[int], None]) -> None:
        self.plan = plan
        self.render = render
        self.step = step
        self.common = {"made_at": made_at, "scope": plan.scope, "person": plan.person, "picture": _picture,
                       "path_of": names.of_file, "page_of": names.of_page}  # fmt: skip

    def pages(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each page with its path."""
        yield "index.html", self._page("index.html", entries=self._entries())
        yield "people.html", self._page("people.html", people=self._people())
        if self.plan.person is not None:
            yield "profile.html", self._page("profile.html", kept=profile.of(self.plan.person))
        for stretch in self.plan.stretches:
            yield from self._chat(stretch)

    def _chat(self, stretch: Stretch) -> Iterator[tuple[str, Iterator[bytes]]]:
        entry = self._entry(stretch)
        known = self._members(stretch)
        page = 0
        for page, rows in enumerate(lines.pages(stretch), 1):
            yield names.of_page(entry.chat_id, page), self._written(entry, known, page, rows)
            self.step(len(rows))
        if not page:
            yield names.of_page(entry.chat_id, 1), self._written(entry, known, 1, [])

    def _written(self, entry: Entry, known: Sequence[Any], page: int, rows: list[Message]) -> Iterator[bytes]:
        said = loading.load(db.session, rows)
        if not entry.is_whole:
            said = [msgspec.structs.replace(message, reply_to=None, reactions=(), mentions=()) for message in said]
        ids = [message.reply_to.message_id for message in said if message.reply_to]
        answered = db.session.execute(select(Message.id, Message.position).where(Message.id.in_(ids)))
        marks = {number: f"{(place - 1) // ON_A_PAGE + 1}.html#m{place}" for number, place in answered}
        yield from self._page("chat.html", root="../../", entry=entry, members=known, page=page, messages=said,
                              marks=marks, starts_day=_starts_day(said))  # fmt: skip

    def _page(self, template: str, **more: Any) -> Iterator[bytes]:
        named = {"root": "", **self.common, **more}
        return (piece.encode() for piece in self.render(f"export/{template}", named))

    def _entries(self) -> Iterator[Entry]:
        """Last spoken in, first."""
        active: dict[int, int] = {}
        for ids in in_batches([s.chat_id for s in self.plan.stretches]):
            rows = db.session.execute(select(Chat.id, Chat.active_at).where(Chat.id.in_(ids)))
            active.update({chat_id: at for chat_id, at in rows})  # noqa: C416 rows are not pairs to mypy
        return map(self._entry, sorted(self.plan.stretches, key=lambda s: active[s.chat_id], reverse=True))

    def _entry(self, stretch: Stretch) -> Entry:
        chat = db.session.get_one(Chat, stretch.chat_id)
        snapshot = chats.snapshots(db.session, [chat.id])[chat.id]
        count = stretch.until
        if stretch.author_id is not None:
            count = Plan("person", (stretch,)).messages()
        is_whole = stretch.author_id is None
        entry = Entry(chat.id, chat.kind, self._title(snapshot) if is_whole else "", count,
                      max(1, -(-count // ON_A_PAGE)), chat.active_at, snapshot, is_whole)  # fmt: skip
        db.session.remove()
        return entry

    def _title(self, chat: ChatSnapshot) -> str:
        if chat.pair is None:
            return chat.name
        if self.plan.person is None:
            return " · ".join(dict.fromkeys(person.name for person in chat.pair))
        return chat.other(self.plan.person.user_id).name

    def _members(self, stretch: Stretch) -> list[Any]:
        if stretch.author_id is not None:
            return []
        rows = select(Member, User).join(User).where(Member.chat_id == stretch.chat_id, Member.left_at.is_(None))
        found = [(people.snapshot(user), member.role) for member, user in db.session.execute(rows.order_by(User.name))]
        db.session.remove()
        return found

    def _people(self) -> Iterator[Any]:
        for ids in in_batches(self.plan.user_ids()):
            yield from people_of(ids)
            db.session.remove()


def _picture(person: Any) -> str | None:
    return names.of_picture(person.uid) if person.avatar else None


def _starts_day(said: Sequence[MessageSnapshot]) -> dict[int, bool]:
    """The messages with which a day begins."""
    days = [message.created_at // clock.DAY for message in said]
    return {m.message_id: not n or days[n] != days[n - 1] for n, m in enumerate(said)}
