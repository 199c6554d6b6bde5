"""Messages on this wire: written, edited, taken back."""

from flask import Response, request

from messenger.core import chats
from messenger.core import messages as core
from messenger.core.refusals import Invalid
from messenger.core.snapshots import Actor, ChatSnapshot
from messenger.protocols.websocket_messenger.conversations import NO_USER, NOT_FOUND, SELF, somebody_else
from messenger.protocols.websocket_messenger.words import (
    ERROR,
    NOBODY,
    Fields,
    example,
    fields,
    id_of,
    instead,
    named,
    pages,
    said,
    text_of,
    who,
)
from messenger.reception import pace
from messenger.reception.described import MESSAGE_TEXT, Body, described

NOT_YOURS, NO_MESSAGE = "Not Authorized", "Message not found"
NOT_YOUR_EDIT, NOT_YOUR_DELETE = "Not Authorized to Edit Message", "Not Authorized to Delete Message"
RULES = {"Message": MESSAGE_TEXT}


@pages.post("/message")
@described(
    "Write a message.",
    body=Body({"ConversationId": "3", "Message": "hello", "client_id": "a1"}, optional=("client_id",), rules=RULES),
    answers={
        200: example("Message Created", "17"),
        400: [ERROR, example(SELF)],
        401: [NOBODY, example(NOT_YOURS)],
        404: [example(NOT_FOUND), example(NO_USER)],
        409: ERROR,
        429: ERROR,
    },
)
def create_message() -> Response:
    """Recipient instead of ConversationId makes the conversation.

    Repeating it with the same client_id (or Idempotency-Key header) writes nothing and answers as before.
    """
    actor, body = who(), fields()
    text, client_id = text_of(body, "Message"), _client_id(body)
    chat = _chat(actor, body)
    pace.keep(actor)
    with instead(unknown=NOT_FOUND, forbidden=NOT_YOURS):
        message = core.send(actor, chat, text, client_id)
    return said("Message Created", str(message.message_id))


@pages.put("/message")
@described(
    "Edit a message.",
    body=Body({"MessageId": "17", "Message": "hello!"}, rules=RULES),
    answers={
        200: example("Message Edited"),
        400: ERROR,
        401: [NOBODY, example(NOT_YOUR_EDIT)],
        404: example(NO_MESSAGE),
    },
)
def edit_message() -> Response:
    actor, body = who(), fields()
    text = text_of(body, "Message")
    return _edited(actor, id_of(body, "MessageId", NO_MESSAGE), text)


@pages.put("/message/<message_id>")
@described(
    "Edit a message, as gmessenger writes it.",
    body=Body({"text": "hello!"}, rules={"text": MESSAGE_TEXT}),
    answers={
        200: example("Message Edited"),
        400: ERROR,
        401: [NOBODY, example(NOT_YOUR_EDIT)],
        404: example(NO_MESSAGE),
    },
    parameters={"message_id": "17"},
)
def edit_message_at(message_id: str) -> Response:
    actor, body = who(), fields()
    text = text_of(body, "text" if "text" in body else "Message")
    return _edited(actor, named(message_id, NO_MESSAGE), text)


@pages.delete("/message/<message_id>")
@described(
    "Delete a message.",
    answers={
        200: example("Message Deleted"),
        401: [NOBODY, example(NOT_YOUR_DELETE)],
        404: example(NO_MESSAGE),
    },
    parameters={"message_id": "17"},
)
def delete_message(message_id: str) -> Response:
    """Its tombstone keeps the place; lists leave it out."""
    actor = who()
    with instead(unknown=NO_MESSAGE, forbidden=NOT_YOUR_DELETE):
        core.delete(actor, named(message_id, NO_MESSAGE))
    return said("Message Deleted")


@pages.delete("/message<message_id>")
@described(
    "Delete a message, as the document writes the address.",
    answers={200: example("Message Deleted"), 401: [NOBODY, example(NOT_YOUR_DELETE)], 404: example(NO_MESSAGE)},
    parameters={"message_id": 17},
)
def delete_unslashed(message_id: str) -> Response:
    """QUIRK(websocket_messenger): `/message{MessageId}`, without a slash."""
    return delete_message(message_id)


def _edited(actor: Actor, message_id: int, text: str) -> Response:
    pace.keep(actor)
    with instead(unknown=NO_MESSAGE, forbidden=NOT_YOUR_EDIT):
        core.edit(actor, message_id, text)
    return said("Message Edited")


def _chat(actor: Actor, body: Fields) -> ChatSnapshot:
    """The conversation that is named, or the one with the Recipient, which the message makes."""
    if body.get("conversationid") is None and "recipient" in body:
        return chats.with_person(actor, somebody_else(actor, text_of(body, "Recipient")))
    with instead(unknown=NOT_FOUND, forbidden=NOT_YOURS):
        return chats.visible(actor, id_of(body, "ConversationId", NOT_FOUND))


def _client_id(body: Fields) -> str | None:
    given = body.get("client_id", body.get("clientid", request.headers.get("Idempotency-Key")))
    if given is not None and not isinstance(given, str):
        raise Invalid("client_id must be text.", field="client_id")
    return given
