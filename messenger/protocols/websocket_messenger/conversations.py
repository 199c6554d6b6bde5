"""Conversations on this wire: begun, listed, and read from their oldest message on."""

import time

from flask import Response, request

from messenger.core import chats, clock, groups, history, people, receipts
from messenger.core import conversations as core
from messenger.core.refusals import Invalid
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot, Person
from messenger.protocols.websocket_messenger.words import (
    ERROR,
    MESSAGE,
    NOBODY,
    PROTOCOL,
    Fields,
    No,
    example,
    fields,
    instead,
    named,
    pages,
    said,
    shape,
    text_of,
    who,
)
from messenger.reception.body import number_of
from messenger.reception.described import Body, described

NOT_FOUND, NO_USER, SELF = "Conversation not found", "User not found", "Cannot start a conversation with yourself"
NOT_YOURS = "Not Authorized to Retrieve Messages"
NEW = {"ann": False, "bob": True}
ROW = {"ConversationId": "3", "Members": ["ann", "bob"], "NewMessage": NEW, "Created": 1630121139}
OTHER = ROW | {"ConversationId": "4", "Members": ["cid", "ann"], "NewMessage": {"cid": False}}
# "Get all messages" of the document, within reason; `before` leads on.
MOST = 10_000


@pages.post("/conversation")
@described(
    "Start a conversation.",
    body=Body({"Recipient": "bob", "Recipients": ["bob", "cid"]}, optional=("Recipient", "Recipients")),
    answers={
        200: example("Conversation Created", "3"),
        400: [ERROR, example(SELF)],
        401: NOBODY,
        404: example(NO_USER),
    },
)
def create_conversation() -> Response:
    """The same pair always gets the same conversation; several Recipients make a group."""
    actor, body = who(), fields()
    return said("Conversation Created", str(_started(actor, body)))


@pages.get("/conversation")
@described(
    "All conversations that one is in.", answers={200: example("Conversations Retrieved", [ROW, OTHER]), 401: NOBODY}
)
def conversations() -> Response:
    """Latest activity first. NewMessage says of each member whether he has something unread."""
    rows = [
        {
            "ConversationId": str(row.chat.chat_id),
            "Members": list(row.has_unread),
            "NewMessage": row.has_unread,
            "Created": row.chat.created_at // clock.SECOND,
        }
        for row in core.of(who())
    ]
    return said("Conversations Retrieved", rows)


@PROTOCOL.shared.get("/message/<conversation_id>")
@described(
    "The messages of a conversation, oldest first.",
    answers={
        200: example("Messages Retrieved", [MESSAGE]),
        400: ERROR,
        401: [NOBODY, example(NOT_YOURS)],
        404: example(NOT_FOUND),
    },
    parameters={"conversation_id": "3", "limit": 50, "before": "18"},
)
def messages(conversation_id: str) -> Response:
    """Fetching the newest ones counts as reading them."""
    actor = who()
    with instead(unknown=NOT_FOUND, forbidden=NOT_YOURS):
        chat = chats.visible(actor, named(conversation_id, NOT_FOUND))
    limit, before = _number("limit") or MOST, _number("before")
    position = None if before is None else history.position_of(chat, before - 1) + 1
    found = _page(chat, position, min(limit, MOST))
    if before is None and found:
        receipts.read(actor, chat, found[-1].position)
    return said("Messages Retrieved", [shape(message) for message in found])


def somebody_else(actor: Actor, login: str) -> Person:
    """The person of this login, who must not be oneself."""
    with instead(unknown=NO_USER):
        person = people.by_login(login)
    if person.user_id == actor.user_id:
        raise No(400, SELF)
    return person


def _started(actor: Actor, body: Fields) -> int:
    """The conversation with the Recipient, or with the Recipients."""
    several = body.get("recipients")
    if several is None:
        return core.begin(actor, somebody_else(actor, text_of(body, "Recipient")))
    if not (isinstance(several, list) and several and all(isinstance(n, str) for n in several)):
        raise Invalid("Recipients must be a list of names.", field="Recipients")
    with instead(unknown=NO_USER):
        found = {person.user_id: person for person in map(people.by_login, several)}
    others = [person for user_id, person in found.items() if user_id != actor.user_id]
    if not others:
        raise No(400, SELF)
    return core.begin(actor, others[0]) if len(others) == 1 else _group(actor, others)


def _group(actor: Actor, others: list[Person]) -> int:
    name = ", ".join([actor.person.name, *(person.name for person in others)])
    return groups.create(actor, name[:80].rstrip(", "), is_public=False, invited=others).chat_id or 0


def _number(name: str) -> int | None:
    """A number of the query, if it is there."""
    value = request.args.get(name)
    number = None if value is None else number_of(value)
    if value is not None and number is None:
        raise Invalid("%(name)s must be a number from 1 on.", field=name, name=name)
    return number


def _page(chat: ChatSnapshot, position: int | None, limit: int) -> list[MessageSnapshot]:
    """So many messages before that position that are not deleted, oldest first."""
    found: list[MessageSnapshot] = []
    while len(found) < limit:
        page = history.before(chat, position, history.LONGEST_PAGE)
        found = [message for message in page if message.deleted_at is None] + found
        if not page or page[0].position == 1:
            break
        position = page[0].position
        # A long conversation takes the better part of a second; between two pages others have their turn.
        time.sleep(0)
    return found[-limit:]
