"""Backups and their way back: what they hold, what they refuse, and that nothing acknowledged is missing."""

import gzip
import io
import json
import shutil
import tarfile
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, select, text

from messenger import schema
from messenger.core import attachments, avatars, messages, people, reactions, search, sweeping
from messenger.core.backups import tables
from messenger.extensions import db
from tests.core.files import pieces, send_file
from tests.core.world import World
from tests.fixtures.pictures import picture


@contextmanager
def world_on(request, kind, folder, **settings):
    """A world nobody lives in yet, with files of its own."""
    folder.mkdir()
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("blank_database"), folder / "messenger.db")
        url = f"sqlite:///{folder / 'messenger.db'}"
    else:
        url = request.getfixturevalue("postgres").blank()
    with World(url, folder, **settings) as world:
        yield world


def flask(world, *words, code=0):
    """What a command answers, decoded."""
    with world.app.app_context():
        db.session.remove()
        result = world.app.test_cli_runner().invoke(args=[*words, "--json"])
    assert result.exit_code == code, (result.output, result.exc_info)
    if code == 1:
        assert isinstance(result.exception, SystemExit)
    return json.loads(result.stdout) if code == 0 else result.output


def refused(world, *words):
    """The words of a refusal."""
    return flask(world, *words, code=1)


def lively(world):
    """Something in every corner: answers, an edit, a tombstone, an emoji, files, a picture of somebody."""
    ann, bob, cid = world.people(3)
    dialog, team = world.dialog(ann, bob), world.group(ann, bob, cid)
    first = world.say(ann, dialog, "the first é \u2028 line", "c1")
    answer = world.say(bob, dialog, "an answer", reply_to_id=first.message_id)
    messages.edit(bob, answer.message_id, "another answer")
    reactions.react(ann, answer.message_id, "👍")
    messages.delete(ann, world.say(ann, team, "gone").message_id)
    send_file(world, ann, team, "look")
    send_file(world, bob, dialog, "", b"words", "a.txt")
    avatars.choose(cid, attachments.receive(cid, "me.jpg", pieces(picture(size=(300, 300)))))
    sweeping.sweep_files()
    world.look()
    return ann, bob, dialog


