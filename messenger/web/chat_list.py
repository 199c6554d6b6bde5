"""The list of chats, found by name, and the people one has not written to yet."""

import re
from contextlib import suppress
from typing import Any

import msgspec
from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import chats, members, people, receipts, standings, wishes
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor, Person, Standing
from messenger.reception import body, identity
from messenger.web import layout, place

pages = Blueprint("chat_list", __name__)
FOUND = 20
PICKED = 8
# What fits into the cookie that carries notes from one page to the next.
UNDONE = 150
GROUP = re.compile(r"/group/(\d{1,15})")


@pages.get("/chats")
def chat_list() -> Response:
    """The page; or only its rows, further ones or those that fit what was typed."""
    actor = identity.who()
    words, after = request.args.get("q", "").strip(), request.args.get("after", "")
    if layout.is_for("main"):
        return layout.page("chats.html", has_chats=bool(standings.of(actor, 1)))
    listed: dict[str, Any] = {"rows": found(actor, words), "more": None} if words else layout.side(actor, after)
    if after or layout.is_for("rows"):
        return layout.fragment("_chat_list.html", q=words, **listed)
    return layout.page("chats.html", q=words, **listed)


@pages.post("/chats/read")
def read_all() -> AnyResponse:
    """Everything counts as read; the answer offers the way back."""
    actor = identity.who()
    waiting = [standing for standing in standings.of(actor) if standing.unread]
    for standing in waiting:
        receipts.read(actor, standing.chat, standing.position)
    places = " ".join(f"{standing.chat.chat_id}:{standing.read_position + 1}" for standing in waiting[:UNDONE])
    if places and layout.is_htmx():
        return layout.fragment("_undo.html", places=places)
    if places:
        flash(places, "undo")
    return layout.done("/chats")


@pages.post("/chats/unread")
def unread_again() -> AnyResponse:
    """As it was: in each of these chats everything from that position on counts as unread. For oneself only."""
    actor = identity.who()
    for place_read in request.form.get("places", "").split()[:UNDONE]:
        chat_id, first = map(body.number_of, place_read.partition(":")[::2])
        if chat_id is not None and first is not None:
            with suppress(Unknown):
                wishes.mark_unread(actor, chat_id, first)
    return layout.done("/chats")


@pages.get("/people")
def some_people() -> Response:
    """People by the first letters of their name, for a list to pick from or to complete a mention."""
    actor = identity.who()
    words, group = request.args.get("q", ""), GROUP.fullmatch(request.args.get("place", ""))
    matching = _members(int(group[1]), words) if group else people.matching(actor, words, PICKED)
    others = [person for person in matching if person.user_id != actor.user_id]
    if not body.wants_page() or request.accept_mimetypes.best == "application/json":
        return Response(
            msgspec.json.encode([{"login": p.login, "name": p.name, "uid": p.uid} for p in others]),
            mimetype="application/json",
        )
    return layout.fragment("_people.html", people=others, pick=request.args.get("for") == "pick")


def _members(chat_id: int, words: str) -> list[Person]:
    """Those of a group whose name or login begins so; who may not look into it finds nobody."""
    chat = place.of_group(chat_id).chat
    wanted = words.casefold()
    listed = (member.person for member in members.of(chat.chat_id or 0))
    return [p for p in listed if _begins(p.login, wanted) or _begins(p.name, wanted)][: PICKED + 1]


def _begins(name: str, wanted: str) -> bool:
    return any(word.startswith(wanted) for word in (name.casefold(), *name.casefold().split()))


def found(actor: Actor, words: str) -> list[layout.Row]:
    """Chats whose name has these words, then people and open groups that fit."""
    wanted = words.casefold()
    mine = [row for row in (layout.row(actor, s) for s in standings.of(actor)) if _fits(row, wanted)]
    known = {row[1].user_id for row in mine if row[1] is not None}
    strangers = [person for person in people.matching(actor, words, FOUND) if person.user_id not in known]
    begun = [Standing(chats.with_person(actor, person), True, 0, None, 0, 0, 0) for person in strangers]
    open_ones = [s for s in standings.public_groups(actor) if wanted in s.chat.name.casefold()]
    return mine + [layout.row(actor, standing) for standing in [*begun, *open_ones]]


def _fits(row: layout.Row, wanted: str) -> bool:
    standing, person = row
    names = (person.name, person.login) if person is not None else (standing.chat.name,)
    return any(wanted in name.casefold() for name in names)
