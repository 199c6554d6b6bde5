"""What a request carries: JSON whatever its Content-Type says, and numbers that are numbers."""

from typing import Any

import msgspec
from flask import request
from werkzeug.wrappers import Request

from messenger.core.refusals import Invalid

DEEPEST = 64
LONGEST_ID = 2**53


def json_object() -> dict[str, Any]:
    """The body as a JSON object. Invalid for anything else."""
    value = decoded(request.get_data(cache=True))
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.")
    return value


def decoded(raw: bytes | str) -> Any:
    """Any JSON value, if it is JSON and not nested beyond reason."""
    if _is_too_deep(raw):
        raise Invalid("This JSON is nested too deeply.")
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        raise Invalid("This is not JSON.") from None


def is_form() -> bool:
    """Was it sent by a form of a page?"""
    return request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data")


def wants_page(asked: Request = request) -> bool:
    """Does a browser ask, for a page or a fragment of one? `*/*` is a program's way to ask."""
    if asked.headers.get("HX-Request") == "true":
        return True
    return any(kind == "text/html" and quality > 0 for kind, quality in asked.accept_mimetypes) and (
        asked.accept_mimetypes["text/html"] >= asked.accept_mimetypes["application/json"]
    )


def text_of(values: dict[str, Any], name: str, default: str | None = None) -> str:
    """A field that must be text."""
    value = values.get(name, default)
    if not isinstance(value, str):
        raise Invalid("%(name)s is missing." if value is None else "%(name)s must be text.", field=name, name=name)
    return value


def number_of(value: object) -> int | None:
    """An id, given as a number or as digits in text; None for anything that cannot be one."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LONGEST_ID else None


def _is_too_deep(raw: bytes | str) -> bool:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    deep = 0
    for sign in text:
        if sign in "[{":
            deep += 1
        elif sign in "]}":
            deep -= 1
        if deep > DEEPEST:
            return True
    return False
