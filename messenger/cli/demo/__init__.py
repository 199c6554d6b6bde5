"""flask demo: a lively cast on a fresh server, to look at and to try things on."""

import secrets
from typing import Any

import click
from flask.cli import with_appcontext

from messenger.cli import words
from messenger.cli.demo import cast, stage
from messenger.core import accounts, administration, founding
from messenger.core.audit import Steward
from messenger.core.refusals import Conflict

ROOM = "There are people on this server already. --force puts the cast among them."


@click.command("demo", help="Fill a fresh server with a lively cast to look at.")
@click.option("--force", "is_forced", is_flag=True, help="Also on a server that has people.")
@click.option("--password", help="The password of everybody in it; without it one is made up.")
@words.as_json
@with_appcontext
@words.politely
def command(is_forced: bool, password: str | None, is_json: bool) -> None:
    """Done again it adds nothing: who is there stays, what was said is not said twice."""
    if not (is_forced or accounts.is_fresh_server()):
        raise Conflict(ROOM)
    password = password or secrets.token_urlsafe(9)
    people, known = cast.gathered(password)
    if founding.is_open():
        administration.promote(Steward(), people[cast.CAST[0].login].user_id)
    added = stage.play(people)
    rows = [_row(person.login, person.name, "as it was" if person.login in known else password) for person in cast.CAST]
    if is_json:
        words.say({"messages": added, "people": rows}, True)
        return
    words.say_all(rows, False, "")
    click.echo(
        f"\n{added} messages. Sign in as {cast.CAST[0].login}: most is going on there, and it is the administrator."
    )


def _row(login: str, name: str, password: str) -> dict[str, Any]:
    return {"login": login, "name": name, "password": password}
