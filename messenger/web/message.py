"""One message by its own address: its place, what can be done with it, what it said before, who has read it."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from messenger.core import history, members, messages, reactions, stars, wishes
from messenger.core.levels import Level
from messenger.core.snapshots import MessageSnapshot, Person, Status
from messenger.reception import identity
from messenger.web import layout, place

pages = Blueprint("message", __name__)
ADDRESS = "/message/<int:message_id>"


@pages.get(ADDRESS)
def show(message_id: int) -> Response:
    """On to where it stands."""
    return layout.done(_at(history.one(identity.who(), message_id)))


@pages.get(f"{ADDRESS}/actions")
def actions(message_id: int) -> Response:
    """Everything one can do with it, by plain forms."""
    actor = identity.who()
    message = history.one(actor, message_id)
    mine = message.author.user_id == actor.user_id and message.kind == "text"
    return layout.page(
        "message.html",
        message=message,
        place=place.address_of(message.chat, actor),
        mine=mine,
        can_delete=mine,
        can_pin=True,
        is_starred=message_id in stars.ids_in(actor, message.chat),
    )


@pages.get(f"{ADDRESS}/text")
def text(message_id: int) -> Response:
    """As it was written, for the field in which it is edited."""
    return Response(history.one(identity.who(), message_id).text, mimetype="text/plain")


@pages.get(f"{ADDRESS}/history")
def versions(message_id: int) -> Response:
    """What it said before."""
    actor = identity.who()
    names: dict[str, Any] = {"message": history.one(actor, message_id), "versions": history.editions(actor, message_id)}
    if layout.is_for("dialog-body"):
        return layout.fragment("_history.html", **names)
    return layout.page("history.html", **names)


@pages.get(f"{ADDRESS}/readers")
def readers(message_id: int) -> Response:
    """How far it has come with each of the others."""
    message = history.one(identity.who(), message_id)
    names: dict[str, Any] = {"message": message, "readers": _readers(message)}
    if layout.is_for("dialog-body"):
        return layout.fragment("_readers.html", **names)
    return layout.page("readers.html", **names)


@pages.post(f"{ADDRESS}/edit")
def edit(message_id: int) -> Response:
    """Say it differently."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    return layout.done(_at(messages.edit(identity.who(), message_id, text)))


@pages.post(f"{ADDRESS}/delete")
def delete(message_id: int) -> Response:
    """Take it back."""
    return layout.done(_at(messages.delete(identity.who(), message_id)))


@pages.post(f"{ADDRESS}/reactions")
def react(message_id: int) -> Response:
    """Put an emoji under it; the same again takes it back."""
    actor, emoji = identity.who(), request.form.get("emoji", "")
    message = history.one(actor, message_id)
    has_it = any(r.emoji == emoji and actor.login in r.logins for r in message.reactions)
    return layout.done(_at(reactions.react(actor, message_id, emoji, not has_it)))


@pages.post(f"{ADDRESS}/pin")
def pin(message_id: int) -> Response:
    """Put it at the top of its chat, or take it down."""
    return layout.done(_at(messages.pin(identity.who(), message_id, request.form.get("on") == "1")))


@pages.post(f"{ADDRESS}/unread")
def unread(message_id: int) -> Response:
    """Count it and what follows as unread."""
    actor = identity.who()
    message = history.one(actor, message_id)
    if message.chat.chat_id is not None:
        wishes.mark_unread(actor, message.chat.chat_id, message.position)
    return layout.done("/chats")


def _at(message: MessageSnapshot) -> str:
    here = place.address_of(message.chat, identity.who())
    return f"{here}?around={message.position}#message-{message.message_id}"


def _readers(message: MessageSnapshot) -> list[tuple[Person, Status]]:
    """The members and their states. Who keeps it to himself counts as reached, not as having read."""
    listed: list[tuple[Person, Status]] = []
    shown = set(history.readers(identity.who(), message.message_id))
    for member in members.of(message.chat.chat_id or 0):
        if member.person.user_id != message.author.user_id:
            read = member.read_position if member.person.login in shown else 0
            level = Level(max(member.delivered_position, member.read_position), read)
            listed.append((member.person, level.status(message.position)))
    return listed
