"""Backups: what they hold, where they are kept, and that nothing acknowledged is missing."""

import json
import threading

import pytest
from sqlalchemy import text

from messenger.core import messages
from messenger.extensions import db
from tests.cli.archives import bytes_of, flask, refused, rows, world_on
from tests.core.files import send_file
from tests.fixtures.databases import KINDS
from tests.fixtures.pictures import picture


@pytest.mark.parametrize("one", KINDS)
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
    with world_on(request, one, tmp_path / "there") as there:
        flask(there, "restore", archive)
        stored = {row[0] for row in rows(there.settings.database_url)[0]["messages"]}
        assert set(before) <= stored
        assert len(stored) == made["messages"]
        with db.engine.connect() as connection:
            positions = list(connection.scalars(text("SELECT position FROM messages ORDER BY position")))
            if one == "sqlite":
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert positions == list(range(1, len(stored) + 1))
        assert len(bytes_of(there)) == made["files"] == 2
        print(f"G33 {one}: {len(before)} acknowledged before, {len(stored)} restored, {len(set(before) - stored)} lost")


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
