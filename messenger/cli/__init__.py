"""The commands of `flask`, one file per noun."""

from flask import Flask

from messenger.cli import bench, demo, groups, invites, messages, protocols, storage, users

COMMANDS = (
    bench.bench,
    users.commands,
    users.token,
    groups.commands,
    invites.commands,
    messages.commands,
    demo.command,
    protocols.command,
    storage.commands,
)


def install(app: Flask) -> None:
    """Let `flask` know them."""
    for command in COMMANDS:
        app.cli.add_command(command)
