"""The files of a chat, by kind: as many as the sheet shows, and further ones."""

from flask import Blueprint, Response, request

from messenger.core import gallery
from messenger.core.gallery import KINDS
from messenger.core.refusals import Unknown
from messenger.reception import body
from messenger.web import layout, place
from messenger.web.chat import DIALOG, GROUP
from messenger.web.place import Place

pages = Blueprint("gallery", __name__)


@pages.get(f"{DIALOG}/files")
def of_person(login: str) -> Response:
    """What was sent in a dialog."""
    return show(place.of_person(login))


@pages.get(f"{GROUP}/files")
def of_group(chat_id: int) -> Response:
    """What was sent in a group."""
    return show(place.of_group(chat_id))


def show(here: Place) -> Response:
    """A page of one kind; only its pieces where htmx asks for more of them."""
    kind = next((one for one in KINDS if one == request.args.get("kind", "pictures")), None)
    if kind is None:
        raise Unknown("There is no such kind of files.")
    wall = gallery.wall(here.chat, kind, body.number_of(request.args.get("before", "")))
    if layout.is_htmx() and not layout.is_for("main"):
        return layout.fragment("_gallery.html", place=here.address, wall=wall)
    return layout.page("gallery.html", place=here.address, title=here.title, wall=wall, kinds=tuple(KINDS))
