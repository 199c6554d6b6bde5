"""A whole database into another, both ways: the same values, the same places, and everything goes on behind them."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from sqlalchemy import create_engine, pool

from messenger import schema
from messenger.cli.copying import job, proof
from messenger.settings import Settings
from tests.cli.copying.copies import everything, goes_on
from tests.fixtures.server import HOME, environment_of


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
