"""The commands of `flask`, one file per noun, loaded when one is typed: a server that serves holds none of them."""

import importlib
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from messenger import logs

# What is typed, and where it stands.
PLACES = {
    "audit": "audit.trail",
    "backup": "archives.backup",
    "bench": "bench.bench",
    "copy-db": "copying.command",
    "db": "database.db",
    "demo": "demo.command",
    "doctor": "doctor.command",
    "export": "exports.commands",
    "group": "groups.commands",
    "import": "imports.command",
    "invite": "invites.commands",
    "message": "messages.commands",
    "protocols": "protocols.command",
    "prune": "prune.command",
    "report": "audit.commands",
    "restore": "archives.restore",
    "stats": "stats.command",
    "storage": "storage.commands",
    "token": "users.token",
    "user": "users.commands",
}


class Commands(AppGroup):
    """All of them by name, each fetched when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """What can be typed."""
        return sorted({*PLACES, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None when there is none."""
        return found(cmd_name) if cmd_name in PLACES else super().get_command(ctx, cmd_name)


def found(name: str) -> click.Command:
    """One of them, its logs on stderr."""
    module, _, attribute = PLACES[name].partition(".")
    command: click.Command = getattr(importlib.import_module(f"messenger.cli.{module}"), attribute)
    if not hasattr(command.callback, "is_aside"):
        command.callback = _logs_aside(command.callback)
    return command


def _logs_aside(deed: Any) -> Any:
    """A group's own callback runs before each of its commands."""

    @wraps(deed or logs.beside_answers)
    def run(*args: Any, **kwargs: Any) -> Any:
        logs.beside_answers()
        return deed(*args, **kwargs) if deed else None

    run.is_aside = True  # type: ignore[attr-defined]
    return run


def install(app: Flask) -> None:
    """Let `flask` know them."""
    app.cli = Commands(app.name, commands=app.cli.commands)
