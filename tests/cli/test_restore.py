"""The way back: what was there is there again on either database, or everything stays as it is."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from messenger import schema
from messenger.cli.archives import within
from messenger.core import people, search
from messenger.core.backups import tables
from messenger.settings import Settings
from tests.cli.archives import bytes_of, flask, lively, refused, repacked, rows, world_on
from tests.core.world import World
from tests.fixtures.databases import KINDS


@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("one", KINDS)
def test_what_was_there_is_there_again_on_either_database(request, tmp_path, one, other):
    with world_on(request, one, tmp_path / "here") as here:
        ann, _, _ = lively(here)
        made = flask(here, "backup")
        assert (made["people"], made["messages"], made["missing"], made["damaged"]) == (3, 8, [], [])
        archive = str(tmp_path / "here" / "backups" / made["archive"])
        before, files, url = rows(here.settings.database_url), bytes_of(here), here.settings.database_url
    assert made["files"] == len(files) > 2
    with world_on(request, other, tmp_path / "there") as there:
        assert flask(there, "restore", archive, "--dry-run")["needs_force"] is False
        assert rows(there.settings.database_url)[0]["users"] == []
        assert flask(there, "restore", archive)["restored"] is True
        assert rows(there.settings.database_url) == before
        assert bytes_of(there) == files
        there.look()
        again = there.person("dan")
        assert again.user_id > ann.user_id, "no id is given twice"
        there.look()
        assert [hit.text for hit in search.messages(ann, "another")] == ["another answer"]
    assert url != there.settings.database_url


def test_people_are_not_replaced_unless_forced(archive, there):
    with there.app.app_context():
        there.person("somebody")
    assert "--force" in refused(there, "restore", str(archive))
    assert flask(there, "restore", str(archive), "--dry-run")["needs_force"] is True
    said = flask(there, "restore", str(archive), "--force", "--yes")
    assert len(rows(there.settings.database_url)[0]["users"]) == 3
    kept = rows(f"sqlite:///{said['kept_aside']}")[0]["users"]
    assert len(kept) == 1, "the old file lies beside it"


@pytest.fixture
def old(tmp_path):
    """An archive as the first version made it: there is one person."""
    settings = replace(Settings.for_tests(), database_url=f"sqlite:///{tmp_path / 'old.db'}")
    schema.raise_to(schema.bare(settings), "0001")
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        users = next(table for table in tables.tables_of(connection) if table.name == "users")
        said = {"uid": "u", "login": "olga", "login_key": "olga", "name": "Olga", "preferences": {}, "about": ""}
        numbers = {"is_admin": True, "shows_receipts": True, "shows_presence": True, "created_at": 1, "updated_at": 1}
        connection.execute(users.insert().values(**said, **numbers))
    engine.dispose()
    with World(settings.database_url, tmp_path / "old") as ancient:
        return tmp_path / "old" / "backups" / flask(ancient, "backup")["archive"]


@pytest.fixture
def other(request, tmp_path, kind):
    """A lively server, on either database, that has been stopped."""
    with world_on(request, kind, tmp_path / "other") as world:
        ann, _, _ = lively(world)
    if kind == "postgresql":
        world.app.extensions["bus"].transport.close()
    with World(world.settings.database_url, tmp_path / "other") as stopped:
        stopped.ann = ann
        yield stopped


def test_an_archive_of_an_older_schema_is_brought_up_to_date(other, old):
    assert flask(other, "restore", str(old), "--dry-run")["needs_force"] is True
    flask(other, "restore", str(old), "--force", "--yes")
    other.look()
    schema.check(other.app)
    assert people.by_login("olga").name == "Olga"
    assert len(rows(other.settings.database_url)[0]["users"]) == 1
    other.look()
    ann, bob = other.people(2)
    assert other.say(ann, other.dialog(ann, bob), "and on it goes").position == 1


def test_a_restore_that_fails_at_its_end_leaves_everything_as_it_was(other, old, archive):
    before = rows(other.settings.database_url), bytes_of(other)
    for path in (archive, old):
        false = repacked(path, lambda entries: entries | {"manifest.json": miscounted(entries["manifest.json"])})
        assert "99 were there" in refused(other, "restore", false, "--force", "--yes")
        assert (rows(other.settings.database_url), bytes_of(other)) == before
    other.look()
    schema.check(other.app)
    assert [hit.text for hit in search.messages(other.ann, "another")] == ["another answer"]


def miscounted(manifest):
    """A manifest that says there were more people than there are."""
    said = json.loads(manifest)
    return json.dumps(said | {"counts": said["counts"] | {"users": 99}}).encode()


def test_a_database_that_is_not_ours_alone_is_refused(request, tmp_path, archive, monkeypatch):
    monkeypatch.setattr(within, "PATIENCE", 0.2)
    with world_on(request, "postgresql", tmp_path / "there") as there:
        engine = create_engine(there.settings.database_url)
        with engine.connect() as somebody:
            somebody.execute(text("SET application_name = 'another server'"))
            somebody.commit()
            said = refused(there, "restore", str(archive))
            assert "another server" in said
            assert "Stop the server first." in said
        with engine.begin() as stranger:
            stranger.execute(text("CREATE TABLE somebody_elses (id int)"))
        flask(there, "restore", str(archive), "--dry-run")
        with engine.begin() as stranger:
            stranger.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert "nobody here knows (somebody_elses)" in refused(there, "restore", str(archive), "--dry-run")
        engine.dispose()
