"""What a message says in one line: its words without their dress, or what its files are."""

from collections.abc import Sequence
from typing import Protocol

from flask_babel import gettext as _
from markupsafe import Markup

from messenger.core.snapshots import AttachmentSnapshot

VOICE = "voice-message."


class Said(Protocol):
    """A message, or as much of it as a quotation has."""

    @property
    def text(self) -> str: ...
    @property
    def rendered(self) -> str | None: ...
    @property
    def attachments(self) -> Sequence[AttachmentSnapshot]: ...


def gist(said: Said, length: int = 160) -> str:
    """At most so many letters; nothing for what was deleted."""
    dressed = said.rendered is not None
    words = " ".join((Markup(said.rendered).striptags() if dressed else said.text).split())  # noqa: S704 cleaned when written
    if not words and said.attachments:
        first, *others = said.attachments
        words = file_words(first) + (f" +{len(others)}" if others else "")
    return words if len(words) <= length else f"{words[:length].rstrip()}…"


def file_words(file: AttachmentSnapshot) -> str:
    """What a file is called where it is not shown."""
    return str(_("Voice message")) if is_voice(file) else file.name


def is_voice(file: AttachmentSnapshot) -> bool:
    """Was it recorded by the composer?"""
    return file.type.startswith("audio/") and file.name.startswith(VOICE)
