"""flask storage: move all files to another storage, sweep what is no longer needed, show how much there is."""

import json
import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from messenger.core import moving, sweeping
from messenger.core.moving import Move
from messenger.core.storage import Storage, open_storage
from messenger.core.sweeping import Suspicious, Swept
from messenger.extensions import settings, storage, switchboard

commands = AppGroup("storage", help="Where the bytes of files live.")
as_json = click.option("--json", "is_json", is_flag=True, help="Answer with one JSON object.")
dry_run = click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would happen.")


@commands.command("move")
@click.option("--from", "source", help="The old place; without it STORAGE_URL.")
@click.option("--to", "target", help="The new place; without it STORAGE_URL.")
@click.option("--delete", "is_emptying", is_flag=True, help="Forget in the old place what stands in the new one.")
@dry_run
@as_json
def move(source: str | None, target: str | None, is_emptying: bool, is_dry: bool, is_json: bool) -> None:
    """Copy every file to another storage and compare it there. May be stopped and begun again at any time.

    First `flask storage move --to s3://…` while the server runs; then set STORAGE_URL to the new place and restart;
    then `flask storage move --from <old place> --delete` for what came meanwhile.
    """
    here = settings.storage_url
    if (source or here) == (target or here):
        raise click.UsageError("Give --from or --to: the two places are the same.")
    items = moving.items()
    job = Move(_opened(source), _opened(target))
    if is_dry:
        job.look(items)
    else:
        _run(job, items, is_json)
        if is_emptying:
            job.empty_source(items)
    _say(
        {"files": len(items), "moved": job.moved, "present": job.present, "bytes": job.bytes, "missing": job.missing,
         "differing": job.differing},
        is_json,
    )  # fmt: skip
    sys.exit(0 if job.is_complete else 1)


@commands.command("sweep")
@click.option("--force", "is_forced", is_flag=True, help="Also when most of what is stored is unknown here.")
@dry_run
@as_json
def sweep(is_forced: bool, is_dry: bool, is_json: bool) -> None:
    """Forget the files of deleted messages, uploads that no message took, and bytes that nothing knows."""
    try:
        swept = _would_sweep(is_forced) if is_dry else _sweep(is_forced)
    except Suspicious as suspicious:
        raise click.ClickException(f"{suspicious} If that is as it should be: --force") from None
    _say({"files": swept.files, "orphans": swept.orphans, "drafts": swept.drafts}, is_json)


@commands.command("show")
@as_json
def show(is_json: bool) -> None:
    """How many files are stored, and how much they take."""
    count = size = 0
    for entry in storage.entries():
        count, size = count + 1, size + entry.size
    _say({"files": count, "bytes": size}, is_json)


def _sweep(is_forced: bool) -> Swept:
    files = sweeping.sweep_files()
    return Swept(files, sweeping.sweep_orphans(is_forced), storage.sweep_desk(sweeping.STALE_SECONDS))


def _would_sweep(is_forced: bool) -> Swept:
    return Swept(sweeping.find_doomed(), len(sweeping.find_orphans(is_forced)))


def _opened(url: str | None) -> Storage:
    if url is None:
        return current_app.extensions["storage"]  # type: ignore[no-any-return]
    return open_storage(url, Path(settings.instance_dir) / "incoming", switchboard.loop.native)


def _run(job: Move, items: list[moving.Item], is_json: bool) -> None:
    """The bar is for people; a program that reads our answer gets none."""
    nowhere = Path(os.devnull).open("w") if is_json else None  # noqa: SIM115 it lives as long as the command
    with click.progressbar(length=sum(item.size for item in items), label="Moving", file=nowhere) as bar:
        for item in job.run(items):
            bar.update(item.size)


def _say(answer: dict[str, object], is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(answer))
        return
    for name, value in answer.items():
        words = ", ".join(value) or "none" if isinstance(value, list) else value
        click.echo(f"{name:10} {words}")
