"""The socket of all chats keeps the list up to date: a row is read once, then follows the news."""

from functools import partial
from typing import Any

from messenger.core import standings
from messenger.core.facts import (
    ChatChanged,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    PersonArrived,
    PersonChanged,
    ReadMoved,
    RoleChanged,
    StandingChanged,
)
from messenger.core.snapshots import Actor, ChatSnapshot, Person
from messenger.extensions import presence
from messenger.live.deeds import Slow
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.protocols.gmessenger import frames, shapes
from messenger.protocols.gmessenger.times import written_or_none

REREAD = (StandingChanged, ChatChanged, RoleChanged, MemberAdded, MemberRemoved)


class Row:
    """One row as it was told last. `is_live`: news have gone beyond what was read, so they alone keep it right."""

    __slots__ = ("chat", "is_live", "shape")

    def __init__(self, chat: ChatSnapshot, shape: shapes.Shape) -> None:
        self.chat = chat
        self.shape = shape
        self.is_live = False


def follow(mailbox: Mailbox, news: News) -> None:
    """Tell the row that this fact changes."""
    fact = news.fact
    if isinstance(fact, MessageSent):
        _message_sent(mailbox, fact)
    elif isinstance(fact, (MessageEdited, MessageDeleted)):
        _message_changed(mailbox, fact)
    elif isinstance(fact, ReadMoved):
        _read_moved(mailbox, fact)
    elif isinstance(fact, REREAD):
        if _is_about(fact, mailbox.actor.user_id):
            reread(mailbox, fact.chat)
    elif isinstance(fact, PersonArrived):
        mailbox.say(news, "row", lambda: frames.written("chat_updated", shapes.stranger(fact.person, 0)))
    elif isinstance(fact, PersonChanged):
        _person_changed(mailbox, news, fact.person)


def _person_changed(mailbox: Mailbox, news: News, person: Person) -> None:
    """The same for all but those who may not see whether he is here."""
    viewer_id = mailbox.actor.user_id if presence.is_hidden(mailbox.actor.user_id, person.user_id) else 0
    content = shapes.status(person, viewer_id) | {"name": person.name}
    mailbox.memory.say(person.user_id, content["is_online"])
    mailbox.say(news, ("row", viewer_id), lambda: frames.written("user_status", content))


def reread(mailbox: Mailbox, chat: ChatSnapshot) -> None:
    """Read the row from the database, in a worker; once, however many news ask for it meanwhile."""
    rows: dict[int, Row | None] = mailbox.memory.rows
    if chat.chat_id is None or rows.get(chat.chat_id, mailbox) is None:
        return
    rows[chat.chat_id] = None
    mailbox.heard.append(Slow(partial(_read, mailbox.actor, chat), _tell_read))
    mailbox.stir()


def _read(actor: Actor, chat: ChatSnapshot) -> tuple[ChatSnapshot, shapes.Shape | None]:
    assert chat.chat_id is not None
    standing = standings.one(actor, chat.chat_id)
    if standing is None or not (standing.is_member or standing.chat.is_public):
        return chat, None
    return standing.chat, shapes.row(standing, actor.user_id)


def _tell_read(mailbox: Mailbox, found: tuple[ChatSnapshot, shapes.Shape | None]) -> None:
    chat, shape = found
    rows: dict[int | None, Row | None] = mailbox.memory.rows
    if shape is None:
        rows.pop(chat.chat_id, None)
        place = shapes.place(chat, mailbox.actor.user_id)
        gone = {"name": chat.name, **shapes.newest(None), "unread": 0, "role": None, "removed": True}
        mailbox.write(frames.written("chat_updated", place | gone))
        return
    row = rows[chat.chat_id] = Row(chat, shape)
    _tell(mailbox, row)


def _message_sent(mailbox: Mailbox, fact: MessageSent) -> None:
    row, said = mailbox.memory.rows.get(fact.chat_id), fact.message
    if row is None:
        reread(mailbox, said.chat)
    elif fact.revision > row.shape["cursor"]:
        row.is_live = True
        row.shape |= shapes.newest(said)
        row.shape["cursor"] = fact.revision
        if said.author.user_id == mailbox.actor.user_id:
            row.shape["unread"] = 0
        elif said.kind == "text":
            row.shape["unread"] += 1
        _tell(mailbox, row)


def _message_changed(mailbox: Mailbox, fact: MessageEdited | MessageDeleted) -> None:
    """Only the last message of a chat shows in its row."""
    row, said = mailbox.memory.rows.get(fact.chat_id), fact.message
    if row is None:
        reread(mailbox, said.chat)
    elif fact.revision > row.shape["cursor"] and row.shape["last_id"] == said.message_id:
        row.shape |= shapes.newest(said)
        row.shape["cursor"] = fact.revision
        _tell(mailbox, row)


def _read_moved(mailbox: Mailbox, fact: ReadMoved) -> None:
    """What the row was read from may be newer than this fact: it is believed only when the news have caught up."""
    row = mailbox.memory.rows.get(fact.chat.chat_id)
    if row is None or not row.is_live:
        reread(mailbox, fact.chat)
    else:
        row.shape["unread"] = fact.unread
        row.shape["mentioned"] = row.shape["mentioned"] and fact.unread > 0
        _tell(mailbox, row)


def _tell(mailbox: Mailbox, row: Row) -> None:
    if row.chat.pair is not None:
        other = row.chat.other(mailbox.actor.user_id)
        row.shape["is_online"] = presence.is_online(other.user_id, mailbox.actor.user_id)
        row.shape["last_seen"] = written_or_none(presence.last_seen(other, mailbox.actor.user_id))
    mailbox.write(frames.written("chat_updated", row.shape))


def _is_about(fact: Any, user_id: int) -> bool:
    """One's own standing, or the group itself."""
    if isinstance(fact, (MemberAdded, RoleChanged)):
        return fact.member.person.user_id == user_id
    return not isinstance(fact, MemberRemoved) or fact.person.user_id == user_id
