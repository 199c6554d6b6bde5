"""What the tests said to servers and no log may hold: texts and passwords, noted as they leave, and tokens."""

import json
import re
from collections.abc import Iterator

TEXTS = ("text", "Message", "message_body", "content", "message", "body")
WORDS = ("password", "Password", "oldPassword", "newPassword", "current", "repeat", "invitation", "code", "token")
# Shorter texts stand in logs for other reasons.
LEAST_TEXT, LEAST_WORD, KEY = 16, 6, 16
TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}")
COOKIE = re.compile(r"(?i)sessionToken=(?!\*\*\*)[^\s\"';]{8,}")
PLACES = re.compile(rf"(?<!\w)(?=(.{{{KEY}}}))")

said: set[str] = set()
words: set[str] = set()


def note(body: object) -> None:
    """Remember what is in a body or frame, however deep."""
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str):
                _note_field(name, value)
            else:
                note(value)


def _note_field(name: str, value: str) -> None:
    # Lines of one letter, and single words, stand in addresses too, which the log may tell.
    if name in TEXTS and LEAST_TEXT <= len(value) < 9_000 and " " in value and len(set(value)) > 6:
        said.add(value)
    elif name in WORDS and LEAST_WORD <= len(value) < 200 and len(set(value)) > 3:
        words.add(value)


def leaks(log: str, texts: set[str] | None = None, secrets: set[str] | None = None) -> Iterator[str]:
    """What of it stands in this log, each by its beginning."""
    texts, secrets = said if texts is None else texts, words if secrets is None else secrets
    for found in (*TOKEN.finditer(log), *COOKIE.finditer(log)):
        yield found[0][:40]
    for word in secrets:
        if f'"{word}"' in log or f"={word}" in log:
            yield word
    known = {_written(text)[:KEY]: _written(text) for text in texts}
    for key in {place[1] for place in PLACES.finditer(log)} & known.keys():
        if known[key][:60] in log:
            yield known[key][:60]


def _written(text: str) -> str:
    """As a line of the log would write it."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
