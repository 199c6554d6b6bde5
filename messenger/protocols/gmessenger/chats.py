"""The list of chats over HTTP, and what a person sets for himself in each."""

import re
from typing import Any

from flask import Response, request

from messenger.core import clock, groups, people, standings, wishes
from messenger.core.refusals import Invalid, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, Standing
from messenger.protocols.gmessenger import asking, shapes, times
from messenger.protocols.gmessenger.examples import OPEN_ROW, PERSON_ROW, ROW, STRANGER_ROW, TIME
from messenger.protocols.gmessenger.reading import read_up_to, unread_from
from messenger.protocols.gmessenger.wire import ERROR, answer, pages, shared
from messenger.reception import identity
from messenger.reception.body import json_object, text_of
from messenger.reception.described import Body, described, list_of

# The key of the last row of a page: a chat by its last activity and number, or a person by his number.
KEY = re.compile(r"chat-(\d{1,17})-(\d{1,16})|person-(\d{1,16})", re.ASCII)
WISHES = {"muted_until": TIME, "pinned": True, "notify": "mentions", "draft": "half a sen", "read": 435, "unread": 435}


@shared.get("/chats")
@described(
    "All dialogs, groups and people, those with the latest activity first.",
    answers={200: list_of([ROW, PERSON_ROW, STRANGER_ROW, OPEN_ROW]), 400: ERROR, 401: ERROR},
    parameters={"limit": 50, "after": "chat-1795248600000000-5"},
)
def listed() -> Response:
    """Without `limit` everything. With it the Link header names the next page; `after` is the key that stands there."""
    actor, most = identity.who(), asking.limit(None, longest=500)
    before, after_id, is_among_people = _key(request.args.get("after"))
    wanted = None if most is None else most + 1
    chats = [] if is_among_people else standings.open_to(actor, wanted, before)
    rows = [(shapes.row(chat, actor.user_id), f"chat-{chat.active_at}-{chat.chat.chat_id}") for chat in chats]
    if wanted is None or len(rows) < wanted:
        strangers = people.unspoken(actor, after_id, None if wanted is None else wanted - len(rows))
        rows += [(shapes.stranger(person, actor.user_id), f"person-{person.user_id}") for person in strangers]
    page = rows[:most]
    response = answer([row for row, _ in page])
    if len(rows) > len(page):
        asking.linked(response, next={"limit": most, "after": page[-1][1]})
    return response


@shared.get("/dialog/<login>/about")
@described("One row of the list.", answers={200: [PERSON_ROW, STRANGER_ROW], 401: ERROR, 404: ERROR})
def about_dialog(login: str) -> Response:
    """The dialog with this person as GET /chats shows it."""
    actor = identity.who()
    return answer(row(actor, asking.dialog(actor, login)))


@shared.get("/group/<group_id>/about")
@described("One row of the list.", answers={200: [ROW, OPEN_ROW], 401: ERROR, 403: ERROR, 404: ERROR})
def about_group(group_id: str) -> Response:
    """The group as GET /chats shows it."""
    actor = identity.who()
    return answer(row(actor, asking.group(actor, group_id)))


@pages.route("/dialog/<login>", methods=["PATCH", "PUT"])
@described(
    "Set how a dialog stands in one's list.",
    body=Body(WISHES, optional=tuple(WISHES)),
    answers={200: [PERSON_ROW, STRANGER_ROW], 400: ERROR, 401: ERROR, 404: ERROR},
)
def wish_in_dialog(login: str) -> Response:
    """Any of: muted_until (time or null), pinned, notify (all, mentions, none), draft, read, unread (message ids)."""
    actor = identity.who()
    chat = asking.dialog(actor, login)
    _wish(actor, chat, json_object())
    return answer(row(actor, chat))


@pages.route("/group/<group_id>", methods=["PATCH", "PUT"])
@described(
    "Rename a group, open or close it to all, and set how it stands in one's list.",
    body=Body(WISHES | {"name": "groupName", "private": True}, optional=(*WISHES, "name", "private")),
    answers={200: [ROW, OPEN_ROW], 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR},
)
def change_group(group_id: str) -> Response:
    """`name` and `private` are for owners and admins; the rest is for oneself, as in a dialog."""
    actor, given = identity.who(), json_object()
    chat = asking.group(actor, group_id)
    assert chat.chat_id is not None
    if "private" in given:
        asking.yes_or_no(given, "private", True)
    if "name" in given:
        groups.rename(actor, chat.chat_id, text_of(given, "name"))
    if "private" in given:
        groups.open_to_all(actor, chat.chat_id, not given["private"])
    _wish(actor, chat, given)
    return answer(row(actor, chat))


def row(actor: Actor, chat: ChatSnapshot) -> shapes.Shape:
    """This chat as GET /chats shows it."""
    standing: Standing | None = None if chat.chat_id is None else standings.one(actor, chat.chat_id)
    if standing is not None:
        return shapes.row(standing, actor.user_id)
    return shapes.stranger(chat.other(actor.user_id), actor.user_id)


def _wish(actor: Actor, chat: ChatSnapshot, given: dict[str, Any]) -> None:
    """Everything is looked at before anything is done."""
    until = given.get("muted_until")
    if until is not None:
        until = min(times.moment(until, "muted_until"), clock.now() + 36_500 * clock.DAY)
    pinned, draft = asking.yes_or_no(given, "pinned", False), asking.optional_text(given, "draft")
    notify, read, unread = (given.get("notify"), *(asking.optional_id(given, name) for name in ("read", "unread")))
    if not set(given) & set(WISHES):
        return
    if chat.chat_id is None:
        raise Unknown("Nothing has been written in this dialog yet.")
    if "notify" in given:
        wishes.notify(actor, chat.chat_id, text_of({"notify": notify}, "notify"))
    if "muted_until" in given:
        wishes.mute(actor, chat.chat_id, until)
    if "pinned" in given:
        wishes.pin(actor, chat.chat_id, pinned)
    if draft is not None:
        wishes.draft(actor, chat.chat_id, draft)
    if read is not None:
        read_up_to(actor, chat, read)
    if unread is not None:
        unread_from(actor, chat, unread)


def _key(after: str | None) -> tuple[tuple[int, int] | None, int | None, bool]:
    """What `after` says: behind which chat, behind which person, and whether the chats are over."""
    if after is None:
        return None, None, False
    found = KEY.fullmatch(after)
    if found is None:
        raise Invalid("after must be the key of a row, as the Link header gives it.", field="after")
    if found[3]:
        return None, int(found[3]), True
    return (int(found[1]), int(found[2])), None, False
