"""The page of a chat: read a page of it, say something, look at who is in it."""

from typing import Any

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import chats, gallery, history, members, messages, stars
from messenger.core.refusals import Refusal, Unknown
from messenger.core.snapshots import MessageSnapshot, Quote
from messenger.extensions import settings
from messenger.reception import body, multipart
from messenger.reception.multipart import Upload
from messenger.web import layout, place
from messenger.web.place import Place

pages = Blueprint("chat", __name__)
DIALOG, GROUP = "/dialog/<login>", "/group/<int:chat_id>"


@pages.get(DIALOG)
def dialog(login: str) -> Response:
    """The page of a dialog, or a further page of its messages."""
    return show(place.of_person(login))


@pages.get(GROUP)
def group(chat_id: int) -> Response:
    """The page of a group, or a further page of its messages."""
    return show(place.of_group(chat_id))


@pages.post(DIALOG)
def say_to_person(login: str) -> AnyResponse:
    """Say something by the form."""
    return say(place.of_person(login))


@pages.post(GROUP)
def say_to_group(chat_id: int) -> AnyResponse:
    """Say something by the form."""
    return say(place.of_group(chat_id))


@pages.get(f"{DIALOG}/about")
def about_person(login: str) -> Response:
    """The sheet beside a dialog."""
    return about(place.of_person(login))


@pages.get(f"{GROUP}/about")
def about_group(chat_id: int) -> Response:
    """The sheet beside a group."""
    return about(place.of_group(chat_id))


def show(here: Place) -> Response:
    """A further page of messages where htmx asks for one, else the whole page."""
    if layout.is_for("older", "newer"):
        return layout.fragment("_messages.html", place=here.address, **_messages(here))
    names = {**_messages(here), "reply_to": _reply(here)}
    return layout.page("chat.html", **_around(here), **names)


def say(here: Place) -> AnyResponse:
    """Store what the form brings; files first, then the message that carries them."""
    try:
        with multipart.taken(here.actor, "files") as upload:
            message = messages.send(
                here.actor,
                here.chat,
                upload.text("text").replace("\r\n", "\n"),
                upload.text("client_id") or None,
                reply_to_id=body.number_of(upload.text("reply_to")),
                attachment_ids=(*upload.ids, *_ahead(upload)),
            )
    except Refusal as refusal:
        return _not_said(here, refusal)
    if layout.is_htmx():
        client_id = upload.text("client_id") or None
        return layout.fragment("live/message_sent.html", 201, message=message, client_id=client_id)
    return layout.done(f"{here.address}#message-{message.message_id}")


def _ahead(upload: Upload) -> list[int]:
    """Files that went up before the message."""
    return [number for given in upload.fields.getlist("attachments") if (number := body.number_of(given))]


def about(here: Place) -> Response:
    """Who is here, what was sent, and how one wants it."""
    template = "_sheet.html" if layout.is_for("sheet") else "about.html"
    listed = members.of(here.chat.chat_id) if here.chat.kind == "group" and here.chat.chat_id else []
    names: dict[str, Any] = {
        "members": listed,
        "walls": gallery.few(here.chat),
        "role": here.standing.role if here.chat.kind == "group" else None,
    }
    answer = layout.fragment if template == "_sheet.html" else layout.page
    return answer(template, **_named(here), **names)


def _named(here: Place) -> dict[str, Any]:
    return {
        "place": here.address,
        "chat": here.chat,
        "person": here.person,
        "standing": here.standing,
        "blocks": here.blocks,
        "title": here.title,
    }


def _around(here: Place) -> dict[str, Any]:
    """Everything on the page but the messages."""
    chat_id = here.chat.chat_id
    return {
        **_named(here),
        "member_count": members.count(chat_id) if here.chat.kind == "group" and chat_id else 2,
        "pinned": history.pinned(here.chat) if chat_id else [],
        "starred": stars.ids_in(here.actor, here.chat) if chat_id else [],
        "draft": here.standing.draft,
        "can_write": here.can_write,
        "max_upload": settings.max_upload_mb * 1024 * 1024,
    }


def _messages(here: Place) -> dict[str, Any]:
    """A page of messages, where the address says, else at the end or where reading stopped.

    The revision is read before the rows: what changes in between is told again by the socket, never left out.
    """
    chat, standing = here.chat, here.standing
    revision = chats.revision_of(chat.chat_id)
    before, after, around = (body.number_of(request.args.get(name, "")) for name in ("before", "after", "around"))
    if before:
        found = history.before(chat, before)
    elif after:
        found = history.after(chat, after)
    elif around:
        found = history.around(chat, around)
    elif standing.unread > history.PAGE // 2:
        found = history.around(chat, standing.read_position)
    else:
        found = history.newest(chat)
    return {"messages": found, "revision": revision, **_further(found, standing.position, before, after)}


def _further(found: list[MessageSnapshot], end: int, before: int | None, after: int | None) -> dict[str, int | None]:
    """Where the pages before and after this one begin; a further page goes on in its own direction only."""
    older = found[0].position if found and found[0].position > 1 and not after else None
    newer = found[-1].position if found and found[-1].position < end and not before else None
    return {"older": older, "newer": newer}


def _reply(here: Place) -> Quote | None:
    message_id = body.number_of(request.args.get("reply", ""))
    if message_id is None:
        return None
    try:
        message = history.one(here.actor, message_id)
    except Unknown:
        return None
    return Quote(message_id, message.author.name, message.text[:160], message.rendered, message.attachments)


def _not_said(here: Place, refusal: Refusal) -> Response:
    """The page again with what was typed, so that nothing is lost."""
    words = layout.said(refusal)
    if layout.is_htmx():
        return layout.fragment("_toast.html", refusal.status, text=words, kind="error")
    typed = {"draft": request.form.get("text", ""), "reply_to": None}
    flash(words, "error")
    return layout.page("chat.html", refusal.status, **{**_around(here), **_messages(here), **typed})
