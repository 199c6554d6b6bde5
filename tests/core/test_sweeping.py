"""Deleted means gone: bytes, thumbnails and rows; and nothing that somebody can still see is ever swept."""

import os
import time

import pytest

from messenger.core import accounts, attachments, avatars, history, messages, sweeping
from messenger.core.facts import MessageDeleted, MessageEdited
from messenger.core.storage import Entry
from messenger.core.sweeping import Suspicious, Sweeper
from tests.core.files import BOTH, files_world, make_old, pieces, place, row, send_file, stored
from tests.fixtures.pictures import picture

__all__ = ["files_world", "place"]
ORPHAN = "attachments/2026/14/17/{:08d}-b77b-4677-b563-b693a893fef3.jpg"


@pytest.fixture
def world(files_world):
    return files_world


@pytest.fixture
def chat(world):
    world.ann, world.bob = world.person("ann"), world.person("bob")
    return world.dialog(world.ann, world.bob)


def put(world, key, seconds_old=7200):
    """Bytes without a row. A bucket cannot be told how old they are: there the clock goes on."""
    draft = world.storage.draft()
    draft.write_bytes(b"x")
    world.storage.keep(draft, key, "image/jpeg")
    if hasattr(world.storage, "folder"):
        then = time.time() - seconds_old
        os.utime(world.storage.folder / key, (then, then))


@pytest.fixture
def aged(world, monkeypatch):
    """Everything in the storage is two hours old."""
    entries = type(world.storage).entries
    monkeypatch.setattr(
        type(world.storage),
        "entries",
        lambda self: (Entry(e.key, e.size, e.changed_at - 7200) for e in entries(self)),
    )


@BOTH
def test_a_deleted_message_takes_bytes_and_thumbnail_along(world, chat):
    message, kept = send_file(world, world.ann, chat)
    _, other = send_file(world, world.ann, chat)
    assert len(stored(world)) == 4
    messages.delete(world.ann, message.message_id)
    assert sweeping.find_doomed() == 1
    assert sweeping.sweep_files() == 1
    assert stored(world) == sorted((other.key, attachments.file_names.thumbnail_key(other.key)))
    assert row(kept.attachment_id) is None
    assert sweeping.sweep_files() == 0


def test_a_closed_account_takes_its_files_along_and_leaves_its_words(world, chat):
    with_words, _ = send_file(world, world.ann, chat, "look at this")
    without, _ = send_file(world, world.ann, chat)
    _, his = send_file(world, world.bob, chat)
    avatars.choose(world.ann, attachments.receive(world.ann, "me.jpg", pieces(picture())))
    accounts.remove(world.ann.user_id)
    world.told.clear()
    sweeping.sweep_files()
    assert stored(world) == sorted((his.key, attachments.file_names.thumbnail_key(his.key)))
    said = {message.message_id: message for message in history.newest(chat_of(world, chat))}
    assert said[with_words.message_id].text == "look at this"
    assert not said[with_words.message_id].attachments
    assert said[without.message_id].deleted_at
    told = [type(fact) for fact in world.told]
    assert MessageEdited in told
    assert MessageDeleted in told


def chat_of(world, chat):
    """The same dialog, as bob finds it now."""
    world.look()
    return world.dialog(world.bob, world.ann)


def test_an_upload_that_no_message_took_goes_after_an_hour(world, chat):
    old = attachments.receive(world.ann, "old", pieces(b"x"))
    young = attachments.receive(world.ann, "young", pieces(b"x"))
    avatars.choose(world.ann, attachments.receive(world.ann, "me.jpg", pieces(picture())))
    world.look()
    worn = avatars.key_of(world.ann.person.uid)
    make_old(old.attachment_id)
    make_old(row_of(worn).id)
    sweeping.sweep_files()
    assert stored(world) == sorted((young.key, worn))
    with pytest.raises(Exception, match="not there any more"):
        world.say(world.ann, chat, attachment_ids=(old.attachment_id,))
    world.say(world.ann, chat, attachment_ids=(young.attachment_id,))


def row_of(key):
    return sweeping.db.session.scalars(sweeping.select(sweeping.Attachment).filter_by(key=key)).one()


@BOTH
def test_bytes_without_a_row_go_and_foreign_ones_stay(world, chat, aged):
    _, kept = send_file(world, world.ann, chat)
    for key in (ORPHAN.format(1), ORPHAN.format(2), "somebody/elses.txt"):
        put(world, key)
    assert sorted(sweeping.find_orphans()) == [ORPHAN.format(1), ORPHAN.format(2)]
    assert sweeping.sweep_orphans() == 2
    assert stored(world) == sorted((kept.key, attachments.file_names.thumbnail_key(kept.key), "somebody/elses.txt"))


def test_young_bytes_may_get_their_row_yet(world):
    put(world, ORPHAN.format(1), seconds_old=0)
    assert sweeping.sweep_orphans() == 0


def test_a_storage_full_of_unknown_files_is_not_swept_unasked(world, aged):
    for number in range(sweeping.MANY + 1):
        put(world, ORPHAN.format(number))
    with pytest.raises(Suspicious):
        sweeping.sweep_orphans()
    assert len(stored(world)) == sweeping.MANY + 1
    assert sweeping.sweep_orphans(is_forced=True) == sweeping.MANY + 1


def test_the_server_sweeps_by_itself(world, chat, monkeypatch):
    monkeypatch.setattr(sweeping, "EVERY", 0.05)
    message, _ = send_file(world, world.ann, chat)
    messages.delete(world.ann, message.message_id)
    assert sweeping.EVERY * 4 < 60
    Sweeper(world.loop, world.app.app_context).start()
    deadline = time.monotonic() + 10
    while stored(world) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not stored(world)


def test_deleted_means_gone_within_a_minute():
    assert sweeping.EVERY <= 30
