"""The two databases of a copy: what may be read from, what may be written to, and why not."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from messenger import schema
from messenger.cli.copying.marks import Marks
from messenger.core import database
from messenger.core.backups.tables import tables_of
from messenger.core.models import User
from messenger.schema import SchemaUnfit
from messenger.settings import Settings


class Unfit(Exception):
    """The copy cannot be made; the message says why and what to do."""


class State(StrEnum):
    """How the target was found."""

    EMPTY = "empty"
    HALF = "half a copy"


def addressed_here(given: str) -> str:
    """An address as DATABASE_URL has it; the path of a SQLite file does, too."""
    given = given if "://" in given else f"sqlite:///{Path(given).absolute()}"
    url = replace(_settings(), database_url=given).made_whole().database_url
    try:
        kind = make_url(url).get_backend_name()
    except ArgumentError:
        kind = ""
    if kind not in ("sqlite", "postgresql"):
        raise Unfit("An address begins with postgres:// or sqlite:///, or is the path of a SQLite file.")
    return url


def shown(url: str) -> str:
    """The address without its password."""
    return make_url(url).render_as_string(hide_password=True)


def app_on(url: str) -> Flask:
    """A database-only app there."""
    return schema.bare(replace(_settings(), database_url=url))


def source(url: str) -> Engine:
    """To be read only, and of this version's schema. One connection of it sees one moment."""
    _exists(url)
    try:
        schema.check(app_on(url))
    except SchemaUnfit as unfit:
        raise Unfit(f"{shown(url)}: {unfit}") from None
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    database.keep_reading_only(engine)
    return engine


def target(url: str, of: str) -> State:
    """Empty, or half a copy of this very source. Nothing is written."""
    if not _is_there(url):
        return State.EMPTY
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    app = app_on(url)
    with engine.connect() as connection:
        if Marks.are_in(connection):
            if Marks(connection).source != of:
                raise Unfit(f"{shown(url)} holds half a copy of another database. Copy into an empty one.")
            return State.HALF
        names = set(inspect(connection).get_table_names())
        found = schema.current(app)
        if found not in (None, schema.newest(app)):
            raise Unfit(f"{shown(url)} has the schema of another version ({found}). Copy into an empty database.")
        if found is None and names - {"alembic_version", "sqlite_sequence"}:
            raise Unfit(f"{shown(url)} holds something else. Copy into an empty database.")
        full = [
            table.name for table in tables_of(connection) if connection.execute(select(1).select_from(table)).first()
        ]
    if full:
        raise Unfit(f"{shown(url)} is not empty: there is something in {', '.join(full)}. Copy into an empty database.")
    return State.EMPTY


def identity(engine: Engine) -> str:
    """What tells one database from another: its first person's public id and the schema."""
    with engine.connect() as connection:
        first = connection.scalar(select(User.uid).order_by(User.id).limit(1))
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return f"{first} {version}"


def _exists(url: str) -> None:
    if not _is_there(url):
        raise Unfit(f"There is no database at {shown(url)}.")


def _is_there(url: str) -> bool:
    """Looking at a SQLite file that is not there would make it."""
    return not database.is_sqlite(url) or Path(make_url(url).database or "").is_file()


def _settings() -> Settings:
    """The settings themselves, not the stand-in that asks the app at work."""
    return current_app.extensions["settings"]  # type: ignore[no-any-return]
