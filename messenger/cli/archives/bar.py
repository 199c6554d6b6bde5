"""How far long work has come, for people on a terminal; a program that reads the answer gets none."""

import sys
from typing import Self

import click


class Bar:
    """One line on stderr that is written over."""

    def __init__(self, label: str, is_json: bool, length: int = 0) -> None:
        self.is_shown = not is_json and sys.stderr.isatty()
        self.label = label
        self.length = length
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.is_shown and self.done:
            click.echo("", err=True)

    def step(self, what: str, of: int = 0) -> None:
        """One part more of a kind."""
        self._say(f"{self.label} {what}" + (f" ({of})" if of else ""))

    def bytes(self, count: int) -> None:
        """So many bytes more."""
        self.done += count
        part = min(100, self.done * 100 // self.length) if self.length else 100
        self._say(f"{self.label} {part:3d}%")

    def _say(self, line: str) -> None:
        if self.is_shown:
            self.done += 1
            click.echo(f"\r\033[K{line}", nl=False, err=True)
