"""The protocol itself, and how it answers over HTTP: bare JSON for what was asked, an envelope for errors."""

from typing import Any

import msgspec
from flask import Response

from messenger.core.refusals import Refusal
from messenger.live.sock import SafeSock
from messenger.protocols.protocol import Protocol

PROTOCOL = Protocol("gmessenger", __name__)
pages, shared = PROTOCOL.pages, PROTOCOL.shared
sock = SafeSock()

ERROR = {"code": "400", "message": "What was wrong, in one sentence.", "content": None}


def answer(content: Any, status: int = 200) -> Response:
    """The thing itself."""
    return Response(msgspec.json.encode(content), status, mimetype="application/json")


def envelope(status: int, message: str, content: Any = None) -> Response:
    """`{"code","message","content"}`, the code always the status as text."""
    return answer({"code": str(status), "message": message, "content": content}, status)


def done() -> Response:
    """It is done, and there is nothing to show."""
    return envelope(200, "")


@PROTOCOL.says_no
def refusal(no: Refusal) -> Response:
    """Every error in the envelope."""
    return envelope(no.status, no.message)
