"""Files on their way out, the same for every door: whoever asks was let in before; here is how the bytes leave."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, redirect, request

from messenger.core import attachments, file_names, file_types
from messenger.core.pace import Pace
from messenger.core.refusals import Unknown
from messenger.core.snapshots import AttachmentSnapshot
from messenger.core.storage import Missing, Reading
from messenger.extensions import db, storage
from messenger.reception import identity, ranges

# A file is its own world: whatever is in it can neither run nor reach anything of ours.
SEALED = "sandbox; default-src 'none'"
# Asked anew each time, so that who was put out of a chat sees nothing; the bytes travel only once.
CACHED = "private, no-cache"


class Bytes(NamedTuple):
    """What stands under one key, and as what it is handed out."""

    key: str
    kind: str
    name: str
    size: int
    is_download: bool


def serve(attachment: AttachmentSnapshot, *, is_download: bool = False) -> Response:
    """A file, or the part of it that was asked for. Only what browsers show safely is shown in place."""
    is_download = is_download or not file_types.is_inline(attachment.type)
    wanted = Bytes(attachment.key, attachment.type, attachment.name, attachment.size, is_download)
    # A page's pictures must come from its own address; what is saved may come from where it lies.
    link = storage.link(wanted.key, wanted.kind, disposition(wanted)) if is_download else None
    return _linked(link) if link else _streamed(wanted)


def serve_thumbnail(attachment: AttachmentSnapshot) -> Response:
    """The small picture of a file; the file itself where it is small enough. Unknown when it is no picture."""
    if attachment.has_thumbnail:
        return _small(file_names.thumbnail_key(attachment.key))
    if attachment.width is None or attachment.type not in file_types.PICTURES.values():
        raise Unknown(attachments.GONE)
    return serve(attachment)


def serve_avatar(key: str) -> Response:
    """The picture of a person."""
    return _small(key)


def serve_signed(path: str, query: Mapping[str, str]) -> Response:
    """The file at an address of `attachments.signed_path`: for its signature, or for a reader of its chat."""
    if "signature" not in query:
        return serve(attachments.readable_at(identity.who(), path))
    response = serve(attachments.of_signed(path, query))
    # Who has the signature may show the file wherever he lives.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def address(attachment: AttachmentSnapshot) -> str:
    """Where a signed-in reader finds it."""
    if attachment.name == "thumbnail":
        return f"/file/{attachment.attachment_id}"
    return f"/file/{attachment.attachment_id}/{quote(attachment.name, safe='')}"


def described(attachment: AttachmentSnapshot) -> dict[str, object]:
    """A file as JSON answers name it."""
    small = f"/file/{attachment.attachment_id}/thumbnail" if attachment.has_thumbnail else None
    return {
        "id": attachment.attachment_id,
        "name": attachment.name,
        "size": attachment.size,
        "type": attachment.type,
        "url": address(attachment),
        "thumbnail": small,
        "width": attachment.width,
        "height": attachment.height,
        "seconds": attachment.seconds,
    }


def disposition(wanted: Bytes) -> str:
    """In place or to be saved, and under which name: for old programs in ASCII, for all others whole (RFC 6266)."""
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\%' else "_" for sign in wanted.name)
    how = "attachment" if wanted.is_download else "inline"
    whole = f"; filename*=UTF-8''{quote(wanted.name, safe='')}" if plain != wanted.name else ""
    return f'{how}; filename="{plain}"{whole}'


def _small(key: str) -> Response:
    try:
        size = storage.size(key)
    except Missing:
        raise Unknown(attachments.GONE) from None
    return _streamed(Bytes(key, "image/webp", "picture.webp", size, is_download=False))


def _linked(link: str) -> Response:
    response = redirect(link, 302)
    response.headers["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]


def _streamed(wanted: Bytes) -> Response:
    mark = wanted.key.rpartition("/")[2]
    part = ranges.asked(request, wanted.size, mark)
    if part.is_known:
        return _dressed(Response(status=304), wanted, mark)
    if part.is_beyond:
        response = _dressed(Response(status=416), wanted, mark)
        response.headers["Content-Range"] = f"bytes */{wanted.size}"
        return response
    response = _dressed(_body(wanted, part), wanted, mark)
    response.headers["Content-Length"] = str(part.stop - part.start)
    if part.is_partial:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{wanted.size}"
    return response


def _body(wanted: Bytes, part: ranges.Part) -> Response:
    db.session.remove()
    try:
        reading = storage.read(wanted.key, part.start, part.stop)
    except Missing:
        raise Unknown(attachments.GONE) from None
    response = Response(_paced(reading), mimetype=None)
    response.call_on_close(reading.close)
    return response


def _paced(reading: Reading) -> Iterator[bytes]:
    """A reader on the same machine never makes us wait."""
    pace = Pace()
    for chunk in reading:
        yield chunk
        pace.breathe()


def _dressed(response: Response, wanted: Bytes, mark: str) -> Response:
    kind = f"{wanted.kind}; charset=utf-8" if wanted.kind == file_types.TEXT else wanted.kind
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = disposition(wanted)
    response.headers["Content-Security-Policy"] = SEALED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = CACHED
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(mark)
    return response
