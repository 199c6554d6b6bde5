"""The addresses of files: uploaded ahead of their message, shown to who may see them, saved; and people's pictures."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import attachments, avatars
from messenger.core.refusals import Invalid
from messenger.core.snapshots import AttachmentSnapshot
from messenger.reception import files, identity, multipart
from messenger.web import layout

pages = Blueprint("files", __name__)


@pages.post("/upload")
def upload() -> ResponseReturnValue:
    """Files for a message yet to be written: a form with `files`, or the bytes themselves with `?name=`."""
    actor = identity.who()
    if request.mimetype != "multipart/form-data":
        return [files.described(multipart.raw(actor, request.args.get("name", "")))], 201
    with multipart.taken(actor, "files", "file") as received:
        if not received.ids:
            raise Invalid("Choose a file first.", field="files")
        return [files.described(file) for _, file in received.files.items(multi=True)], 201


@pages.delete("/upload/<int:attachment_id>")
def discard(attachment_id: int) -> ResponseReturnValue:
    """Give up one that no message carries yet."""
    actor = identity.who()
    attachments.readable(actor, attachment_id)
    attachments.discard(actor, [attachment_id])
    return "", 204


@pages.get("/file/<int:attachment_id>")
@pages.get("/attachment/<int:attachment_id>")
@pages.get("/file/<int:attachment_id>/<path:name>")
def show(attachment_id: int, name: str = "") -> Response:
    """A file. Its name in the address is for people's eyes only."""
    return files.serve(_asked(attachment_id), is_download="download" in request.args)


@pages.get("/file/<int:attachment_id>/thumbnail")
@pages.get("/attachment/<int:attachment_id>/thumbnail")
def thumbnail(attachment_id: int) -> Response:
    """The small picture of a file."""
    return files.serve_thumbnail(_asked(attachment_id))


@pages.get("/avatar/<uid>")
def avatar(uid: str) -> Response:
    """The picture of a person."""
    identity.who()
    return files.serve_avatar(avatars.key_of(uid))


@pages.post("/avatar")
def wear() -> AnyResponse:
    """Another picture of oneself, or none."""
    actor = identity.who()
    with multipart.taken(actor, "picture") as received:
        if received.ids:
            avatars.choose(actor, received.files["picture"])
        elif received.text("remove"):
            avatars.remove(actor)
        else:
            raise Invalid("Choose a picture first.", field="picture")
    return layout.done("/settings")


@pages.get("/mediafiles/<path:path>")
def signed(path: str) -> Response:
    """A link that opens by itself for a while, as other programs get them."""
    return files.serve_signed(attachments.SIGNED_ROOT + path, request.args)


def _asked(attachment_id: int) -> AttachmentSnapshot:
    return attachments.readable(identity.who(), attachment_id)
