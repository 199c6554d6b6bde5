"""The frames of this wire, `{"type","payload"}` both ways: read strictly, written once."""

from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import DecodeError, Raw, ValidationError

from messenger.core.refusals import Invalid
from messenger.protocols.gmessenger import shapes
from messenger.reception.body import number_of

Id = int | str
QUOTE = ord('"')
EMPTY = Raw(b"{}")
ENCODER = msgspec.json.Encoder()


class Frame(msgspec.Struct):
    """What every frame is; the payload is looked at when the type is known."""

    type: str
    payload: Raw = EMPTY


class Place(msgspec.Struct):
    """A conversation, as `chat` names it."""

    type: str
    id: Id


class Sending(msgspec.Struct):
    """send_message. `chat` only on the socket of all chats."""

    text: str
    client_id: str | None = None
    reply_to: Id | None = None
    chat: Place | None = None


class Status(msgspec.Struct):
    """message_status: everything up to this id."""

    id: Id
    status: str


class Typing(msgspec.Struct):
    """typing. Whoever is named, it is the one who sends it."""

    is_typing: bool = True
    chat: Place | None = None


class Activity(msgspec.Struct):
    """user_activity: one's own login, or somebody's."""

    user_login: str | None = None


class Mark(msgspec.Struct):
    """As much of any payload as an error answers with."""

    client_id: Any = None


Payload = TypeVar("Payload", Sending, Status, Typing, Activity, Mark)

FRAME = msgspec.json.Decoder(Frame)
STRING = msgspec.json.Decoder(str)
DECODERS = {kind: msgspec.json.Decoder(kind) for kind in (Sending, Status, Typing, Activity, Mark)}
BROKEN = (DecodeError, RecursionError, UnicodeError, ValueError)


def read(frame: str | bytes) -> Frame:
    """A frame of the client. Invalid for anything else."""
    if isinstance(frame, bytes):
        raise Invalid("Frames must be text, not binary.")
    try:
        return FRAME.decode(frame)
    except ValidationError as error:
        _complain(error, "The frame")
    except BROKEN:
        raise Invalid("This is not JSON.") from None


def payload(kind: type[Payload], raw: Raw) -> Payload:
    """The payload of a frame, an object or a JSON string that holds one."""
    decoder: msgspec.json.Decoder[Payload] = DECODERS[kind]  # type: ignore[assignment]
    try:
        if memoryview(raw)[0] == QUOTE:
            # QUIRK(gmessenger): the original page puts the payload into a string.
            return decoder.decode(STRING.decode(raw))
        return decoder.decode(raw)
    except ValidationError as error:
        _complain(error, "The payload")
    except BROKEN:
        raise Invalid("The payload is not JSON.") from None


def client_id_of(frame: str | bytes | None) -> str | None:
    """The client id of a frame that was refused, if it has one."""
    if not isinstance(frame, str):
        return None
    try:
        found = payload(Mark, read(frame).payload).client_id
    except Invalid:
        return None
    return found if isinstance(found, str) else None


def message_id(given: Id, name: str = "id") -> int:
    """The id of a message, as number or as digits."""
    number = number_of(given)
    if number is None:
        raise Invalid("%(name)s must be the id of a message.", field=name, name=name)
    return number


def written(kind: str, content: Any) -> str:
    """A frame of the server."""
    return ENCODER.encode({"type": kind, "payload": content}).decode()


def error(message: str, client_id: str | None = None, retry_after: float | None = None) -> str:
    """The frame that says no."""
    content: dict[str, Any] = {"message": message}
    if client_id is not None:
        content["client_id"] = client_id
    if retry_after is not None:
        content["retry_after"] = round(retry_after, 3)
    return written("error", content)


def new_message(unplaced: shapes.Shape, chat: shapes.Shape, cursor: int, client_id: str | None = None) -> str:
    """A message, in the same words for everybody on that side of the chat."""
    content = {**unplaced, "chat": chat, "cursor": cursor}
    if client_id is not None:
        content["client_id"] = client_id
    return written("new_message", content)


def _complain(error: ValidationError, whole: str) -> NoReturn:
    """msgspec's complaint in a sentence that names the field and quotes nothing."""
    words, _, path = str(error).partition(" - at `$")
    field = path.strip("`.") or None
    if "missing required field" in words:
        field = words.rpartition("field `")[2].strip("`")
        raise Invalid("%(name)s is missing.", field=field, name=field) from None
    if field is None:
        raise Invalid("%(name)s must be an object.", name=whole) from None
    raise Invalid("%(name)s is not of the right type.", field=field, name=field) from None
