"""What the tests of backup and restore share: a lively world, the commands, what stands in a database and a storage."""

import gzip
import io
import json
import shutil
import tarfile
from contextlib import contextmanager

from sqlalchemy import create_engine, select

from messenger.core import attachments, avatars, messages, reactions, sweeping
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
