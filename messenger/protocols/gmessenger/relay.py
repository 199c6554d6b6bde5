"""The relay service: messages left for somebody, and fetched by him when he comes."""

from flask import Response

from messenger.core import history, people, receipts
from messenger.core.chats import with_person
from messenger.core.refusals import Forbidden, Unknown
from messenger.core.snapshots import Actor, MessageSnapshot
from messenger.protocols.gmessenger import shapes, times
from messenger.protocols.gmessenger.examples import MESSAGE
from messenger.protocols.gmessenger.messages import say
from messenger.protocols.gmessenger.wire import ERROR, answer, pages
from messenger.reception import identity
from messenger.reception.body import json_object, text_of
from messenger.reception.described import MESSAGE_TEXT, Body, described, list_of

NEW = {"sender_userID": "SomeId", "receiver_userID": "someotherid", "time": "23:12:2023 21:30", "text": "some text"}


@pages.post("/messages/new")
@described(
    "Leave a message for somebody.",
    body=Body(NEW | {"client_id": "a1b2"}, optional=("client_id",), rules={"text": MESSAGE_TEXT}),
    answers={201: MESSAGE, 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR, 409: ERROR, 429: ERROR},
)
def new() -> Response:
    """Ids are logins or uids; the sender is the caller. The time is checked, and the server's own is used."""
    actor, given = identity.who(), json_object()
    sender, receiver = text_of(given, "sender_userID"), text_of(given, "receiver_userID")
    times.check_relayed(text_of(given, "time"))
    text_of(given, "text")
    _only_oneself(actor, sender)
    return answer(say(actor, with_person(actor, people.by_login_or_uid(receiver)), given), 201)


@pages.post("/messages/unsent")
@described(
    "Fetch what has not reached any of one's devices yet.",
    body={"receiver_userID": "someid"},
    answers={200: list_of([MESSAGE]), 400: ERROR, 401: ERROR, 403: ERROR},
)
def unsent() -> Response:
    """Oldest first, at most 200 at once; it is delivered now, and the next call answers what came since."""
    actor = identity.who()
    _only_oneself(actor, text_of(json_object(), "receiver_userID"))
    found = history.undelivered(actor)
    receipts.delivered(actor, _farthest(found))
    return answer([shapes.message(said, actor.user_id) for said in found])


def _only_oneself(actor: Actor, name: str) -> None:
    """Nobody speaks or fetches for somebody else."""
    try:
        is_he = people.by_login_or_uid(name).user_id == actor.user_id
    except Unknown:
        is_he = False
    if not is_he:
        raise Forbidden("You can only do this for yourself.")


def _farthest(found: list[MessageSnapshot]) -> dict[int, int]:
    return {said.chat.chat_id: said.position for said in found if said.chat.chat_id is not None}
