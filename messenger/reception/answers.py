"""JSON as the wires want it: the keys in the order in which they were written, text as text."""

from typing import Any

import msgspec
from flask import Response


def answer(value: Any, status: int = 200) -> Response:
    """This value as the body."""
    return Response(msgspec.json.encode(value), status, mimetype="application/json")


def frame(value: Any) -> str:
    """This value as the text of a frame."""
    return msgspec.json.encode(value).decode()
