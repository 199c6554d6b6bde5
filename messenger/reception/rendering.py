"""How the pages of an export get their words, for the command and for the settings page alike."""

from collections.abc import Iterator
from typing import Any

from flask import current_app


def rendered(template: str, names: dict[str, Any]) -> Iterator[str]:
    """A template piece by piece. Nothing of a visitor is in it: these pages are read by whoever has the file."""
    stream = current_app.jinja_env.get_template(template).stream(**names)
    stream.enable_buffering(64)
    return iter(stream)
