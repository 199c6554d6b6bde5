"""A lively database, an empty one, and the command that copies the one into the other."""

import sqlite3
from contextlib import closing

import pytest

from messenger.core import search
from tests.cli.copying.copies import SELDOM, busy
from tests.core.world import World


@pytest.fixture(scope="module")
def lively(tmp_path_factory, blank_database):
    """A SQLite file with everything in it that people leave behind."""
    folder = tmp_path_factory.mktemp("lively")
    path = folder / "messenger.db"
    path.write_bytes(blank_database.read_bytes())
    with World(f"sqlite:///{path}", folder) as world:
        ann, bob, _ = world.person(email="Ann@example.org"), world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob), "¿Ünïcode? 👩🏽‍🚀 'quoted' \\ \"twice\"\n\ttabbed").chat
        busy(world, ann, bob)
        for n in range(90):
            world.say(ann, chat, f"pomegranate {n}", f"c{n}")
        gone = world.say(bob, world.dialog(bob, bob), "the last one is forgotten")
        search.messages(ann, "pomegranate")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM messages WHERE id = ?", (gone.message_id,))
        connection.execute("UPDATE chats SET position = 0, spoken = 0 WHERE id = ?", (gone.chat.chat_id,))
        for line in SELDOM:
            connection.execute(line)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return f"sqlite:///{path}", chat.chat_id, ann.login, gone.message_id


@pytest.fixture
def runner(app):
    """What flask copy-db answers."""
    return lambda *arguments: app.test_cli_runner().invoke(args=["copy-db", *arguments])


@pytest.fixture
def target(postgres):
    """A database without a table."""
    url = postgres.empty()
    yield url
    postgres.drop(url)
