"""One message over HTTP: edited, deleted, reacted to, pinned, who has read it, what it said before."""

from typing import Any

from flask import Response, request

from messenger.core import history, messages, reactions
from messenger.core.refusals import Blank, Forbidden, Invalid, Refusal, TooLong, Unauthenticated, Unknown
from messenger.protocols.gmessenger import asking, shapes
from messenger.protocols.gmessenger.examples import GROUP_MESSAGE, MESSAGE, TIME
from messenger.protocols.gmessenger.times import written
from messenger.protocols.gmessenger.wire import ERROR, answer, pages, shared
from messenger.reception import identity
from messenger.reception.body import json_object, text_of
from messenger.reception.described import MESSAGE_TEXT, Body, described, list_of

REACTIONS = [{"emoji": "👍", "users": ["somelogin"]}]
# QUIRK(gmessenger): editing and deleting answer in the envelope of the wire they were taken from.
ELDER = {"Message": "Message not found", "Data": None}


@shared.put("/message/<message_id>")
@pages.patch("/message/<message_id>")
@described(
    "Edit a message.",
    body=Body({"text": "hello again"}, rules={"text": MESSAGE_TEXT}),
    answers={200: {"Message": "Message Edited", "Data": None}, 400: ELDER, 401: ELDER, 404: ELDER, 429: ELDER},
)
def edit(message_id: str) -> Response:
    """Only its writer may. What it said before is kept and can be read at /message/{id}/editions."""
    try:
        actor = identity.who()
        asking.pace(actor)
        messages.edit(actor, asking.message_id(message_id), text_of(json_object(), "text"))
    except Refusal as no:
        return _elder_refusal(no, "Not Authorized to Edit Message")
    return _elder("Message Edited", 200)


@shared.delete("/message/<message_id>")
@described(
    "Delete a message.", answers={200: {"Message": "Message Deleted", "Data": None}, 401: ELDER, 404: ELDER, 429: ELDER}
)
def delete(message_id: str) -> Response:
    """Only its writer may. A tombstone keeps its place."""
    try:
        messages.delete(identity.who(), asking.message_id(message_id))
    except Refusal as no:
        return _elder_refusal(no, "Not Authorized to Delete Message")
    return _elder("Message Deleted", 200)


@shared.post("/message/<message_id>/reactions")
@described(
    "Put an emoji under a message.",
    body={"emoji": "👍"},
    answers={201: list_of(REACTIONS), 400: ERROR, 401: ERROR, 404: ERROR, 429: ERROR},
)
def react(message_id: str) -> Response:
    """The emoji itself or its :name:. Answers all reactions of the message."""
    actor = identity.who()
    emoji = text_of(json_object(), "emoji")
    asking.pace(actor)
    return answer(shapes.reactions(reactions.react(actor, asking.message_id(message_id), emoji)), 201)


@pages.delete("/message/<message_id>/reactions")
@described(
    "Take an emoji back.",
    answers={200: list_of(REACTIONS), 400: ERROR, 401: ERROR, 404: ERROR, 429: ERROR},
    parameters={"emoji": "👍"},
)
def take_back(message_id: str) -> Response:
    """The emoji stands in the query, or in a body as for POST. Answers the reactions that are left."""
    actor = identity.who()
    emoji = request.args.get("emoji") or text_of(json_object(), "emoji")
    asking.pace(actor)
    return answer(shapes.reactions(reactions.react(actor, asking.message_id(message_id), emoji, is_added=False)))


@pages.put("/message/<message_id>/pin")
@described("Pin a message to the top of its chat.", answers={200: [MESSAGE, GROUP_MESSAGE], 401: ERROR, 404: ERROR})
def pin(message_id: str) -> Response:
    """Any member may."""
    return _pinned(message_id, is_pinned=True)


@pages.delete("/message/<message_id>/pin")
@described("Take a pinned message down.", answers={200: [MESSAGE, GROUP_MESSAGE], 401: ERROR, 404: ERROR})
def unpin(message_id: str) -> Response:
    """Any member may."""
    return _pinned(message_id, is_pinned=False)


@shared.get("/message/<message_id>/readers")
@described("Who has read a message?", answers={200: list_of([{"login": "somelogin"}]), 401: ERROR, 404: ERROR})
def readers(message_id: str) -> Response:
    """Without its writer, and without those who keep it to themselves."""
    found = history.readers(identity.who(), asking.message_id(message_id))
    return answer([{"login": login} for login in found])


@pages.get("/message/<message_id>/editions")
@described(
    "What a message said before.", answers={200: list_of([{"text": "hello", "time": TIME}]), 401: ERROR, 404: ERROR}
)
def editions(message_id: str) -> Response:
    """Every version and when it was written, the present one first."""
    found = history.editions(identity.who(), asking.message_id(message_id))
    return answer([{"text": text, "time": written(at)} for text, at in found])


def _pinned(message_id: str, is_pinned: bool) -> Response:
    actor = identity.who()
    asking.pace(actor)
    said = messages.pin(actor, asking.message_id(message_id), is_pinned)
    return answer(shapes.message(said, actor.user_id))


def _elder(message: str, status: int, content: Any = None) -> Response:
    return answer({"Message": message, "Data": content}, status)


def _elder_refusal(no: Refusal, forbidden: str) -> Response:
    """The same no in the other envelope."""
    if isinstance(no, Forbidden):
        return _elder(forbidden, 401)
    if isinstance(no, Unknown):
        return _elder("Message not found", 404)
    if isinstance(no, Unauthenticated):
        return _elder("Invalid Jwt", 401)
    if isinstance(no, (Blank, TooLong, Invalid)):
        return _elder("Error", 400, no.message)
    raise no
