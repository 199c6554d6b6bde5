"""The words of elsewhere as they can be stored here: with our logins in them, without what is no text, in pieces that
fit."""

import re
from collections.abc import Iterable, Mapping

import emoji as emoji_names

from messenger.cli.imports.foreign import CLOSES, OPENS, File
from messenger.core import file_names, texts

PERSON = re.compile(f"{OPENS}([^{CLOSES}]*){CLOSES}")
NO_TEXT = texts.FORBIDDEN


def said(text: str, logins: Mapping[str, str]) -> str:
    """The text with people called what they are called here."""
    named = PERSON.sub(lambda found: f"@{logins.get(found[1], found[1])}", text)
    return NO_TEXT.sub("", named.replace("\r\n", "\n").replace("\r", "\n").replace(OPENS, "").replace(CLOSES, ""))


def pieces(text: str) -> list[str]:
    """The text in as few messages as it fits in, cut between lines or words where there are any."""
    found = []
    while len(text) > texts.MESSAGE_LIMIT:
        cut = text.rfind("\n", 0, texts.MESSAGE_LIMIT)
        cut = cut if cut > texts.MESSAGE_LIMIT // 2 else text.rfind(" ", 0, texts.MESSAGE_LIMIT)
        cut = cut if cut > texts.MESSAGE_LIMIT // 2 else texts.MESSAGE_LIMIT
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*found, text]


def absent(files: Iterable[File]) -> str:
    """What a message says of files that are not there."""
    return "\n".join(_absent(file) for file in files)


def emoji(sign: str) -> str | None:
    """The sign, if it is an emoji that everybody has."""
    return sign if len(sign) <= 16 and emoji_names.is_emoji(sign) else None


def line(name: str, instead: str) -> str:
    """A name as it may be shown."""
    words = " ".join(texts.INVISIBLE.sub("", NO_TEXT.sub("", name)).split())[: texts.NAME_LIMIT].strip()
    return words or instead


def _absent(file: File) -> str:
    name = NO_TEXT.sub("", file.name).strip() or file_names.NAMELESS
    if file.url and file.url.startswith(("https://", "http://")) and not set(file.url) & set("<> \n()"):
        return f"📎 [{re.sub(r'[][]', '', name)}]({file.url})"
    return f"📎 {name} (not in the export)"
