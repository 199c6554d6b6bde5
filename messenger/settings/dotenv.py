"""Reads the `.env` file beside app.py, also in the form `NAME=60 // a comment` that chat programs use."""

import io
import logging
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

# A value in quotes, or bare, and then white space, two slashes and whatever is said there.
VALUE = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^"'\n][^\n]*?|)"""
COMMENT = re.compile(rf"^(\s*(?:export\s+)?[\w.]+\s*=[ \t]*{VALUE})[ \t]+//.*$", re.MULTILINE)


def merged(file: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The file's variables under those of the real environment, which win; empty ones count as absent."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        text = ""
    said = _values(COMMENT.sub(r"\1", text))
    # Flask's own command line loads the file into the environment before we are asked, comments and all.
    as_flask_reads_it = _values(text)
    real = {name: value for name, value in environ.items() if name not in said or value != as_flask_reads_it.get(name)}
    return {name: value for name, value in (said | real).items() if value.strip()}


def _values(text: str) -> dict[str, str]:
    """What python-dotenv makes of the text, without its warnings about lines it cannot read."""
    logger = logging.getLogger("dotenv.main")
    logger.disabled, before = True, logger.disabled
    try:
        found = dotenv_values(stream=io.StringIO(text), interpolate=False)
    finally:
        logger.disabled = before
    return {name: value for name, value in found.items() if value is not None}
