"""`flask bench`: how fast it is here, each figure beside the same work on a bare reference in the same run."""

import json
import os
from collections.abc import Iterator

import click

from messenger.cli.archives.bar import Bar
from messenger.cli.bench import fleet, scenes, writing
from messenger.cli.bench.scenes import Row, Scene

SCENES: dict[str, Scene] = {
    "writer": writing.writer,
    "dialog": scenes.dialog,
    "fan-out-100": lambda seconds: scenes.fan_out(seconds, 100),
    "fan-out-1000": lambda seconds: scenes.fan_out(seconds, 1_000),
    "idle": scenes.idle,
    "catch-up": scenes.catch_up,
    "history": scenes.history,
    "pages": scenes.pages,
    "workers": fleet.workers,
}


@click.command("bench")
@click.argument("names", nargs=-1, type=click.Choice([*SCENES]))
@click.option("--seconds", default=5.0, show_default=True, help="How long each measurement lasts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def bench(names: tuple[str, ...], seconds: float, as_json: bool) -> None:
    """Measure this machine: all scenes, or those that are named.

    Each starts a server of its own with an empty database and keeps it to one core; the load comes from this process.
    """
    with Bar("measuring", as_json) as bar:
        rows: list[tuple[str, Row]] = []
        failed: list[str] = []
        for name in names or SCENES:
            bar.step(name)
            try:
                rows.extend((name, row) for row in _measured(SCENES[name], seconds))
            except (OSError, RuntimeError) as error:
                failed.append(f"{name}: {error}")
    if as_json:
        click.echo(json.dumps([{"scene": name, "name": row.name, **row.figures} for name, row in rows], indent=2))
    else:
        _show([row for _, row in rows])
    if failed:
        raise click.ClickException("; ".join(failed))


def _measured(scene: Scene, seconds: float) -> Iterator[Row]:
    """The load comes from another core than the server's, where there are two."""
    cores = os.sched_getaffinity(0)
    try:
        yield from scene(seconds)
    finally:
        os.sched_setaffinity(0, cores)


def _show(rows: list[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row.figures))
    lines = [["", *columns], *([row.name, *(str(row.figures.get(name, "")) for name in columns)] for row in rows)]
    first, *widths = [max(map(len, words)) for words in zip(*lines, strict=True)]
    for name, *figures in lines:
        cells = (word.rjust(width) for word, width in zip(figures, widths, strict=True))
        click.echo("  ".join([name.ljust(first), *cells]).rstrip())
