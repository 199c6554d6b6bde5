"""Groups by plain forms: made, joined, led and left."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from messenger.core import groups, people
from messenger.core.refusals import Refusal
from messenger.reception import identity
from messenger.web import layout, place

pages = Blueprint("group", __name__)
OFFERED = 8


@pages.get("/group/new")
def new() -> Response:
    """The form for a new group."""
    return form_page()


@pages.post("/group/new")
def create() -> Response:
    """Make it."""
    actor = identity.who()
    try:
        invited = [people.by_login(login) for login in request.form.getlist("members")]
        chat = groups.create(actor, request.form.get("name", ""), request.form.get("public") == "1", invited)
    except Refusal as refusal:
        return form_page(refusal)
    return layout.done(f"/group/{chat.chat_id}")


@pages.post("/group/<int:chat_id>/settings")
def settings(chat_id: int) -> Response:
    """Another name, or another openness."""
    here = place.member_of(chat_id)
    if request.form.get("name", "") != here.chat.name:
        groups.rename(here.actor, chat_id, request.form.get("name", ""))
    groups.open_to_all(here.actor, chat_id, request.form.get("public") == "1")
    return layout.done(here.address)


@pages.post("/group/<int:chat_id>/join")
def join(chat_id: int) -> Response:
    """Come in."""
    groups.join(identity.who(), chat_id)
    return layout.done(f"/group/{chat_id}")


@pages.post("/group/<int:chat_id>/leave")
def leave(chat_id: int) -> Response:
    """Go."""
    groups.leave(identity.who(), chat_id)
    return layout.done("/chats")


@pages.post("/group/<int:chat_id>/members")
def add(chat_id: int) -> Response:
    """Bring somebody in."""
    groups.add(identity.who(), chat_id, people.by_login(request.form.get("login", "")))
    return layout.done(f"/group/{chat_id}/about")


@pages.post("/group/<int:chat_id>/members/<login>")
def change(chat_id: int, login: str) -> Response:
    """Give a member another role, or take him out."""
    actor, person = identity.who(), people.by_login(login)
    if request.form.get("remove"):
        groups.remove(actor, chat_id, person)
    else:
        groups.appoint(actor, chat_id, person, request.form.get("role", ""))
    return layout.done(f"/group/{chat_id}/about")


def form_page(refusal: Refusal | None = None) -> Response:
    """The form, with what was typed and what was wrong with it."""
    actor = identity.who()
    picked = request.form.getlist("members")
    offered = [person for person in people.matching(actor, "", OFFERED) if person.user_id != actor.user_id]
    return layout.page(
        "new_group.html",
        refusal.status if refusal else 200,
        form={"name": request.form.get("name", ""), "public": request.form.get("public") == "1", "members": picked},
        errors=layout.errors_of(refusal) if refusal else {},
        people=offered,
    )
