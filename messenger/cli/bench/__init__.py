"""`flask bench`: how fast it is here, each figure beside the same work on a bare reference in the same run."""

import json
import os
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table

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
    console = Console(stderr=True)
    with console.status("measuring") as status:
        rows: list[tuple[str, Row]] = []
        for name in names or SCENES:
            status.update(f"measuring {name}")
            rows.extend((name, row) for row in _measured(SCENES[name], seconds))
    if as_json:
        click.echo(json.dumps([{"scene": name, "name": row.name, **row.figures} for name, row in rows], indent=2))
    else:
        _show([row for _, row in rows])


def _measured(scene: Scene, seconds: float) -> Iterator[Row]:
    """The load comes from another core than the server's, where there are two."""
    cores = os.sched_getaffinity(0)
    try:
        yield from scene(seconds)
    finally:
        os.sched_setaffinity(0, cores)


def _show(rows: list[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row.figures))
    table = Table(box=None, header_style="bold")
    for column in ("", *columns):
        table.add_column(column, justify="left" if not column else "right")
    for row in rows:
        table.add_row(row.name, *(str(row.figures.get(column, "")) for column in columns))
    Console(width=max(120, 24 + 14 * len(columns))).print(table)
