"""flask export: a person, a chat or the whole server, as pages, lines and files that need no server to be read."""

import os
from pathlib import Path

import click
from flask.cli import AppGroup

from messenger.cli import words
from messenger.core import audit, chats, exports, people
from messenger.core.exports import Export, Plan, packing
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor
from messenger.reception.rendering import rendered

STEWARD = audit.Steward()
commands = AppGroup("export", help="Pages, lines and files that need no server to be read.")
target = click.argument("target", type=click.Path(path_type=Path))


@commands.command("person")
@click.argument("login")
@target
@words.as_json
@words.politely
def person(login: str, target: Path, is_json: bool) -> None:
    """Everything of one person: his profile, his devices, his chats as he may see them, the files in them.

    TARGET is a new folder, or a zip when its name ends with .zip.
    """
    _export(exports.of_person(people.by_login(login)), target, is_json)


@commands.command("chat")
@click.argument("place", metavar="#GROUP|LOGIN,LOGIN")
@target
@words.as_json
@words.politely
def chat(place: str, target: Path, is_json: bool) -> None:
    """One chat: a group by its number, a dialog by the two logins."""
    _export(exports.of_chat(_number(place)), target, is_json)


@commands.command("server")
@target
@words.as_json
@words.politely
def server(target: Path, is_json: bool) -> None:
    """Everything: all people, chats, messages and files. `flask import` takes it in elsewhere."""
    _export(exports.of_server(), target, is_json)


def _export(plan: Plan, target: Path, is_json: bool) -> None:
    packing.refuse_taken(target)
    export = Export(plan, rendered)
    nowhere = Path(os.devnull).open("w") if is_json else None  # noqa: SIM115 it lives as long as the command
    with click.progressbar(length=max(1, export.steps), label="Exporting", file=nowhere) as bar:
        export.on_step = bar.update
        packing.into(target, export.parts())
        bar.finish()
    audit.keep(STEWARD, "exported", _named(plan))
    answer = {
        "target": str(target),
        "chats": len(plan.stretches),
        "messages": export.messages,
        "files": export.files,
        "bytes": export.bytes,
        "missing": len(export.missing),
    }
    words.say(answer, is_json)


def _named(plan: Plan) -> str:
    if plan.person is not None:
        return f"@{plan.person.login}"
    return "everything" if plan.scope == "server" else f"chat {plan.stretches[0].chat_id}"


def _number(place: str) -> int:
    name = place.removeprefix("#")
    if name.isdecimal():
        return int(name)
    one, _comma, other = place.partition(",")
    found = chats.dialog(Actor(people.by_login(one)), other).chat_id
    if found is None:
        raise Unknown("These two have not written to each other.")
    return found
