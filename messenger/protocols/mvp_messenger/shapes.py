"""Snapshots as mvp_messenger writes them: three kinds of rows, three spellings of the same keys, as documented."""

from typing import Any

from messenger.core import clock
from messenger.core.snapshots import MessageSnapshot, Person
from messenger.reception import plain

Shape = dict[str, Any]


def user(person: Person) -> Shape:
    """A row of /users/list. Who never told a first name shows his name, unless that is only his login."""
    shown = person.name if person.name != person.login else None
    return {
        "id": person.user_id,
        "firstName": person.first_name or shown,
        "lastName": person.last_name,
        "email": person.email,
        "createdAt": time(person.created_at),
        "updatedAt": time(person.updated_at),
    }


def last_message(said: MessageSnapshot) -> Shape:
    """A row of listLastMessage."""
    receiver, group = _receiver(said), said.chat if said.chat.pair is None else None
    return {
        "id": said.message_id,
        "senderId": said.author.user_id,
        "senderName": name(said.author),
        "receiverId": receiver.user_id if receiver else None,
        "receiverName": name(receiver) if receiver else None,
        "groupId": group.chat_id if group else None,
        "groupName": group.name if group else None,
        "content": plain.text_of(said),
        "createdAt": time(said.created_at),
        "updatedAt": time(said.updated_at),
        "deletedAt": time(said.deleted_at) if said.deleted_at is not None else None,
    }


def in_dialog(said: MessageSnapshot) -> Shape:
    """A row of getlatestMessageDialog."""
    receiver = said.chat.other(said.author.user_id)
    return {
        "sender_id": said.author.user_id,
        "receiver_id": receiver.user_id,
        "receverName": name(receiver),  # QUIRK(mvp_messenger): the document spells it so
        "content": plain.text_of(said),
        "created_at": time(said.created_at),
    }


def in_group(said: MessageSnapshot) -> Shape:
    """A row of getlatestMessageGroup."""
    return {
        "sender_id": said.author.user_id,
        "senderName": name(said.author),
        "group_id": said.chat.chat_id,
        "created_at": time(said.created_at),
        "content": plain.text_of(said),
    }


def reply(kind: str, data: Any = None, message: str | None = None, sender: str | None = None) -> Shape:
    """An answer to a request, or a push of the same type."""
    return {"type": kind, "success": True, "params": {"data": data, "message": message, "senderName": sender}}


def failure(kind: str, message: str) -> Shape:
    """A request that was refused."""
    return {"error": True, "type": kind, "message": message}


def name(person: Person) -> str:
    """How people are called here: the first name, or the login."""
    return person.first_name or person.login


def time(microseconds: int) -> str:
    """`2023-07-28T13:20:09.896Z`."""
    return clock.moment(microseconds).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _receiver(said: MessageSnapshot) -> Person | None:
    return None if said.chat.pair is None else said.chat.other(said.author.user_id)
