"""Messages for the wires that know nothing but text: a file becomes a line with its name, size and link."""

from collections.abc import Iterable

from messenger.core import attachments
from messenger.core.snapshots import AttachmentSnapshot, MessageSnapshot
from messenger.extensions import settings

LINK_MINUTES = 7 * 24 * 60
UNITS = ("bytes", "KB", "MB", "GB")


def text_of(message: MessageSnapshot) -> str:
    """All that a message says, as plain text."""
    return with_lines(message.text, message.attachments)


def with_lines(text: str, files: Iterable[AttachmentSnapshot]) -> str:
    """The text, and a line for each of these files below it."""
    return "\n".join([*([text] if text else []), *(line(file) for file in files)])


def line(file: AttachmentSnapshot) -> str:
    """`plan.pdf (1.2 MB) https://chat.example.org/mediafiles/…`"""
    return f"{file.name} ({size(file.size)}) {settings.base_url.rstrip('/')}{link(file)}"


def link(file: AttachmentSnapshot) -> str:
    """The address of a file, open for a week to whoever has it."""
    return attachments.signed_path(file, LINK_MINUTES)


def size(count: float) -> str:
    """`523 bytes`, `86.7 KB`."""
    for unit in UNITS[:-1]:
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == UNITS[0] else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} {UNITS[-1]}"
