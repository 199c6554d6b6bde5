"""Snapshots as netrox writes them: keys in the document's order, its misspellings kept."""

from typing import Any

from messenger.core import attachments, clock
from messenger.core.snapshots import MessageSnapshot, Person
from messenger.core.threads import Thread
from messenger.reception import plain

Shape = dict[str, Any]


def message(said: MessageSnapshot) -> Shape:
    """A message in the history, taken back or not. It has one file; further ones become lines of its text."""
    file = said.attachments[0] if said.attachments else None
    receiver = said.chat.other(said.author.user_id)
    return {
        "id": said.message_id,
        "sender": person(said.author),
        "receiver": person(receiver),
        "attached_file_size": attachments.size_words(file.size if file else None),
        "message": words(said),
        "updated": time(said.updated_at),
        "created": time(said.created_at),
        "seen": said.status == "read",
        "deleted": said.deleted_at is not None,
        "attached_file": plain.link(file) if file else None,
        "attached_file_name": file.name if file else None,
        "thread": said.chat.chat_id,
    }


def person(somebody: Person) -> Shape:
    """Somebody, known by his uid; `profile` is his picture."""
    return {"id": somebody.uid, "email": somebody.email, "profile": somebody.avatar}


def thread(begun: Thread) -> Shape:
    """A dialog and who wrote first in it."""
    return {
        "id": begun.chat.chat_id,
        "user_one": person(begun.first),
        "user_two": person(begun.second),
        "craeted": time(begun.chat.created_at),  # QUIRK(netrox): the document spells it so
    }


def re_message(said: MessageSnapshot) -> Shape:
    """What the receiver hears of a message without a file."""
    return {"message_body": words(said), **_ends(said, said.created_at), "action": "re_message"}


def re_message_file(said: MessageSnapshot, told_at: int) -> Shape:
    """What the receiver hears of a message with a file, at the moment when it is told."""
    file = said.attachments[0]
    return {
        "message_body": words(said),
        "attached_file_name": file.name,
        "attached_file_size": attachments.size_words(file.size),
        "attached_file_url": plain.link(file),
        **_ends(said, told_at),
        "action": "re_message_file",
    }


def _ends(said: MessageSnapshot, at: int) -> Shape:
    return {
        "sender_id": said.author.uid,
        "receiver_id": said.chat.other(said.author.user_id).uid,
        "timestamp": clock.moment(at).isoformat(timespec="microseconds"),
        "created_msg_id": said.message_id,
    }


def words(said: MessageSnapshot) -> str:
    """The text, with a line for every file but the first."""
    return plain.with_lines(said.text, said.attachments[1:])


def time(microseconds: int) -> str:
    """`2024-06-17T11:28:21.902531Z`."""
    return clock.moment(microseconds).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
