"""flask backup: an archive of the running server."""

import os
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from messenger.cli import words
from messenger.cli.archives.bar import Bar
from messenger.core.backups import making, manifest
from messenger.core.backups.manifest import Manifest, Unfit
from messenger.core.backups.shelf import Shelf
from messenger.extensions import settings, storage, switchboard


@click.command("backup", help="Everything this server keeps, of one moment, in one archive. It may go on serving.")
@click.option("--to", "place", help="A folder, or s3://…; without it BACKUP_TO.")
@click.option("--keep", type=click.IntRange(0), help="Leave so many of the newest there; without it BACKUP_KEEP.")
@click.option("--no-files", "is_bare", is_flag=True, help="Rows only: for files that are kept safe elsewhere.")
@click.option("--list", "is_listing", is_flag=True, help="Only say what is there.")
@words.dry_run
@words.as_json
@with_appcontext
@words.politely
def backup(place: str | None, keep: int | None, is_json: bool, **how: Any) -> None:
    """To the place, under the name of the moment."""
    shelf = shelf_at(place or settings.backup_to)
    keep = settings.backup_keep if keep is None else keep
    if how["is_listing"]:
        rows = [{"archive": entry.key, "bytes": entry.size} for entry in shelf.archives()]
        words.say_all(rows, is_json, "There is no backup yet.")
    elif how["is_dry"]:
        gone = [entry.key for entry in shelf.archives()[keep - 1 :]] if keep else []
        words.say({"would_write": _shown(place), "would_forget": gone}, is_json)
    else:
        words.say(_made(shelf, keep, is_json, not how["is_bare"]) | {"place": _shown(place)}, is_json)


def shelf_at(url: str) -> Shelf:
    """The place where archives are kept."""
    return Shelf(url, Path(settings.instance_dir) / "incoming", switchboard.loop.native)


def _made(shelf: Shelf, keep: int, is_json: bool, has_files: bool) -> dict[str, Any]:
    draft: Path | None = None
    try:
        draft = shelf.storage.draft()
        with Bar("Packing", is_json) as bar:
            made = making.make(draft, storage, bar.step, has_files)
        size, name = os.path.getsize(draft), manifest.name_at(made.made_at)
        shelf.put(draft, name)
    except Unfit as unfit:
        raise click.ClickException(str(unfit)) from None
    except OSError as error:
        raise click.ClickException(f"The backup could not be written: {error.strerror or error}.") from None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return _row(name, size, made) | {"forgotten": shelf.thin_out(keep)}


def _row(name: str, size: int, made: Manifest) -> dict[str, Any]:
    return {
        "archive": name,
        "bytes": size,
        "people": made.counts.get("users", 0),
        "messages": made.counts.get("messages", 0),
        "files": made.files,
        "missing": made.missing,
        "damaged": made.damaged,
    }


def _shown(place: str | None) -> str:
    """Without the key and the secret of a bucket."""
    url = place or settings.backup_to
    return f"s3://{url.rpartition('@')[2].removeprefix('s3://')}" if url.startswith("s3://") else url
