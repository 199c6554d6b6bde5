"""flask storage: everything moves, nothing is lost on the way, and a stopped move goes on where it was."""

import json

import pytest

from messenger.core import attachments, messages, moving
from messenger.core.moving import Move
from messenger.core.snapshots import Actor
from messenger.core.storage import open_storage
from tests.core.files import files_world, pieces, place, send_file, stored
from tests.fixtures.buckets import at_once

__all__ = ["files_world", "place"]


@pytest.fixture
def world(files_world):
    return files_world


@pytest.fixture
def files(world):
    """Three files, one with a thumbnail, one on no message."""
    ann, bob = world.person("ann"), world.person("bob")
    chat = world.dialog(ann, bob)
    world.message, _ = send_file(world, ann, chat)
    send_file(world, ann, chat, content=b"words", name="a.txt")
    attachments.receive(ann, "b.txt", pieces(b"x" * 200_000))
    world.look()
    return stored(world)


@pytest.fixture
def other(tmp_path):
    """Another place, and its address."""
    return open_storage(str(tmp_path / "other"), tmp_path, at_once), str(tmp_path / "other")


def typed(world, *words):
    """What the command answers: its exit code and its JSON."""
    answer = world.app.test_cli_runner().invoke(args=["storage", *words, "--json"])
    return answer.exit_code, json.loads(answer.stdout) if answer.stdout.startswith("{") else answer.output


def test_everything_moves_and_is_the_same(world, files, bucket, tmp_path):
    target, url = open_storage(bucket, tmp_path / "desk", at_once), bucket
    before = {key: moving.hash_of(world.storage, key) for key in files}
    code, said = typed(world, "move", "--to", url)
    assert (code, said["files"], said["moved"], said["missing"]) == (0, 4, 4, [])
    assert {entry.key: moving.hash_of(target, entry.key) for entry in target.entries()} == before
    assert stored(world) == files


def test_a_second_time_moves_only_what_came_meanwhile(world, files, other):
    _, url = other
    typed(world, "move", "--to", url)
    attachments.receive(world.person("cid"), "late.txt", pieces(b"late"))
    code, said = typed(world, "move", "--to", url, "--delete")
    assert (code, said["moved"], said["present"]) == (0, 1, 4)
    assert stored(world) == []
    code, said = typed(world, "move", "--to", url)
    assert (code, said["moved"], said["present"]) == (0, 0, 5)


def test_a_move_that_was_stopped_goes_on(world, files, other):
    target, url = other
    walk = Move(world.storage, target).run(moving.items())
    next(walk)
    next(walk)
    walk.close()
    assert len(list(target.entries())) == 2
    assert typed(world, "move", "--to", url, "--dry-run")[1]["present"] == 2
    assert len(list(target.entries())) == 2
    assert typed(world, "move", "--to", url)[1]["moved"] == 2


def test_what_arrived_damaged_is_sent_again_and_what_is_damaged_is_said(world, files, other):
    target, url = other
    typed(world, "move", "--to", url)
    draft = target.draft()
    draft.write_bytes(b"half")
    target.keep(draft, files[0], "image/jpeg")
    assert typed(world, "move", "--to", url)[1]["moved"] == 1
    assert moving.hash_of(target, files[0]) == moving.hash_of(world.storage, files[0])
    broken = next(item for item in moving.items() if item.sha256)
    (world.storage.folder / broken.key).write_bytes(b"rotten")
    target.drop(broken.key)
    code, said = typed(world, "move", "--to", url, "--delete")
    assert (code, said["differing"]) == (1, [broken.key])
    assert stored(world) == [broken.key]
    world.storage.drop(broken.key)
    assert typed(world, "move", "--to", url)[1]["missing"] == [broken.key]


def test_a_place_that_damages_what_it_keeps_is_found_out(world, files, other):
    target, _ = other
    keep = target.keep
    target.keep = lambda draft, key, kind: (draft.write_bytes(draft.read_bytes()[:-1] + b"?"), keep(draft, key, kind))
    job = Move(world.storage, target)
    list(job.run(moving.items()))
    assert sorted(job.differing) == files
    assert not list(target.entries())


def test_the_same_place_is_no_move(world):
    assert typed(world, "move", "--to", world.settings.storage_url)[0] == 2
    assert typed(world, "move")[0] == 2


def test_sweep_says_first_and_does_then(world, files):
    messages.delete(Actor(world.message.author), world.message.message_id)
    assert typed(world, "sweep", "--dry-run")[1] == {"files": 1, "orphans": 0, "drafts": 0}
    assert stored(world) == files
    assert typed(world, "sweep")[1] == {"files": 1, "orphans": 0, "drafts": 0}
    assert len(stored(world)) == 2
    assert typed(world, "show")[1] == {"files": 2, "bytes": 200_005}
