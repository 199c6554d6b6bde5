"""What all commands share: how they answer people and programs, and how they ask before something is lost."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click
from sqlalchemy import event

from messenger.core import clock, people
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Actor, Person
from messenger.extensions import writer

as_json = click.option("--json", "is_json", is_flag=True, help="Answer in JSON.")
dry_run = click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would happen.")
assumed_yes = click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")


def politely(function: Callable[..., None]) -> Callable[..., None]:
    """A refusal of the core is one line on stderr and exit code 1. A wrong argument is click's own 2."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        _leave_checkpoints()
        try:
            function(*args, **kwargs)
        except Refusal as refusal:
            raise click.ClickException(refusal.message) from None

    return run


def _leave_checkpoints() -> None:
    """A server may run beside us: in SQLite only one process may checkpoint, and that one is the server."""
    if writer.is_native:
        event.listen(writer.engine, "connect", lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint=0"))


def actor_of(login: str) -> Actor:
    """Whoever has this login, as if he acted himself."""
    return Actor(people.by_login(login))


def say(answer: dict[str, Any], is_json: bool) -> None:
    """One thing."""
    if is_json:
        click.echo(json.dumps(answer))
    else:
        click.echo("\n".join(f"{name:12} {_shown(name, value)}" for name, value in answer.items()))


def say_all(rows: Sequence[dict[str, Any]], is_json: bool, none: str) -> None:
    """Many of them, as a table."""
    if is_json:
        click.echo(json.dumps(list(rows)))
        return
    if not rows:
        click.echo(none)
        return
    lines = [list(rows[0]), *([_shown(name, value) for name, value in row.items()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())


def person(row: Person) -> dict[str, Any]:
    """A person as commands show him."""
    return {"login": row.login, "name": row.name, "email": row.email, "uid": row.uid, "created_at": row.created_at}


def is_agreed(question: str, is_sure: bool, is_dry: bool) -> bool:
    """Asks, unless told not to; a dry run only says what it would do. Abort is exit code 1."""
    if is_dry:
        is_json = click.get_current_context().params.get("is_json", False)
        click.echo(json.dumps({"would": question}) if is_json else f"Would {question}.")
        return False
    if not is_sure:
        # On stderr: stdout is for the answer.
        click.confirm(f"Really {question}?", abort=True, err=True)
    return True


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_at") and isinstance(value, int):
        return f"{clock.moment(value):%Y-%m-%d %H:%M}"
    # What people wrote must not move the cursor of a terminal.
    return "".join(sign if sign.isprintable() else " " for sign in str(value)) if value is not None else "-"


def say_line(at: int, who: str, text: str) -> None:
    """A message in one line."""
    click.echo(f"{_shown('sent_at', at)}  {who}: {_shown('text', text)}")
