"""Files come in whole or not at all, and are shown to who may read their chat, at the moment of asking."""

import errno
from urllib.parse import parse_qsl

import pytest

from messenger.core import attachments, avatars, clock, groups, incoming, messages, people, signed, sweeping
from messenger.core.refusals import Blank, Invalid, NoSpace, TooLarge, Unknown
from tests.core.files import BOTH, drafts, files_world, pieces, place, row, send_file, stored
from tests.fixtures.pictures import SECRET, bomb, noted, picture

__all__ = ["files_world", "place"]
MIB = 1024 * 1024


@pytest.fixture
def world(files_world):
    return files_world


@pytest.fixture
def ann(world):
    return world.person("ann")


@pytest.fixture
def bob(world):
    return world.person("bob")


@pytest.fixture
def cid(world):
    return world.person("cid")


@BOTH
def test_a_picture_is_known_cleaned_and_kept(world, ann):
    kept = attachments.receive(ann, "../holiday.jpg", pieces(noted("JPEG", (900, 600), 6)))
    assert (kept.name, kept.type, kept.width, kept.height) == ("holiday.jpg", "image/jpeg", 600, 900)
    assert len(stored(world)) == 2
    content = b"".join(world.storage.read(kept.key))
    assert len(content) == kept.size
    assert SECRET.encode() not in content
    assert not drafts(world)


def test_an_open_file_is_read_in_pieces(world, ann, tmp_path):
    (tmp_path / "one-long-line").write_bytes(b"x" * MIB)
    with (tmp_path / "one-long-line").open("rb") as file:
        assert attachments.receive(ann, "line.txt", file, MIB).size == MIB


@BOTH
def test_what_is_refused_leaves_nothing(world, ann):
    def breaks():
        yield b"x" * 1000
        raise ConnectionError("the sender is gone")

    for stream, declared, refusal in (
        (pieces(b""), None, Blank),
        (pieces(b"x" * (2 * MIB + 1)), None, TooLarge),
        (pieces(b"x"), 2 * MIB + 1, TooLarge),
        (pieces(bomb()), None, TooLarge),
        (breaks(), None, ConnectionError),
    ):
        with pytest.raises(refusal):
            attachments.receive(ann, "x", stream, declared)
        assert not stored(world)
        assert not drafts(world)


def test_a_file_of_exactly_the_limit_is_taken(ann):
    assert attachments.receive(ann, "x", pieces(b"x" * 2 * MIB), 2 * MIB).size == 2 * MIB


def test_the_quota_counts_what_is_there(world, ann, bob):
    chat = world.dialog(ann, bob)
    message, _ = send_file(world, ann, chat, content=b"x" * 2 * MIB)
    with pytest.raises(TooLarge, match="3 MiB"):
        attachments.receive(ann, "more", pieces(b"x" * 2 * MIB))
    assert len(stored(world)) == 1
    attachments.receive(bob, "his own", pieces(b"x" * 2 * MIB))
    messages.delete(ann, message.message_id)
    attachments.receive(ann, "more", pieces(b"x" * 2 * MIB))


def test_a_full_disk_is_said_and_nothing_stays(world, ann, monkeypatch):
    monkeypatch.setattr(type(world.storage), "free", lambda self: incoming.RESERVE - 1)
    with pytest.raises(NoSpace):
        attachments.receive(ann, "x", pieces(b"x"))
    monkeypatch.undo()

    def full():
        yield b"x"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NoSpace):
        attachments.receive(ann, "x", full())
    assert not stored(world)
    assert attachments.receive(ann, "x", pieces(b"x")).size == 1


def test_only_readers_of_the_chat_see_it_and_only_while_they_are(world, ann, bob, cid):
    group = world.group(ann, bob)
    kept = attachments.receive(ann, "a.txt", pieces(b"words"))
    number = kept.attachment_id
    assert attachments.readable(ann, number) == kept
    for other in (bob, cid):
        with pytest.raises(Unknown):
            attachments.readable(other, number)
    message = world.say(ann, group, attachment_ids=(number,))
    world.look()
    assert attachments.readable(bob, number).name == "a.txt"
    assert attachments.readable_at(bob, attachments.signed_path(kept).partition("?")[0]) == kept
    groups.remove(ann, group.chat_id, bob.person)
    for other in (bob, cid):
        world.look()
        with pytest.raises(Unknown):
            attachments.readable(other, number)
    messages.delete(ann, message.message_id)
    for wrong in (number, 0, -1, 2**63, 10**30, number + 1):
        world.look()
        with pytest.raises(Unknown):
            attachments.readable(ann, wrong)


def test_a_file_goes_with_one_message_of_its_owner_only(world, ann, bob):
    chat = world.dialog(ann, bob)
    _, kept = send_file(world, ann, chat)
    his = attachments.receive(bob, "b.txt", pieces(b"his"))
    for number in (kept.attachment_id, his.attachment_id, 10**9):
        with pytest.raises(Unknown):
            world.say(ann, chat, "mine now", attachment_ids=(number,))
    attachments.discard(ann, [his.attachment_id, kept.attachment_id])
    assert row(his.attachment_id).removed_at is None
    assert row(kept.attachment_id).removed_at is None


def test_a_signed_link_opens_for_a_while_and_for_its_own_path_only(world, ann, bob, monkeypatch):
    message, kept = send_file(world, ann, world.dialog(ann, bob))
    path, _, query = attachments.signed_path(kept, 60).partition("?")
    arguments = dict(parse_qsl(query))
    assert path.startswith("/mediafiles/attachments/2")
    assert attachments.of_signed(path, arguments) == kept
    for wrong in (
        {},
        {**arguments, "signature": ""},
        {**arguments, "signature": arguments["signature"][:-1] + "!"},
        {**arguments, "signature": "ü" * 32},
        {**arguments, "expires": str(int(arguments["expires"]) + 1)},
        {**arguments, "expires": "9" * 40},
        {**arguments, "expires": "-1"},
        {**arguments, "expires": "٣"},
    ):
        with pytest.raises(Unknown):
            attachments.of_signed(path, wrong)
    with pytest.raises(Unknown):
        attachments.of_signed(path + "x", arguments)
    later = clock.now() + (3600 + signed.GRAIN + 1) * clock.SECOND
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        with pytest.raises(Unknown):
            attachments.of_signed(path, arguments)
    messages.delete(ann, message.message_id)
    world.look()
    with pytest.raises(Unknown):
        attachments.of_signed(path, arguments)


def test_a_worn_picture_is_kept_and_the_one_before_given_up(world, ann):
    first = avatars.choose(ann, attachments.receive(ann, "me.jpg", pieces(noted())))
    assert first.avatar == f"/avatar/{ann.person.uid}"
    world.look()
    key = avatars.key_of(ann.person.uid)
    assert SECRET.encode() not in b"".join(world.storage.read(key))
    avatars.choose(ann, attachments.receive(ann, "me.png", pieces(picture("PNG"))))
    world.look()
    assert avatars.key_of(ann.person.uid) != key
    assert sweeping.find_doomed() == 3  # both originals, and the square before
    with pytest.raises(Invalid):
        avatars.choose(ann, attachments.receive(ann, "me.txt", pieces(b"a face")))
    assert avatars.remove(ann).avatar is None
    world.look()
    assert people.by_uid(ann.person.uid).avatar is None
    with pytest.raises(Unknown):
        avatars.key_of(ann.person.uid)
