"""Snapshots as the JSON objects of the document: the documented keys first and in order, ours behind them."""

from typing import Any

from messenger.core.snapshots import (
    Actor,
    ChatSnapshot,
    MemberSnapshot,
    MessageSnapshot,
    Person,
    Standing,
)
from messenger.extensions import presence
from messenger.protocols.gmessenger.times import written, written_or_none
from messenger.reception import files

Shape = dict[str, Any]
NONE: tuple[Any, ...] = ()


def user(actor: Actor) -> Shape:
    """Who one is."""
    person = actor.person
    return {
        "id": person.user_id,
        "uid": person.uid,
        "login": person.login,
        "name": person.name,
        "email": person.email,
    }


def place(chat: ChatSnapshot, viewer_id: int) -> Shape:
    """The conversation as its addresses name it: a dialog by the other one's login."""
    if chat.pair is None:
        return {"type": "group", "id": str(chat.chat_id)}
    return {"type": "dialog", "id": chat.other(viewer_id).login}


def message(said: MessageSnapshot, viewer_id: int) -> Shape:
    """A message, deleted or not, as the viewer's history shows it."""
    return {**unplaced(said), "chat": place(said.chat, viewer_id)}


def unplaced(said: MessageSnapshot) -> Shape:
    """All of a message that is the same for everybody; for `chat` only its place among the keys is kept."""
    chat, quote = said.chat, said.reply_to
    to = {} if chat.pair is None else {"receiver": chat.other(said.author.user_id).login}
    return {
        "id": said.message_id,
        "sender": said.author.login,
        **to,
        "text": said.text,
        "status": said.status,
        "time": written(said.created_at),
        "chat": None,
        "kind": said.kind,
        "edited": written_or_none(said.edited_at),
        "deleted": said.deleted_at is not None,
        "pinned": written_or_none(said.pinned_at),
        "reply_to": None if quote is None else quote.message_id,
        "quote": None if quote is None else {"name": quote.author_name, "text": quote.text},
        "attachments": [files.described(file) for file in said.attachments] if said.attachments else NONE,
        "reactions": reactions(said) if said.reactions else NONE,
        "mentions": said.mentions,
        "position": said.position,
        "cursor": said.revision,
    }


def reactions(said: MessageSnapshot) -> list[Shape]:
    """The emoji under a message, each with the logins of those who chose it."""
    return [{"emoji": reaction.emoji, "users": reaction.logins} for reaction in said.reactions]


def status(person: Person, viewer_id: int) -> Shape:
    """Whether somebody is here, and when he was."""
    return {"user_login": person.login, **_here(person, viewer_id)}


def member(in_chat: MemberSnapshot, viewer_id: int) -> Shape:
    """A person in a group."""
    person = in_chat.person
    return {"login": person.login, "name": person.name, "role": in_chat.role, **_here(person, viewer_id)}


def row(standing: Standing, viewer_id: int) -> Shape:
    """One chat in the list."""
    chat, last = standing.chat, standing.last_message
    shape = place(chat, viewer_id)
    shape["name"] = chat.name if chat.pair is None else chat.other(viewer_id).name
    shape |= newest(last)
    shape["unread"] = standing.unread
    shape["cursor"] = standing.revision
    shape["mentioned"] = standing.mentioned
    shape["muted_until"] = written_or_none(standing.muted_until)
    shape["pinned"] = standing.pinned_at is not None
    shape["notify"] = standing.notify
    shape["draft"] = standing.draft
    return shape | (_of_group(standing) if chat.pair is None else _of_person(chat.other(viewer_id), viewer_id))


def stranger(person: Person, viewer_id: int) -> Shape:
    """A person one has not talked with, in the list."""
    return {
        "type": "dialog",
        "id": person.login,
        "name": person.name,
        **newest(None),
        "unread": 0,
        "cursor": 0,
        "mentioned": False,
        "muted_until": None,
        "pinned": False,
        "notify": "all",
        "draft": "",
        **_of_person(person, viewer_id),
    }


def newest(last: MessageSnapshot | None) -> Shape:
    """What a row tells of the last message; a file without words is told by its name."""
    if last is None:
        return {"last_message": "", "last_id": None, "last_sender": None, "last_time": None, "last_status": None}
    return {
        "last_message": last.text or (last.attachments[0].name if last.attachments else ""),
        "last_id": last.message_id,
        "last_sender": last.author.login,
        "last_time": written(last.created_at),
        "last_status": last.status,
    }


def group(chat: ChatSnapshot, people: list[MemberSnapshot], viewer_id: int) -> Shape:
    """A group with everybody in it."""
    return {
        "id": str(chat.chat_id),
        "name": chat.name,
        "private": not chat.is_public,
        "members": [member(one, viewer_id) for one in people],
    }


def _of_group(standing: Standing) -> Shape:
    return {"private": not standing.chat.is_public, "role": standing.role}


def _of_person(person: Person, viewer_id: int) -> Shape:
    return {"uid": person.uid, **_here(person, viewer_id)}


def _here(person: Person, viewer_id: int) -> Shape:
    return {
        "is_online": presence.is_online(person.user_id, viewer_id),
        "last_seen": written_or_none(presence.last_seen(person, viewer_id)),
    }
