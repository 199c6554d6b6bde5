"""The commands of `flask`, one file per noun."""

from functools import wraps
from typing import Any

import click
from flask import Flask

from messenger import logs
from messenger.cli import (
    archives,
    audit,
    bench,
    copying,
    demo,
    doctor,
    exports,
    groups,
    imports,
    invites,
    messages,
    protocols,
    prune,
    stats,
    storage,
    users,
)

COMMANDS = (
    bench.bench,
    users.commands,
    users.token,
    groups.commands,
    invites.commands,
    audit.trail,
    audit.commands,
    messages.commands,
    demo.command,
    doctor.command,
    protocols.command,
    storage.commands,
    stats.command,
    prune.command,
    archives.backup,
    archives.restore,
    copying.command,
    exports.commands,
    imports.command,
)


def _logs_aside(command: click.Command) -> None:
    """A group's own callback runs before each of its commands."""
    deed = command.callback

    @wraps(deed or logs.beside_answers)
    def run(*args: Any, **kwargs: Any) -> Any:
        logs.beside_answers()
        return deed(*args, **kwargs) if deed else None

    command.callback = run


for _command in COMMANDS:
    _logs_aside(_command)


def install(app: Flask) -> None:
    """Let `flask` know them."""
    for command in COMMANDS:
        app.cli.add_command(command)
