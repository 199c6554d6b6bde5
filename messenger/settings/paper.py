"""Writes docs/settings.md and .env.example from the table; a test holds that the files say the same."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from itertools import groupby
from typing import Any

from messenger.settings.table import Table

HEAD = """# Settings

Every variable has a default; a server of your own starts without any. They are read from the environment, or from a
file `.env` beside `app.py` (the environment wins; `ENV_FILE` names another file). `.env.example` is a file to begin
with. When something does not fit, the server says all of it at once and leaves with exit code 78.

This page is made from `messenger/settings/table.py` by `python -m messenger.settings docs`.
"""


def page() -> str:
    """docs/settings.md."""
    return "\n".join([HEAD, *(line for group, variables in _groups() for line in _table(group, variables))])


def example() -> str:
    """.env.example: every variable with its meaning, commented out."""
    lines = ["# Copy to .env and take away the # of what you want to change. See docs/settings.md."]
    for group, variables in _groups():
        lines += ["", f"## {group}"]
        for variable in variables:
            lines += [f"# {_about(variable)}", f"#{variable.name.upper()}={_value(variable)}"]
    return "\n".join(lines) + "\n"


def _groups() -> Iterator[tuple[str, list[Field[Any]]]]:
    for group, variables in groupby(fields(Table), key=lambda variable: str(variable.metadata["group"])):
        yield group, list(variables)


def _table(group: str, variables: list[Field[Any]]) -> Iterator[str]:
    yield from (f"## {group}", "", "| Variable | Default | What it is for |", "|---|---|---|")
    for variable in variables:
        shown = variable.metadata.get("shown") or (f"`{_value(variable)}`" if _value(variable) else "none")
        yield f"| `{variable.name.upper()}` | {shown} | {_about(variable)} |"
    yield ""


def _about(variable: Field[Any]) -> str:
    choices = variable.metadata.get("choices")
    secret = " Secret." if variable.metadata.get("secret") else ""
    return str(variable.metadata["about"]) + (f" One of {', '.join(choices)}." if choices else "") + secret


def _value(variable: Field[Any]) -> str:
    if variable.default is MISSING:
        return ""
    return {True: "on", False: "off"}.get(variable.default, "") if variable.type is bool else str(variable.default)
