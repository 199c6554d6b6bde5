"""A whole database into another, both ways: the same values, the same places, and everything goes on behind them."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from sqlalchemy import create_engine, inspect, pool, text

from messenger import schema
from messenger.cli.copying import job, places, proof
from messenger.core import changes, chats, groups, history, messages, people, reactions, receipts, search
from messenger.core.snapshots import Actor
from messenger.settings import Settings
from tests.core.world import World
from tests.fixtures.server import HOME, environment_of


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


def busy(world, ann, bob):
    """A group in which everything happens once."""
    team = world.group(ann, bob, name="Näme; DROP TABLE 'x'")
    first = world.say(ann, team, "**bold** and <b>not</b>, @" + bob.login)
    answer = world.say(bob, team, "yes", reply_to_id=first.message_id)
    messages.edit(bob, answer.message_id, "no")
    messages.pin(ann, answer.message_id)
    reactions.react(bob, first.message_id, "👍")
    messages.delete(ann, world.say(ann, team, "taken back").message_id)
    groups.rename(ann, team.chat_id, "another name")
    receipts.read(bob, team, 3)
    groups.remove(ann, team.chat_id, bob.person)


SELDOM = (
    "INSERT INTO attachments (owner_id, message_id, chat_id, place, key, name, size, type, sha256, width, height,"
    " seconds, created_at) VALUES (1, 1, 1, 0, 'k', 'ä b.png', 9007199254740993, 'image/png', 'x', 1, 2, 0.1, 3)",
    "INSERT INTO audit_entries (actor_id, deed, object, details, created_at)"
    " VALUES (1, 'd', 'o', '{\"a\": [1, null, \"\\u00fc\", 1.5, true]}', 5)",
    "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (3, 1, 7)",
    "INSERT INTO stars (user_id, message_id, created_at, note) VALUES (1, 1, 9007199254740993, '')",
)


@pytest.fixture
def runner(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["copy-db", *arguments])


@pytest.fixture
def target(postgres):
    url = postgres.empty()
    yield url
    postgres.drop(url)


def everything(url):
    """All rows of all tables as the driver gives them, in an order of ours."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}"))))
            for name in inspect(connection).get_table_names()
            if not name.startswith("found_in") and name != "sqlite_sequence"
        }


def goes_on(url, folder, chat_id, login, last_id):
    """Reading, catching up, searching and writing work on the copy, behind what was there."""
    with World(url, folder) as world:
        schema.check(world.app)
        ann = Actor(people.by_login(login))
        chat = chats.visible(ann, chat_id)
        row = world.row(chat)
        stood = (row.position, row.revision)
        assert len(search.messages(ann, "pomegranate")) == 50
        assert history.newest(chat)[-1].text == "pomegranate 89"
        assert [f.message.position for f in changes.since(chat, stood[1] - 1).facts] == [stood[0]]
        again = world.say(ann, chat, "pomegranate 89", "c89")
        assert again.position == stood[0], "a client id is known on the copy"
        said = world.say(ann, chat, "on the copy")
        assert said.position == stood[0] + 1
        assert said.message_id > last_id, "ids are never given a second time"
        new = world.person("newcomer")
        assert new.user_id > ann.user_id
        world.look()
        assert [m.text for m in search.messages(ann, "copy")] == ["on the copy"]


def test_there_and_back_again_everything_is_the_same(lively, target, runner, tmp_path):
    source, chat_id, login, last_id = lively
    back = f"sqlite:///{tmp_path / 'back.db'}"
    there = json.loads(runner(source, target, "--json").stdout)
    assert there["copied"] is True
    assert there["rows"]["messages"] > 90
    again = json.loads(runner(target.replace("postgresql:", "postgres:"), back, "--json").stdout)
    assert again["hashes"] == there["hashes"]
    assert everything(back) == everything(source) | {"keepsakes": everything(back)["keepsakes"]}
    assert len([row for rows in everything(source).values() for row in rows]) > 100
    for url, folder in ((target, "one"), (back, "two")):
        goes_on(url, tmp_path / folder, chat_id, login, last_id)