def rows(url):
    """Everything that stands in a database, but for what a server notes for itself."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        there = [table for table in tables.tables_of(connection) if table.name != "keepsakes"]
        found = {
            table.name: [list(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in there
        }
        counters = {table.name: tables.counter(connection, table) for table in there}
    engine.dispose()
    return found, counters


def bytes_of(world):
    """Every stored file."""
    stored = world.app.extensions["storage"]
    return {entry.key: b"".join(stored.read(entry.key)) for entry in stored.entries()}


@pytest.mark.parametrize(("one", "other"), [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")])
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


@pytest.mark.parametrize("one", ["sqlite", "postgresql"])
def test_g33_a_backup_under_load_holds_every_message_acknowledged_before_it_began(request, tmp_path, one):
    with world_on(request, one, tmp_path / "here") as here:
        ann, bob = here.person("ann"), here.person("bob")
        chat, acknowledged, enough, stop = here.dialog(ann, bob), [], threading.Event(), threading.Event()
        send_file(here, ann, chat, "look")

        def talk(actor):
            with here.app.app_context():
                while not stop.is_set():
                    acknowledged.append(messages.send(actor, chat, "hello").message_id)
                    if len(acknowledged) > 100:
                        enough.set()

        talkers = [threading.Thread(target=talk, args=(actor,)) for actor in (ann, bob, ann, bob)]
        for talker in talkers:
            talker.start()
        assert enough.wait(30)
        before = list(acknowledged)
        made = flask(here, "backup")
        stop.set()
        for talker in talkers:
            talker.join()
        archive = str(tmp_path / "here" / "backups" / made["archive"])
    with world_on(request, "sqlite", tmp_path / "there") as there:
        flask(there, "restore", archive)
        stored = {row[0] for row in rows(there.settings.database_url)[0]["messages"]}
        assert set(before) <= stored
        assert len(stored) == made["messages"]
        with db.engine.connect() as connection:
            positions = list(connection.scalars(text("SELECT position FROM messages ORDER BY position")))
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert positions == list(range(1, len(stored) + 1))
        assert len(bytes_of(there)) == made["files"] == 2
        print(f"G33 {one}: {len(before)} acknowledged before, {len(stored)} restored, {len(set(before) - stored)} lost")


@pytest.fixture
def here(request, tmp_path):
    """A lively world, its people, and an archive of it."""
    with world_on(request, "sqlite", tmp_path / "here") as world:
        world.ann, world.bob, world.chat = lively(world)
        yield world


@pytest.fixture
def archive(here, tmp_path):
    """An archive of it."""
    return tmp_path / "here" / "backups" / flask(here, "backup")["archive"]


@pytest.fixture
def there(request, tmp_path):
    """A fresh server beside it; commands of the first are over when it is asked for."""
    with world_on(request, "sqlite", tmp_path / "there") as world:
        yield world


def test_a_file_that_goes_while_the_backup_is_made_is_left_out_and_said(here, there):
    with here.app.app_context():
        _, photo = send_file(here, here.ann, here.chat, "", picture(), "late.jpg")
        key = next(key for key in bytes_of(here) if key == photo.key)
        here.app.extensions["storage"].drop(key)
        made = flask(here, "backup")
        assert made["missing"] == [key]
    said = flask(there, "restore", made["place"] + "/" + made["archive"])
    assert said["missing"] == [key]
    found = rows(there.settings.database_url)[0]
    assert len(found["attachments"]) == 3
    last = found["messages"][-1]
    assert last[-3] is not None or None in last, "a message of nothing but that file is a tombstone"
    assert key not in bytes_of(there)


def repacked(archive, change):
    """The same archive with its entries changed: {name: bytes} in, the same out."""
    with tarfile.open(archive) as tar:
        entries = {entry.name: tar.extractfile(entry).read() for entry in tar}
    other = archive.with_name("other.tar.gz")
    with gzip.open(other, "wb") as file, tarfile.open(fileobj=file, mode="w|") as tar:
        for name, content in change(entries).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return str(other)


def with_manifest(**changes):
    """Another manifest."""
    return lambda entries: (
        entries | {"manifest.json": json.dumps(json.loads(entries["manifest.json"]) | changes).encode()}
    )


def without(part):
    """Without the first entry of that beginning."""
    return lambda entries: {
        name: content for name, content in entries.items()
        if name != next(name for name in entries if name.startswith(part))
    }  # fmt: skip


def other_bytes(part):
    """One byte is another."""
    return lambda entries: {
        name: b"?" + content[1:] if name.startswith(part) else content for name, content in entries.items()
    }


UNFIT = {
    "a part is missing": (without("rows/messages"), "lacks rows/messages"),
    "a file is missing": (without("files/"), "lacks files/"),
    "a byte is another": (other_bytes("files/attachments"), "its hash differs"),
    "never finished": (without("manifest.json"), "was never finished"),
    "from the future": (with_manifest(schema="9999"), "made by a newer version"),
    "another form": (with_manifest(format=99), "whose form is unknown"),
    "no manifest at all": (lambda entries: entries | {"manifest.json": b"{"}, "cannot be read"),
    "more than it says": (lambda entries: {"files/x/y.txt": b"x"} | entries, "more than its manifest says"),
    "fewer rows than counted": (with_manifest(counts={"users": 99}), "99 were there"),
}


def test_what_does_not_fit_is_refused_and_nothing_is_changed(archive, there):
    before = rows(there.settings.database_url)
    for why, (change, words) in UNFIT.items():
        assert words in refused(there, "restore", repacked(archive, change)), why
        assert rows(there.settings.database_url) == before, why
    broken = archive.with_name("broken.tar.gz")
    broken.write_bytes(archive.read_bytes()[:-2000])
    assert "cannot be read to its end" in refused(there, "restore", str(broken))
    assert "There is no archive" in refused(there, "restore", "messenger-20260101-000000-000000.tar.gz")
    assert not list((there.settings.sqlite_path.parent).glob(".*restoring*"))


def test_people_are_not_replaced_unless_forced(archive, there):
    with there.app.app_context():
        there.person("somebody")
    assert "--force" in refused(there, "restore", str(archive))
    assert flask(there, "restore", str(archive), "--dry-run")["needs_force"] is True
    said = flask(there, "restore", str(archive), "--force", "--yes")
    assert len(rows(there.settings.database_url)[0]["users"]) == 3
    kept = rows(f"sqlite:///{said['kept_aside']}")[0]["users"]
    assert len(kept) == 1, "the old file lies beside it"


def test_only_the_newest_are_kept_and_nothing_half_is_left(here, tmp_path):
    place = tmp_path / "elsewhere"
    first = flask(here, "backup", "--to", str(place))
    (place / "messenger-20200101-000000-000000.tar.gz").write_bytes(b"old")
    (place / "letter.txt").write_text("not ours")
    assert flask(here, "backup", "--to", str(place), "--keep", "1", "--dry-run")["would_forget"]
    made = flask(here, "backup", "--to", str(place), "--keep", "2", "--no-files")
    assert made["files"] == 0
    assert "messenger-20200101-000000-000000.tar.gz" in made["forgotten"]
    listed = [row["archive"] for row in flask(here, "backup", "--to", str(place), "--list")]
    assert listed == sorted({first["archive"], made["archive"]}, reverse=True)
    assert (place / "letter.txt").exists()
    assert list((place / "incoming").iterdir()) == []
    assert (place / made["archive"]).stat().st_mode & 0o077 == 0, "nobody else reads it"
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, where a folder should be")
    assert "could not be written" in refused(here, "backup", "--to", str(blocked))


def test_a_bucket_takes_archives_and_gives_them_back(here, there, bucket):
    made = flask(here, "backup", "--to", bucket)
    assert "secret" not in json.dumps(made)
    object.__setattr__(there.settings, "backup_to", bucket)
    assert flask(there, "restore", "latest")["people"] == 3
    assert bytes_of(there) == bytes_of(here)


def test_an_archive_of_an_older_schema_is_brought_up_to_date(tmp_path, here, there):
    old = tmp_path / "old.db"
    settings = replace(here.settings, database_url=f"sqlite:///{old}")
    schema.raise_to(schema.bare(settings), "0001")
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        users = next(table for table in tables.tables_of(connection) if table.name == "users")
        said = {"uid": "u", "login": "olga", "login_key": "olga", "name": "Olga", "preferences": {}, "about": ""}
        numbers = {"is_admin": True, "shows_receipts": True, "shows_presence": True, "created_at": 1, "updated_at": 1}
        connection.execute(users.insert().values(**said, **numbers))
    engine.dispose()
    with World(settings.database_url, tmp_path / "old") as ancient:
        made = flask(ancient, "backup")
    flask(there, "restore", f"{made['place']}/{made['archive']}")
    there.look()
    assert people.by_login("olga").name == "Olga"
    schema.check(there.app)
