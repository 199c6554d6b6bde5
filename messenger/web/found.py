"""Search: what one may see, by its words."""

from flask import Blueprint, Response, request

from messenger.core import people, search
from messenger.reception import body, identity
from messenger.web import layout

pages = Blueprint("found", __name__)


@pages.get("/search")
def search_page() -> Response:
    """Messages newest first, and people whose name fits."""
    actor = identity.who()
    words = request.args.get("q", "").strip()
    before = body.number_of(request.args.get("before", ""))
    results = search.messages(actor, words, before) if words else []
    older = results[-1].message_id if len(results) == search.PAGE else None
    named = people.matching(actor, words, 5) if words and not before else []
    return layout.page("search.html", query=words, results=results, people=named, older=older)
