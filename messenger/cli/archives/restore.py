"""flask restore: an archive becomes this server's database and files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from messenger import schema
from messenger.cli import words
from messenger.cli.archives import beside, target, within
from messenger.cli.archives.backup import shelf_at
from messenger.cli.archives.bar import Bar
from messenger.cli.knock import is_serving
from messenger.core import found
from messenger.core.backups.manifest import Manifest, Unfit
from messenger.core.backups.restoring import Restoring
from messenger.core.backups.unloading import Unloading
from messenger.core.backups.unpacking import verified
from messenger.core.storage import Missing
from messenger.extensions import settings, storage

FULL = "This server keeps people already. --force puts the archive in their place."


@click.command("restore", help="Put an archive's people, messages and files in place of an empty server's.")
@click.argument("archive")
@click.option("--force", "is_forced", is_flag=True, help="Also in place of what is there. SQLite's old file is kept.")
@words.dry_run
@words.assumed_yes
@words.as_json
@with_appcontext
@words.politely
def restore(archive: str, is_forced: bool, is_dry: bool, is_sure: bool, is_json: bool) -> None:
    """ARCHIVE is a file, a name in BACKUP_TO, or `latest`."""
    try:
        with _at_hand(archive) as path:
            manifest = _checked(path, is_json)
            has_people = target.has_people()
            if not settings.sqlite_path:
                within.check()
            if is_dry:
                words.say(_row(manifest) | {"needs_force": has_people}, is_json)
                return
            _refuse(has_people, is_forced)
            if has_people and not is_sure:
                click.confirm("Really put the archive in place of everything that is here?", abort=True, err=True)
            words.say(_row(manifest) | _restored(path, manifest, is_json), is_json)
    except (Unfit, schema.SchemaUnfit) as unfit:
        raise click.ClickException(str(unfit)) from None


@contextmanager
def _at_hand(archive: str) -> Iterator[Path]:
    """A file as it lies there, or a copy of one from the shelf."""
    if Path(archive).is_file():
        yield Path(archive)
        return
    shelf = shelf_at(settings.backup_to)
    try:
        copy = shelf.fetch(shelf.newest() if archive == "latest" else archive)
    except Missing:
        raise Unfit(f"There is no archive {archive}, neither as a file nor in BACKUP_TO.") from None
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _checked(path: Path, is_json: bool) -> Manifest:
    """Whole, and of a schema this version knows."""
    with Bar("Checking", is_json) as bar:
        manifest = verified(path, bar.bytes)
    if not schema.is_known(current_app, manifest.schema):
        raise Unfit(
            f"The archive was made by a newer version ({manifest.version}, schema {manifest.schema}). Install that one."
        )
    return manifest


def _refuse(has_people: bool, is_forced: bool) -> None:
    if is_serving(settings):
        raise Unfit("The server is running. Stop it first: it would go on writing into what is replaced.")
    if has_people and not is_forced:
        raise Unfit(FULL)


def _restored(path: Path, manifest: Manifest, is_json: bool) -> dict[str, object]:
    with (
        _explained(),
        Bar("Restoring", is_json, manifest.size) as bar,
        Unloading(storage) as files,
        target.at_rest(),
        _kind().opened(manifest.schema) as place,
    ):
        Restoring(place.connection, files, manifest).run(path, bar.bytes)
    found.catch_up_wholly()
    return {"restored": True, "kept_aside": place.kept_aside}


@contextmanager
def _explained() -> Iterator[None]:
    """A full disk or a database that says no, in one line."""
    try:
        yield
    except (OSError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).partition("\n")[0]
        raise Unfit(f"The archive could not be taken in, and nothing has changed: {reason}") from None


def _kind() -> ModuleType:
    return beside if settings.sqlite_path else within


def _row(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "database": manifest.database,
        "people": manifest.counts.get("users", 0),
        "messages": manifest.counts.get("messages", 0),
        "files": manifest.files,
        "missing": manifest.missing,
    }
