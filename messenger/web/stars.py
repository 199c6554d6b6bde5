"""Messages with a star: put on and taken away by a form, all of them on one page."""

from flask import Blueprint, Response, request

from messenger.core import history, stars
from messenger.reception import body, identity
from messenger.web import layout, place

pages = Blueprint("stars", __name__)


@pages.get("/starred")
def starred() -> Response:
    """What one wanted to find again, last starred first."""
    found = stars.of(identity.who(), body.number_of(request.args.get("before", "")))
    older = found[-1].at if len(found) == stars.PAGE else None
    return layout.page("starred.html", results=[one.message for one in found], older=older)


@pages.post("/message/<int:message_id>/star")
def star(message_id: int) -> Response:
    """Put a star on a message, or take it away."""
    actor = identity.who()
    stars.star(actor, message_id, request.form.get("on") == "1")
    message = history.one(actor, message_id)
    here = place.address_of(message.chat, actor)
    return layout.done(f"{here}?around={message.position}#message-{message_id}")
