"""flask copy-db: everything of one database into another of either kind."""

import click
from flask.cli import with_appcontext

from messenger import schema
from messenger.cli import words
from messenger.cli.archives.bar import Bar
from messenger.cli.copying import places, proof
from messenger.cli.copying.job import TABLES, Job
from messenger.cli.copying.places import State, Unfit
from messenger.core import database


@click.command("copy-db", help="Copy a whole database into an empty one, from SQLite to PostgreSQL or back.")
@click.argument("source")
@click.argument("target")
@words.dry_run
@words.as_json
@with_appcontext
@words.politely
def command(source: str, target: str, is_dry: bool, is_json: bool) -> None:
    """Addresses as in DATABASE_URL. A copy that was interrupted goes on when the same is typed again."""
    try:
        words.say(_copied(places.addressed_here(source), places.addressed_here(target), is_dry, is_json), is_json)
    except (Unfit, schema.SchemaUnfit) as unfit:
        raise click.ClickException(str(unfit)) from None


def _copied(source: str, target: str, is_dry: bool, is_json: bool) -> dict[str, object]:
    if source == target:
        raise Unfit("Source and target are the same.")
    reading = places.source(source)
    identity = places.identity(reading)
    state = places.target(target, identity)
    with reading.connect() as connection:
        counts = {name: proof.counted(connection, table) for name, table in TABLES.items()}
    answer: dict[str, object] = {"target": str(state), "rows": counts, "copied": False}
    if is_dry:
        return answer
    if state is State.EMPTY:
        schema.bring_up_to_date(places.app_on(target))
    with Bar("Copying", is_json) as bar:
        job = Job(reading, database.open_for_writing(target), bar.step)
        job.run(identity)
    return answer | {"copied": True, "hashes": {name: f"{sum_.hash:016x}" for name, sum_ in job.sums.items()}}