def test_what_was_interrupted_goes_on_where_it_was(lively, target, runner, tmp_path, monkeypatch):
    source, chat_id, login, last_id = lively
    monkeypatch.setattr(job, "AT_ONCE", 10)
    steps = []

    def stumble(self, what):
        steps.append(what)
        if len(steps) in (5, 20):
            raise KeyboardInterrupt

    monkeypatch.setattr("messenger.cli.archives.bar.Bar.step", stumble)
    for _ in range(2):
        assert runner(source, target).exit_code == 1
        assert "half a copy" in runner(source, target, "--dry-run").output
    settings = Settings.for_tests(database_url=target, instance_dir=str(tmp_path))
    with pytest.raises(schema.SchemaUnfit, match="not finished"):
        schema.check(schema.bare(settings))
    done = runner(source, target, "--json")
    assert done.exit_code == 0, done.output
    copied = [step for step in steps if "(" not in step and step != "words"]
    whole = sum(-(-(n + 1) // 10) for n in json.loads(done.stdout)["rows"].values())
    assert len(copied) == whole, "no chunk was copied twice"
    goes_on(target, tmp_path / "goes-on", chat_id, login, last_id)


def test_a_killed_copy_is_finished_by_the_next(lively, tmp_path, runner):
    """A real process, killed as soon as it has committed something."""
    source, chat_id, login, last_id = lively
    path = tmp_path / "killed.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "copy-db", source, str(path)],
        cwd=HOME, env=environment_of(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and not _has_rows(path):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = runner(source, str(path), "--json")
    if process.returncode == -signal.SIGKILL:
        assert done.exit_code == 0, done.output
    else:
        assert "is not empty" in done.output
    goes_on(f"sqlite:///{path}", tmp_path / "goes-on", chat_id, login, last_id)


def _has_rows(path):
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM half_copied").fetchone()[0] > 3
        except sqlite3.OperationalError:
            return False


def test_a_source_that_goes_on_is_noticed_and_the_next_copy_takes_it_in(lively, target, runner, tmp_path, monkeypatch):
    """First somebody writes while it is copied; then again, between two attempts, into what was copied already."""
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(lively[0].partition(":///")[2])) as one, closing(sqlite3.connect(path)) as other:
        one.backup(other)
    source = f"sqlite:///{path}"
    meanwhile = iter(["UPDATE chats SET revision = revision + 1 WHERE id = 1", None])
    prove = job.Job._prove

    def write(self, table):
        if table.name == "chats" and (line := next(meanwhile)):
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute(line)
        prove(self, table)

    monkeypatch.setattr(job.Job, "_prove", write)
    moved = runner(source, target)
    assert moved.exit_code == 1
    assert "Stop the server and type the same again" in moved.output
    assert runner(source, target).exit_code == 0
    assert everything(target)["chats"] != []
    engine = create_engine(target, poolclass=pool.NullPool)
    with engine.connect() as theirs, create_engine(source).connect() as ours:
        for table in job.TABLES.values():
            if table.name != "keepsakes":
                assert proof.summed(theirs, table) == proof.summed(ours, table)


def test_what_is_no_empty_database_is_refused_and_left_alone(lively, target, runner, tmp_path, postgres):
    source = lively[0]
    full = postgres.blank()
    with World(full, tmp_path / "full") as world:
        world.person()
    before = everything(full)
    for given, words in (
        ((source, full), "is not empty: there is something in users"),
        ((full, source), "is not empty"),
        ((source, source), "are the same"),
        ((str(tmp_path / "nothing.db"), target), "There is no database at"),
        ((source, "mysql://x/y"), "begins with postgres:// or sqlite:///"),
        ((target, str(tmp_path / "new.db")), "flask db upgrade"),
    ):
        refused = runner(*given)
        assert (refused.exit_code, words in refused.output) == (1, True), refused.output
    assert everything(full) == before
    assert not (tmp_path / "nothing.db").exists()
    assert not (tmp_path / "new.db").exists()
    _do(full, "UPDATE alembic_version SET version_num = '0001'")
    assert "flask db upgrade" in runner(full, target).output
    assert "another version (0001)" in runner(source, full).output
    _do(full, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in runner(full, target).output
    _do(target, "CREATE TABLE somebody_elses (id int)")
    assert "holds something else" in runner(source, target).output
    postgres.drop(full)


def test_half_a_copy_of_another_database_is_refused(lively, target, runner, tmp_path, monkeypatch, blank_database):
    path = tmp_path / "other.db"
    path.write_bytes(blank_database.read_bytes())
    with World(f"sqlite:///{path}", tmp_path) as world:
        world.person()
    monkeypatch.setattr(job.Job, "_prove", lambda *given: 1 / 0)
    assert runner(lively[0], target).exit_code == 1
    refused = runner(str(path), target)
    assert "half a copy of another database" in refused.output


def test_a_dry_run_writes_nothing(lively, target, runner, tmp_path):
    said = json.loads(runner(lively[0], target, "--dry-run", "--json").stdout)
    assert (said["copied"], said["target"]) == (False, "empty")
    assert said["rows"]["messages"] > 90
    assert everything(target) == {}
    runner(lively[0], str(tmp_path / "dry.db"), "--dry-run")
    assert not (tmp_path / "dry.db").exists()


def test_a_wrong_copy_is_not_handed_over(lively, target, runner, monkeypatch):
    """Whatever spoils a value on its way is found by its hash."""
    behind = job.Job._behind

    def spoil(self, table, last):
        rows = behind(self, table, last)
        if table.name == "messages" and rows:
            rows[0]["text"] += " "
        return rows

    monkeypatch.setattr(job.Job, "_behind", spoil)
    refused = runner(lively[0], target)
    assert refused.exit_code == 1
    assert "messages came over wrong" in refused.output
    assert "alembic_version" in everything(target)
    assert everything(target)["alembic_version"] == ["('copying',)"]


def test_no_password_is_shown(runner, tmp_path):
    assert "hush" not in places.shown("postgresql+psycopg://ann:hush@host/x")
    assert os.environ.get("DATABASE_URL") is None


def _do(url, line):
    with create_engine(url, poolclass=pool.NullPool).begin() as connection:
        connection.execute(text(line))
