"""Where the page's sockets open, and who is let in."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from messenger.live.opening import Opening
from messenger.live.sock import SafeSock
from messenger.reception import forgery, identity, listener
from messenger.reception.body import number_of
from messenger.web import errors, place
from messenger.web.chat import DIALOG, GROUP
from messenger.web.chat_socket import ChatPage
from messenger.web.list_socket import ListPage
from messenger.web.place import Place

pages = Blueprint("sockets", __name__)
sock = SafeSock()


class Turning:
    """Who may not come in is told so as on every page."""

    def turn_away(self, error: Exception) -> Response:
        """An ordinary answer."""
        status: int = getattr(error, "status", 500)
        return errors.answer(status, str(error), getattr(error, "headers", {}).items())


class ChatLine(Turning, ChatPage):
    """The chat's socket, with its refusals at the door."""


class ListLine(Turning, ListPage):
    """The list's socket, with its refusals at the door."""


chat_line = ChatLine()


@sock.route("/chats/ws", bp=pages, dialect=ListLine())
def chat_list() -> Opening:
    """The list of the one who asks."""
    forgery.check_origin()
    return listener.opening(identity.who())


@sock.route(f"{DIALOG}/ws", bp=pages, dialect=chat_line)
def dialog(login: str) -> Opening:
    """An open dialog."""
    forgery.check_origin()
    return _open(place.of_person(login))


@sock.route(f"{GROUP}/ws", bp=pages, dialect=chat_line)
def group(chat_id: int) -> Opening:
    """An open group."""
    forgery.check_origin()
    return _open(place.of_group(chat_id))


def _open(here: Place) -> Opening:
    since = number_of(request.args.get("since", "")) or 0
    return listener.opening(here.actor, here.chat, memory=since)
