"""flask prune: what need not be kept for ever goes, without anybody waiting for it."""

from typing import Any

import click
import msgspec
from flask.cli import with_appcontext

from messenger.cli import words
from messenger.cli.archives.bar import Bar
from messenger.core import pruning, sweeping
from messenger.core.pruning import Pruned
from messenger.core.sweeping import Suspicious
from messenger.extensions import settings

MOST_DAYS = 36_500


@click.command("prune", help="Take away old messages, ended sessions, spent invitations and files nobody needs.")
@click.option(
    "--days", type=click.IntRange(0, MOST_DAYS), help="Messages older than that; without it RETENTION_DAYS. 0: none."
)
@words.dry_run
@words.assumed_yes
@words.as_json
@with_appcontext
@words.politely
def command(days: int | None, is_dry: bool, is_sure: bool, is_json: bool) -> None:
    """Of an old message only its place stays."""
    days = settings.retention_days if days is None else days
    found = pruning.would(days)
    if is_dry:
        words.say(_row(found) | {"files": sweeping.find_doomed()}, is_json)
        return
    if found.messages and not is_sure:
        click.confirm(f"Really erase {found.messages} messages older than {days} days?", abort=True, err=True)
    words.say(_row(_pruned(days, is_json)) | _swept(), is_json)


def _pruned(days: int, is_json: bool) -> Pruned:
    done = Pruned()
    with Bar("Pruning", is_json) as bar:
        for done in pruning.prune(days):
            bar.step(f"messages: {done.messages}")
    return done


def _swept() -> dict[str, Any]:
    """Files of what was erased, at once; bytes that no row knows, unless most are unknown."""
    files = sweeping.sweep_files()
    try:
        return {"files": files, "orphans": sweeping.sweep_orphans()}
    except Suspicious as suspicious:
        click.echo(str(suspicious), err=True)
        return {"files": files, "orphans": 0}


def _row(done: Pruned) -> dict[str, Any]:
    return msgspec.structs.asdict(done)
