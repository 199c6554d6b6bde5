"""What the bodies of the HTTP calls must hold, and the words for what is wrong with them: all mistakes at once."""

from collections.abc import Sequence
from typing import Any

import msgspec

from messenger.core.refusals import Invalid
from messenger.reception.body import json_object

CODE = "{}.openapi.validation"


class Mistake(msgspec.Struct, rename="camel"):
    """One thing that is wrong with a body."""

    path: str
    message: str
    error_code: str


class Mistakes(Invalid):
    """A body with mistakes; the first one gives the sentence."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        super().__init__("%(where)s %(what)s", where=f"request{first.path}", what=first.message)
        self.mistakes = mistakes
        if first.error_code.startswith("required"):
            self.gaps = {**self.gaps, "where": "request" + first.path.rpartition("/")[0]}
            self.args = (self.message,)


def body(required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, str]:
    """The texts of the body under these names; others are ignored. `a|b` takes the first of the two that is there."""
    try:
        given = json_object()
    except Invalid:
        raise Mistakes([Mistake("/body", "must be object", CODE.format("type"))]) from None
    found: dict[str, str] = {}
    mistakes = []
    for names in [*required, *optional]:
        name = next((name for name in names.split("|") if name in given), names.split("|")[0])
        if name in given:
            mistakes += _wrong(name, given[name])
            found[names.split("|")[0]] = given[name]
        elif names in required:
            mistakes.append(missing(name))
    if mistakes:
        raise Mistakes(mistakes)
    return found


def missing(name: str) -> Mistake:
    """A field that is not there."""
    return Mistake(f"/body/{name}", f"must have required property '{name}'", CODE.format("required"))


def of_refusal(refusal: Invalid, fields: dict[str, str]) -> Mistakes:
    """What the core found wrong, at the field that this wire has for it."""
    field = fields.get(refusal.field or "", refusal.field or "")
    return Mistakes([Mistake(f"/body/{field}", refusal.message, CODE.format("format"))])


def _wrong(name: str, value: Any) -> list[Mistake]:
    if not isinstance(value, str):
        return [Mistake(f"/body/{name}", "must be string", CODE.format("type"))]
    if not value.strip():
        return [Mistake(f"/body/{name}", "must NOT have fewer than 1 characters", CODE.format("minLength"))]
    return []
