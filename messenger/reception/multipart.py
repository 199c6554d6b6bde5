"""Forms with files, read as they come: every file goes to the storage chunk by chunk and is never held in memory.

    with multipart.taken(actor, "files") as upload:
        messages.send(actor, chat, upload.text("text"), attachment_ids=upload.ids)

Who leaves the block by an error gives the files up again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from messenger.core import attachments
from messenger.core.extras import MOST_FILES
from messenger.core.pace import Pace
from messenger.core.refusals import Invalid, TooLarge
from messenger.core.snapshots import Actor, AttachmentSnapshot
from messenger.extensions import settings

MIB = 1024 * 1024
CHUNK = 64 * 1024
MOST_TEXT = 64 * 1024
MOST_PARTS = 100
# What a decoder may hold back: a chunk, and the headers of a part.
MOST_HELD = 4 * CHUNK


class Upload:
    """What a form said: its fields, and its files, stored but on no message yet."""

    def __init__(self) -> None:
        self.fields: MultiDict[str, str] = MultiDict()
        self.files: MultiDict[str, AttachmentSnapshot] = MultiDict()

    @property
    def ids(self) -> tuple[int, ...]:
        """The files' ids, for `messages.send`."""
        return tuple(file.attachment_id for _, file in self.files.items(multi=True))

    def text(self, name: str) -> str:
        """A field, "" when it is not there."""
        return self.fields.get(name, "")


@contextmanager
def taken(actor: Actor, *names: str) -> Iterator[Upload]:
    """The form of this request, with the files of these fields. Invalid, and what attachments.receive refuses."""
    upload = Upload()
    try:
        _take(actor, names, upload)
        yield upload
    except BaseException:
        if upload.ids:
            with suppress(Exception):
                attachments.discard(actor, upload.ids)
        raise


def raw(actor: Actor, name: str) -> AttachmentSnapshot:
    """A body that is the file itself."""
    return attachments.receive(actor, name, _stream(1), request.content_length)


def _take(actor: Actor, names: tuple[str, ...], upload: Upload) -> None:
    if request.mimetype != "multipart/form-data" or "form" in request.__dict__:
        _take_parsed(actor, names, upload)
        return
    form = _Form(_stream(MOST_FILES), request.mimetype_params.get("boundary", ""))
    try:
        for part in form.parts():
            _take_part(actor, names, upload, form, part)
    except ValueError:
        # A broken form without files says as much as came of it; half a file is nothing.
        if form.has_files:
            raise Invalid("This form cannot be read.") from None
    except RequestEntityTooLarge:
        raise TooLarge() from None
    finally:
        # The body is read: whoever looks at `request.form` finds the same fields.
        request.__dict__.update(form=ImmutableMultiDict(upload.fields), files=ImmutableMultiDict())


def _take_part(actor: Actor, names: tuple[str, ...], upload: Upload, form: "_Form", part: Field | File) -> None:
    if not isinstance(part, File):
        upload.fields.add(part.name, form.text())
    elif part.name not in names or form.is_empty_choice(part):
        form.skip()
    elif len(upload.ids) >= MOST_FILES:
        raise Invalid("A message carries at most %(limit)s files.", field=part.name, limit=MOST_FILES)
    else:
        upload.files.add(part.name, attachments.receive(actor, part.filename, form.content()))


def _take_parsed(actor: Actor, names: tuple[str, ...], upload: Upload) -> None:
    """A form without files, or one so small that the check against forgery has read it already."""
    upload.fields.update(request.form)
    for name in names:
        for file in request.files.getlist(name):
            if file.filename:
                upload.files.add(name, attachments.receive(actor, file.filename, file.stream))


def _stream(files: int) -> IO[bytes]:
    """The body, as long as so many of the largest files and their form may be."""
    request.max_content_length = files * settings.max_upload_mb * MIB + MIB
    try:
        return request.stream
    except RequestEntityTooLarge:
        raise TooLarge("A file may have %(limit)s MiB at most.", field="file", limit=settings.max_upload_mb) from None


class _Form:
    """A form as a walk over its parts; the content of each is there until one asks for the next."""

    def __init__(self, stream: IO[bytes], boundary: str) -> None:
        self.has_files = False
        self._decoder = MultipartDecoder(boundary.encode(), MOST_HELD, max_parts=MOST_PARTS)
        self._stream = stream
        self._waiting: Event | None = None
        self._text_left = MOST_TEXT

    def parts(self) -> Iterator[Field | File]:
        """One after the other."""
        while not isinstance(event := self._next(), Epilogue):
            if isinstance(event, (Field, File)):
                if not isinstance(event.name, str):
                    raise ValueError("a part has no name")
                self.has_files = self.has_files or isinstance(event, File)
                yield event

    def content(self) -> Iterator[bytes]:
        """The bytes of the part we stand at."""
        more = True
        while more:
            event = self._next()
            assert isinstance(event, Data)
            more = event.more_data
            if event.data:
                yield event.data

    def text(self) -> str:
        """The same as text."""
        pieces = []
        for piece in self.content():
            self._text_left -= len(piece)
            if self._text_left < 0:
                raise TooLarge()
            pieces.append(piece)
        return b"".join(pieces).decode("utf-8", "replace")

    def skip(self) -> None:
        """Leave it unread."""
        pace = Pace()
        for _ in self.content():
            pace.breathe()

    def is_empty_choice(self, part: File) -> bool:
        """A browser sends a file field in which nothing was chosen as a nameless part without a byte."""
        if part.filename:
            return False
        self._waiting = self._next()
        return isinstance(self._waiting, Data) and not self._waiting.data and not self._waiting.more_data

    def _next(self) -> Event:
        if self._waiting is not None:
            event, self._waiting = self._waiting, None
            return event
        while isinstance(event := self._decoder.next_event(), NeedData):
            self._decoder.receive_data(self._stream.read(CHUNK) or None)
        return event
