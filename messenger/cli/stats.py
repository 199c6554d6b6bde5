"""flask stats: how many people, how much is said, where most of it."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from messenger.cli import knock, words
from messenger.cli.knock import Silent
from messenger.core import figures
from messenger.extensions import settings


@click.command("stats", help="How many people, how much is said, where most of it.")
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="Days that are counted.")
@words.as_json
@with_appcontext
@words.politely
def command(days: int, is_json: bool) -> None:
    """Counts only; nobody's words."""
    found = {
        "people": figures.people(),
        "sizes": figures.sizes(),
        "sockets": _sockets(),
        "messages_per_day": figures.messages_per_day(days),
        "largest_chats": figures.largest_chats(),
    }
    if is_json:
        click.echo(json.dumps(found))
        return
    words.say(found["people"] | found["sizes"] | {"sockets": found["sockets"]}, False)
    for title in ("messages_per_day", "largest_chats"):
        click.echo(f"\n{title.replace('_', ' ').capitalize()}")
        words.say_all(found[title], False, "none")


def _sockets() -> Any:
    """Of the server on this machine; None when none answers."""
    if not settings.port:
        return None
    try:
        heard = knock.ask(knock.local_url(settings), knock.echo_path()).heard()
    except Silent:
        return None
    return None if heard is None else heard["sockets"]
