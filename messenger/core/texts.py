"""What a text must be before the core takes it: whole Unicode, no control codes, not blank, not too long."""

import re
import unicodedata

from messenger.core.refusals import Blank, Invalid, TooLong

MESSAGE_LIMIT = 8_000
NAME_LIMIT = 80
ABOUT_LIMIT = 500

# Lone surrogates and NUL crash databases; the other codes are no text.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Signs that take room, or count as letters, and show nothing.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def whole(text: object, field: str) -> str:
    """The same text, if it is one that can be stored and shown."""
    if not isinstance(text, str):
        raise Invalid("%(name)s must be text.", field=field, name=field)
    if FORBIDDEN.search(text):
        raise Invalid("%(name)s contains characters that are not text.", field=field, name=field)
    return text


def storable(text: str) -> str:
    """The same text to look something up by: what no database can hold is in none, and becomes a question mark."""
    return FORBIDDEN.sub("?", text)


def message_text(text: object, field: str = "text", may_be_blank: bool = False) -> str:
    """What somebody writes in a chat. With a file it may be empty."""
    words = whole(text, field)
    if len(words) > MESSAGE_LIMIT:
        raise TooLong(field=field, limit=MESSAGE_LIMIT)
    if not may_be_blank and is_blank(words):
        raise Blank(field=field)
    return words


def one_line(text: object, field: str, limit: int = NAME_LIMIT) -> str:
    """A name or a title: one line, without invisible characters that could turn it around."""
    words = " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", whole(text, field))).split())
    if not words:
        raise Blank("%(name)s must not be empty.", field=field, name=field)
    if len(words) > limit:
        raise TooLong(field=field, limit=limit)
    return words


def paragraph(text: object, field: str, limit: int = ABOUT_LIMIT) -> str:
    """A few sentences; may be empty."""
    words = whole(text, field).strip()
    if len(words) > limit:
        raise TooLong(field=field, limit=limit)
    return words


def is_blank(text: str) -> bool:
    """Is there nothing to see in it?"""
    first = text[:1]
    return not (first.isascii() and first.isalnum()) and all(
        sign in FILLERS or unicodedata.category(sign) in UNSEEN for sign in text
    )
