"""The two kinds of sockets of this wire: of one chat, and of all chats."""

from typing import Any, ClassVar

from messenger.core import changes, gaps
from messenger.core.facts import (
    ChatChanged,
    ChatClosed,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PresenceChanged,
    ReactionsChanged,
    RoleChanged,
    StatusChanged,
)
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Person
from messenger.extensions import presence
from messenger.live.deeds import Deed
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.protocols.gmessenger import frames, hearing, rows, shapes
from messenger.protocols.gmessenger.speaking import SPOKEN, Replayed, presence_changed
from messenger.protocols.gmessenger.wire import PROTOCOL
from messenger.reception.listener import Listener

# So many of those who are here are told when the socket of all chats opens; GET /chats tells everybody's.
MOST_GREETED = 200
OF_CHATS: frozenset[type] = frozenset({
    ChatChanged, ChatClosed, MemberAdded, MemberRemoved, MessageDeleted, MessageEdited, MessagePinned, MessageSent,
    ReactionsChanged, RoleChanged, StatusChanged,
})  # fmt: skip


class Line(Listener):
    """What both have in common."""

    name: ClassVar[str] = "gmessenger"
    replayed: ClassVar[type[News]] = Replayed
    turn_away = staticmethod(PROTOCOL.answer)

    def hear(self, mailbox: Mailbox, frame: str | bytes) -> Deed | None:
        """See hearing.py."""
        return hearing.hear(self, mailbox, frame)

    def refuse(self, mailbox: Mailbox, error: Exception, frame: str | bytes | None) -> None:
        """The error frame, with the client id of what was refused."""
        client_id = frames.client_id_of(frame)
        mailbox.memory.forget(client_id)
        words = error.message if isinstance(error, Refusal) else str(error)
        mailbox.write(frames.error(words, client_id, getattr(error, "retry_after", None)))


class ChatLine(Line):
    """The socket of one chat. Who has it open reads what comes."""

    reads: ClassVar[bool] = True

    def welcome(self, mailbox: Mailbox) -> None:
        """What was missed, or that it is too much."""
        chat, start = mailbox.place, mailbox.memory.start
        if start is None or chat.chat_id is None or chat.chat_id in mailbox.cursors:
            return
        kind, number = start
        since = changes.revision_at(chat, number) if kind == "after" else number
        missed = self.catch_up(mailbox, chat, since)
        if missed.is_too_much:
            place = shapes.place(chat, mailbox.actor.user_id)
            mailbox.write(frames.written("reload", {"cursor": missed.revision, "chat": place}))

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """What is said in this chat, and who comes and goes, if that was asked for."""
        fact = news.fact
        kind = fact.__class__
        if kind is PresenceChanged:
            if mailbox.memory.is_watched(fact.person.user_id):
                presence_changed(mailbox, news, fact)
            return
        spoken = SPOKEN.get(kind)
        if spoken is not None and (kind not in OF_CHATS or fact.chat_id == mailbox.place.chat_id):
            spoken(mailbox, news, fact)


class ListLine(Line):
    """The socket of all chats: everything that is said anywhere, the rows of the list, everybody's presence."""

    def welcome(self, mailbox: Mailbox) -> None:
        """What was missed, then who is here."""
        if mailbox.memory.start is not None:
            self._catch_up(mailbox, mailbox.memory.start[1])
        for person in _here(mailbox)[:MOST_GREETED]:
            mailbox.write(frames.written("user_status", shapes.status(person, mailbox.actor.user_id)))

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """The fact itself, then what it does to the list."""
        fact: Any = news.fact
        spoken = SPOKEN.get(type(fact))
        if spoken is not None:
            spoken(mailbox, news, fact)
        elif isinstance(fact, PresenceChanged) and self._is_news(mailbox, fact):
            presence_changed(mailbox, news, fact)
        if news.__class__ is not Replayed:
            rows.follow(mailbox, news)

    @staticmethod
    def _is_news(mailbox: Mailbox, fact: PresenceChanged) -> bool:
        """Who shows or hides himself from now on has said so already, see rows.py."""
        user_id = fact.person.user_id
        return user_id != mailbox.actor.user_id and not mailbox.memory.has_said(user_id, fact.is_online)

    def _catch_up(self, mailbox: Mailbox, message_id: int) -> None:
        gap = gaps.after(mailbox.actor, message_id)
        if gap.is_too_much:
            mailbox.write(frames.written("reload", {"cursor": gap.newest_id}))
            return
        for chat_id, revision in gap.revisions.items():
            mailbox.cursors[chat_id] = max(revision, mailbox.cursors.get(chat_id, 0))
        self.replay(mailbox, map(Replayed, gap.facts))


def _here(mailbox: Mailbox) -> list[Person]:
    """The others who are here, but for those whose coming is told to this socket a moment later."""
    viewer_id = mailbox.actor.user_id
    known = [person for person in presence.online(viewer_id=viewer_id) if presence.is_told(person.user_id)]
    coming = {item.fact.person.user_id for item in tuple(mailbox.told) if _is_coming(item)}
    return [person for person in known if person.user_id not in coming | {viewer_id}]


def _is_coming(item: Any) -> bool:
    return isinstance(item, News) and isinstance(item.fact, PresenceChanged) and item.fact.is_online
