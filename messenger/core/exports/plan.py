"""What belongs to an export: which chats, how far, and whose words in them. Fixed before the first line is written."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, func, select

from messenger.core import people
from messenger.core.models import Attachment, Chat, Member, Message, Reaction, User
from messenger.core.pace import Pace
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Person
from messenger.extensions import db

AT_ONCE = 400
WINDOW = 4_000


class Stretch(msgspec.Struct, frozen=True):
    """One chat up to a position. `author_id` is set where only one's own words may go along."""

    chat_id: int
    until: int
    author_id: int | None = None

    def condition(self) -> ColumnElement[bool]:
        """The messages that belong to it."""
        inside = (Message.chat_id == self.chat_id) & (Message.position <= self.until)
        return inside if self.author_id is None else inside & (Message.author_id == self.author_id)

    def windows(self) -> Iterator[ColumnElement[bool]]:
        """The same, piece by piece: a look at all of a long chat would make everybody else wait."""
        for start in range(0, self.until, WINDOW):
            yield self.condition() & (Message.position > start) & (Message.position <= start + WINDOW)


class Plan(msgspec.Struct):
    """The whole of an export. `person` is whose it is, where it is somebody's own."""

    scope: Literal["person", "chat", "server"]
    stretches: tuple[Stretch, ...]
    person: Person | None = None
    known: list[int] | None = None

    def messages(self) -> int:
        """How many messages it has."""
        whole = sum(s.until for s in self.stretches if s.author_id is None)
        own = [s for s in self.stretches if s.author_id is not None]
        return whole + sum(db.session.scalar(select(func.count(Message.id)).where(s.condition())) or 0 for s in own)

    def files(self) -> tuple[int, int]:
        """How many files, and how many bytes they take."""
        count = size = 0
        for s in self.stretches:
            more, bytes_more = db.session.execute(_files(s, func.count(Attachment.id), func.sum(Attachment.size))).one()
            count, size = count + more, size + int(bytes_more or 0)
        return count, size

    def user_ids(self) -> list[int]:
        """Everybody who is named in it."""
        if self.known is None:
            self.known = sorted(self._named())
            db.session.remove()
        return self.known

    def _named(self) -> set[int]:
        if self.scope == "server":
            return set(db.session.scalars(select(User.id)))
        found, pace = {self.person.user_id} if self.person else set(), Pace()
        for s in self.stretches:
            if s.author_id is None:
                found |= set(db.session.scalars(select(Member.user_id).where(Member.chat_id == s.chat_id)))
                for inside in s.windows():
                    found |= set(db.session.scalars(select(Message.author_id).where(inside).distinct()))
                    under = select(Reaction.user_id).join(Message, Message.id == Reaction.message_id)
                    found |= set(db.session.scalars(under.where(inside).distinct()))
                    db.session.remove()
                    pace.breathe()
        return found

    def attachments(self) -> Iterator[list[Attachment]]:
        """Their files, some at a time."""
        for s in self.stretches:
            last = 0
            while rows := list(db.session.scalars(_files(s, Attachment, after=last))):
                last = rows[-1].id
                db.session.remove()
                yield rows


def of_server() -> Plan:
    """Everything."""
    return Plan("server", tuple(_whole(select(Chat.id, Chat.position))))


def of_chat(chat_id: int) -> Plan:
    """One chat. Unknown when there is none."""
    found = tuple(_whole(select(Chat.id, Chat.position).where(Chat.id == chat_id)))
    if not found:
        raise Unknown("There is no such chat.")
    return Plan("chat", found)


def of_person(person: Person) -> Plan:
    """What this person may see now, and his own words in the groups that he has left."""
    rows: Any = select(Chat.id, Chat.position, Member.left_at).join(Member, Member.chat_id == Chat.id)
    mine = db.session.execute(rows.where(Member.user_id == person.user_id).order_by(Chat.id))
    found = [Stretch(chat_id, until, None if left_at is None else person.user_id) for chat_id, until, left_at in mine]
    return Plan("person", tuple(found), person)


def in_batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A long list in pieces that a statement takes."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def people_of(ids: Sequence[int]) -> list[Person]:
    """These people."""
    rows = db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id))
    return [people.snapshot(user) for user in rows]


def _whole(rows: Any) -> Iterator[Stretch]:
    for chat_id, until in db.session.execute(rows.order_by(Chat.id)):
        yield Stretch(chat_id, until)


def _files(stretch: Stretch, *what: Any, after: int | None = None) -> Any:
    rows: Any = select(*what).join(Message, Message.id == Attachment.message_id)
    rows = rows.where(stretch.condition(), Attachment.chat_id == stretch.chat_id, Attachment.removed_at.is_(None))
    if after is not None:
        rows = rows.where(Attachment.id > after).order_by(Attachment.id).limit(AT_ONCE)
    return rows
