"""flask import: what was said elsewhere comes in, after a look at who becomes whom."""

import os
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask.cli import with_appcontext

from messenger.cli import words
from messenger.cli.imports import box, mapping, roster, survey
from messenger.cli.imports.box import Refused
from messenger.cli.imports.carry import Carry
from messenger.cli.imports.foreign import Source, Terms, Wrong
from messenger.cli.imports.mattermost import Mattermost
from messenger.cli.imports.own import Own
from messenger.cli.imports.preview import Preview
from messenger.cli.imports.slack import Slack
from messenger.cli.imports.telegram import Telegram
from messenger.cli.imports.whatsapp import WhatsApp
from messenger.core import audit
from messenger.core.exports import parts
from messenger.core.refusals import Refusal
from messenger.extensions import db

STEWARD = audit.Steward()
SOURCES: dict[str, Any] = {kind.title: kind for kind in (Own, Slack, Mattermost, Telegram, WhatsApp)}


def _zone(context: click.Context, parameter: click.Parameter, name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"there is no time zone {name!r}; one is Europe/Berlin") from None


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "title", type=click.Choice(list(SOURCES)), help="What it is; without it that is found out.")
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="A CSV or JSON that says who becomes whom.")
@click.option("--write-map", "proposal_path", type=click.Path(path_type=Path), help="Write the proposal, to be edited.")
@click.option("--enable", "is_enabled", is_flag=True, help="New people may come in as soon as they have a password.")
@click.option("--time-zone", "zone", default="", callback=_zone, help="Of moments written without one.  [default: UTC]")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Of WhatsApp's dates.")
@click.option("--yes", "is_sure", is_flag=True, help="Bring it in; without it this is only a look.")
@words.as_json
@with_appcontext
@words.politely
def command(path: Path, title: str | None, is_sure: bool, is_json: bool, **how: Any) -> None:
    """Bring in what was said elsewhere: PATH is a folder, a zip or a file.

    Without --yes it only says what would happen: who becomes whom, which chats, how much.
    """
    try:
        source = _opened(path, title, Terms(how["zone"], how["date_order"] or ""))
        found = _surveyed(source, is_json)
    except (Wrong, Refused) as error:
        raise click.ClickException(f"{error} Nothing was brought in.") from None
    told = roster.read(how["map_path"], found.people) if how["map_path"] else {}
    preview = Preview(source, found, mapping.matched(source, found.people.values(), told))
    if how["proposal_path"]:
        roster.write(how["proposal_path"], preview.proposal())
    if not is_sure:
        _only_look(preview, is_json)
        return
    if preview.unclear():
        names = ", ".join(match.person.name for match in preview.unclear())
        raise click.ClickException(f"It is not clear who these are: {names}. Say it with --map; --write-map begins it.")
    _carry_out(preview, how["is_enabled"], is_json)


def _opened(path: Path, title: str | None, terms: Terms) -> Source:
    outer = box.opened(path)
    for name, kind in SOURCES.items():
        with survey.in_plain_words(lambda: path.name):
            found: Source | None = kind(outer, terms) if title in (None, name) and kind.fits(outer) else None
        if found is not None:
            if kind is Own and found.key == parts.known_uid():
                raise Refused("This is an export of this very server: what is in it is here already.")
            return found
    raise Refused(f"{path.name} does not look like an export of {title or 'any that is known: ' + ', '.join(SOURCES)}.")


def _surveyed(source: Source, is_json: bool) -> survey.Survey:
    with _bar("Reading", 0, is_json) as bar:
        return survey.taken(source, bar.update)


def _only_look(preview: Preview, is_json: bool) -> None:
    if is_json:
        words.say(preview.as_json() | {"is_done": False}, True)
        return
    preview.show()
    click.echo("Nothing was brought in. With --yes it is; with --write-map FILE and --map FILE you decide who is who.")


def _carry_out(preview: Preview, is_enabled: bool, is_json: bool) -> None:
    with _bar("Bringing in", preview.survey.messages, is_json) as bar:
        carry = Carry(preview.source, preview.survey, preview.matches, bar.update)
        try:
            carry.run(is_enabled)
        except (Wrong, Refused, Refusal, KeyboardInterrupt) as error:
            said, done = str(getattr(error, "message", error)) or "Stopped.", carry.done
            raise click.ClickException(
                f"{said} So far {done.messages} messages in {done.chats} whole chats came in."
                " The same command goes on from there."
            ) from None
        finally:
            db.session.remove()
    audit.keep(STEWARD, "imported", f"{carry.done.messages} messages from {preview.source.title}")
    answer = {
        "source": preview.source.title,
        "people": carry.done.people,
        "chats": carry.done.chats,
        "messages": carry.done.messages,
        "present": carry.done.present,
        "files": carry.done.files,
        "refused_files": carry.done.refused if is_json else len(carry.done.refused),
    }
    words.say(answer | ({"is_done": True} if is_json else {}), is_json)


def _bar(label: str, length: int, is_json: bool) -> Any:
    """For people; a program that reads our answer gets none."""
    nowhere = Path(os.devnull).open("w") if is_json else None  # noqa: SIM115 it lives as long as the command
    if not length:
        return click.progressbar(iter(()), label=label, file=nowhere, show_pos=True)
    return click.progressbar(length=length, label=label, file=nowhere)
