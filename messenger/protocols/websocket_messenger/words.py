"""The words of this wire: its envelope, its refusals, its fields, and a message as it shows one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response

from messenger.core import clock
from messenger.core.refusals import Forbidden, Invalid, Refusal, Taken, Unauthenticated, Unknown
from messenger.core.snapshots import Actor, MessageSnapshot
from messenger.protocols.protocol import Protocol
from messenger.reception import answers, identity, plain
from messenger.reception.body import json_object, number_of

Fields = dict[str, Any]

PROTOCOL = Protocol("websocket_messenger", __name__)
pages = PROTOCOL.pages

MESSAGE = {
    "MessageId": "17",
    "ConversationId": "3",
    "Message": "hello",
    "State": 0,
    "Sender": "ann",
    "Created": 1630121139,
}
ERROR = {"Message": "Error", "Data": "Message is missing."}
NOBODY = {"Message": "Invalid Jwt", "Data": None}


class No(Refusal):
    """A refusal in this wire's own words."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def example(message: str, data: Any = None) -> dict[str, Any]:
    """An answer, for the documents."""
    return {"Message": message, "Data": data}


def said(message: str, data: Any = None, status: int = 200) -> Response:
    """What every answer looks like."""
    return answers.answer({"Message": message, "Data": data}, status)


@PROTOCOL.says_no
def refusal(no: Refusal) -> Response:
    """The documented sentence, or Error with what is wrong as Data."""
    if isinstance(no, Unauthenticated):
        return said("Invalid Jwt", status=401)
    return said(str(no), status=no.status) if isinstance(no, No) else said("Error", str(no), no.status)


@contextmanager
def instead(unknown: str = "", forbidden: str = "", taken: str = "") -> Iterator[None]:
    """Say these sentences for what the core refuses in its own."""
    try:
        yield
    except Unknown as no:
        raise No(404, unknown) if unknown else no from None
    except Forbidden as no:
        # QUIRK(websocket_messenger): who may not is answered like who is nobody.
        raise No(401, forbidden) if forbidden else no from None
    except Taken as no:
        raise No(409, taken) if taken else no from None


def who() -> Actor:
    """The one who asks."""
    return identity.who()


def fields() -> dict[str, Any]:
    """The body, its names folded: the original's JSON reader takes them in any letter case."""
    return folded(json_object())


def folded(values: dict[str, Any]) -> dict[str, Any]:
    """The same values under folded names; of two that are alike the last one counts."""
    return {name.casefold(): value for name, value in values.items()}


def text_of(values: dict[str, Any], name: str) -> str:
    """A field that must be text and not empty."""
    value = values.get(name.casefold())
    if value is None or value == "":
        raise Invalid("%(name)s is missing.", field=name, name=name)
    if not isinstance(value, str):
        raise Invalid("%(name)s must be text.", field=name, name=name)
    return value


def id_of(values: dict[str, Any], name: str, unknown: str) -> int:
    """A field that names something by its id, as text or number. Too large or malformed ones name nothing."""
    value = values.get(name.casefold())
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise Invalid("%(name)s must be an id.", field=name, name=name)
    return named(value, unknown)


def named(value: object, unknown: str) -> int:
    """The id itself; who names nothing hears that it is unknown."""
    number = number_of(value)
    if number is None:
        raise No(404, unknown)
    return number


def shape(message: MessageSnapshot) -> dict[str, Any]:
    """A message as in the list. State: 0 as written, 1 edited."""
    return {
        "MessageId": str(message.message_id),
        "ConversationId": str(message.chat.chat_id),
        "Message": plain.text_of(message),
        "State": int(message.edited_at is not None),
        "Sender": message.author.login,
        "Created": message.created_at // clock.SECOND,
    }
