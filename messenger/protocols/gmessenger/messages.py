"""What is said in dialogs and groups, over HTTP: pages of history, and saying something."""

from typing import Any

from flask import Response, request

from messenger.core import history, messages
from messenger.core.refusals import Invalid
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.extensions import receipts, switchboard
from messenger.protocols.gmessenger import asking, shapes
from messenger.protocols.gmessenger.examples import GROUP_MESSAGE, MESSAGE
from messenger.protocols.gmessenger.wire import ERROR, answer, pages, shared
from messenger.reception import identity
from messenger.reception.body import json_object, number_of, text_of
from messenger.reception.described import MESSAGE_TEXT, Body, described, list_of

SENT = {"text": "hello", "client_id": "a1b2", "reply_to": 434, "attachments": [3]}
SAYING = Body(SENT, optional=("client_id", "reply_to", "attachments"), rules={"text": MESSAGE_TEXT})
PAGING = {"limit": 50, "before": 435, "after": 400}


@shared.get("/dialog/<login>")
@described(
    "The messages of a dialog, oldest first.",
    answers={200: list_of([MESSAGE]), 400: ERROR, 401: ERROR, 404: ERROR},
    parameters=PAGING,
)
def dialog(login: str) -> Response:
    """The last 50; `before` and `after` name a message whose neighbours are wanted, `limit` how many (200 at most)."""
    actor = identity.who()
    return _page(actor, asking.dialog(actor, login))


@shared.get("/group/<group_id>")
@described(
    "The messages of a group, oldest first.",
    answers={200: list_of([GROUP_MESSAGE]), 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR},
    parameters=PAGING,
)
def group(group_id: str) -> Response:
    """As for a dialog. 403: a private group of others; a public one may be read by everybody."""
    actor = identity.who()
    return _page(actor, asking.group(actor, group_id))


@shared.post("/dialog/<login>")
@described(
    "Write to a person.",
    body=SAYING,
    answers={201: MESSAGE, 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR, 409: ERROR, 413: ERROR, 429: ERROR},
)
def write_to_person(login: str) -> Response:
    """A `client_id`, or an Idempotency-Key, makes it happen once: repeated, it answers the first result."""
    actor = identity.who()
    return answer(say(actor, asking.dialog(actor, login), json_object()), 201)


@shared.post("/group/<group_id>")
@described(
    "Write to a group.",
    body=SAYING,
    answers={201: GROUP_MESSAGE, 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR, 409: ERROR, 413: ERROR, 429: ERROR},
)
def write_to_group(group_id: str) -> Response:
    """As to a person. Writing in a public group joins it."""
    actor = identity.who()
    return answer(say(actor, asking.group(actor, group_id), json_object()), 201)


@pages.get("/dialog/<login>/pinned")
@described("The pinned messages of a dialog.", answers={200: list_of([MESSAGE]), 401: ERROR, 404: ERROR})
def pinned_in_dialog(login: str) -> Response:
    """The last pinned first."""
    actor = identity.who()
    return answer([shapes.message(said, actor.user_id) for said in history.pinned(asking.dialog(actor, login))])


@pages.get("/group/<group_id>/pinned")
@described(
    "The pinned messages of a group.", answers={200: list_of([GROUP_MESSAGE]), 401: ERROR, 403: ERROR, 404: ERROR}
)
def pinned_in_group(group_id: str) -> Response:
    """The last pinned first."""
    actor = identity.who()
    return answer([shapes.message(said, actor.user_id) for said in history.pinned(asking.group(actor, group_id))])


def say(actor: Actor, chat: ChatSnapshot, given: dict[str, Any]) -> shapes.Shape:
    """Send what the body holds; the message as its writer sees it."""
    client_id = asking.optional_text(given, "client_id") or request.headers.get("Idempotency-Key")
    reply_to, files = asking.optional_id(given, "reply_to"), _files(given)
    text = text_of(given, "text", "" if files else None)
    asking.pace(actor)
    said = messages.send(actor, chat, text, client_id, reply_to_id=reply_to, attachment_ids=files)
    shape = shapes.message(said, actor.user_id)
    return shape if client_id is None else shape | {"client_id": client_id}


def fetched(actor: Actor, found: list[MessageSnapshot]) -> None:
    """What somebody has fetched has been delivered to him."""
    last = max((said for said in found), key=lambda said: said.position, default=None)
    if last is not None:
        switchboard.loop.soon(receipts.add, actor.user_id, last.chat.chat_id, last.position)


def _page(actor: Actor, chat: ChatSnapshot) -> Response:
    most = asking.limit() or asking.LIMIT
    before, after = asking.after_or_before("before"), asking.after_or_before("after")
    if before is not None and after is not None:
        raise Invalid("Either before or after, not both.", field="before")
    if after is not None:
        found = history.after(chat, history.position_of(chat, after), most)
    elif before is not None:
        # A message of another chat, too, says where in time: everything up to the id before it.
        found = history.before(chat, history.position_of(chat, before - 1) + 1, most)
    else:
        found = history.newest(chat, most)
    fetched(actor, found)
    return _linked(answer([shapes.message(said, actor.user_id) for said in found]), found, most)


def _linked(response: Response, found: list[MessageSnapshot], most: int) -> Response:
    if found and found[0].position > 1:
        asking.linked(response, prev={"limit": most, "before": found[0].message_id})
    if found:
        asking.linked(response, next={"limit": most, "after": found[-1].message_id})
    return response


def _files(given: dict[str, Any]) -> tuple[int, ...]:
    """The ids of uploaded files."""
    ids = given.get("attachments") or []
    numbers = [number_of(one) for one in ids] if isinstance(ids, list) else [None]
    if None in numbers:
        raise Invalid("attachments must be a list of ids.", field="attachments")
    return tuple(number for number in numbers if number is not None)
