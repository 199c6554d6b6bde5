"""flask copy-db: what is refused and left alone."""

import json
import os

from messenger.cli.copying import job, places
from tests.cli.copying.copies import do, everything
from tests.core.world import World


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
    do(full, "UPDATE alembic_version SET version_num = '0001'")
    assert "flask db upgrade" in runner(full, target).output
    assert "another version (0001)" in runner(source, full).output
    do(full, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in runner(full, target).output
    do(target, "CREATE TABLE somebody_elses (id int)")
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


def test_no_password_is_shown(runner, tmp_path):
    assert "hush" not in places.shown("postgresql+psycopg://ann:hush@host/x")
    assert os.environ.get("DATABASE_URL") is None
