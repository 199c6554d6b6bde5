"""A chat as the pages address it: `/dialog/<login>` or `/group/<id>`."""

from urllib.parse import quote

import msgspec
from flask_babel import gettext as _

from messenger.core import blocks, chats, people, standings
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, Person, Standing
from messenger.reception import identity
from messenger.web import shell


class Place(msgspec.Struct, frozen=True):
    """Who looks at which chat, and for a dialog the person on its other side, whom he may have blocked."""

    actor: Actor
    chat: ChatSnapshot
    person: Person | None
    standing: Standing
    blocks: bool = False

    @property
    def address(self) -> str:
        """Its path."""
        return address_of(self.chat, self.actor)

    @property
    def title(self) -> str:
        """What stands above it."""
        if self.person is None:
            return self.chat.name
        return str(_("Saved messages")) if self.person.user_id == self.actor.user_id else self.person.name

    @property
    def can_write(self) -> bool:
        """May the one who looks say something here?"""
        if self.person is not None:
            return not self.person.is_deleted and not self.blocks
        return self.standing.is_member or self.chat.is_public


def of_person(login: str) -> Place:
    """The dialog with this person, begun or not."""
    actor = identity.who()
    person = people.by_login(login)
    chat = chats.with_person(actor, person)
    is_blocked = blocks.has_blocked(actor, person)
    return Place(actor, chat, shell.seen(person, actor.user_id), _standing(actor, chat), is_blocked)


def of_group(chat_id: int) -> Place:
    """The group of this number."""
    actor = identity.who()
    chat = chats.group(actor, chat_id)
    return Place(actor, chat, None, _standing(actor, chat))


def member_of(chat_id: int) -> Place:
    """The group of this number, for who is in it."""
    place = of_group(chat_id)
    if not place.standing.is_member:
        raise Unknown("You are not in this group.")
    return place


def address_of(chat: ChatSnapshot, actor: Actor) -> str:
    """The path of a chat, as this person knows it."""
    if chat.kind == "group":
        return f"/group/{chat.chat_id}"
    return f"/dialog/{quote(chat.other(actor.user_id).login, safe='')}"


def _standing(actor: Actor, chat: ChatSnapshot) -> Standing:
    found = standings.one(actor, chat.chat_id) if chat.chat_id is not None else None
    return found or Standing(chat, chat.kind == "dialog", 0, None, 0, 0, 0)
