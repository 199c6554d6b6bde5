"""The index of words follows in bites, whatever happens to messages meanwhile, and stays in order."""

import secrets

import pytest
from sqlalchemy import text

from messenger.core import found, messages, search
from messenger.core.verbs import verb


@pytest.fixture
def small_bites(monkeypatch):
    monkeypatch.setattr(found, "AT_ONCE", 2)


def ids(rows):
    return [row.message_id for row in rows]


def test_who_searches_finds_what_was_written_until_now_newest_first(world, ann, bob, small_bites):
    word = f"w{secrets.token_hex(6)}"
    said = [world.say(ann, world.dialog(ann, bob), f"{word} {n}") for n in range(7)]
    world.look()
    assert ids(search.messages(bob, word)) == ids(reversed(said))
    world.say(bob, world.dialog(bob, ann), "of something else")
    world.look()
    assert ids(search.messages(bob, word)) == ids(reversed(said))


def test_what_is_edited_or_deleted_is_found_as_it_stands(world, ann, bob, small_bites):
    old, new = f"o{secrets.token_hex(6)}", f"n{secrets.token_hex(6)}"
    chat = world.dialog(ann, bob)
    before = [world.say(ann, chat, old) for _ in range(3)]
    found.follow()
    behind = [world.say(ann, chat, old) for _ in range(3)]
    for several in (before, behind):
        messages.edit(ann, several[0].message_id, new)
        messages.delete(ann, several[1].message_id)
    world.look()
    assert ids(search.messages(ann, old)) == [behind[2].message_id, before[2].message_id]
    assert ids(search.messages(ann, new)) == [behind[0].message_id, before[0].message_id]


def test_the_index_does_not_fall_into_many_pieces(world, ann, bob):
    """What SQLite would tidy up in one long commit is done a little with every bite."""
    chat = world.dialog(ann, bob)
    for n in range(60):
        world.say(ann, chat, f"piece {n}")
        found.follow()
    pieces = _pieces()
    print(f"after 60 bites the index has {pieces} pieces")
    assert pieces is None or pieces <= 10


@verb
def _pieces(tx):
    if tx.get_bind().dialect.name != "sqlite":
        return None
    settings = dict(tx.execute(text("SELECT k, v FROM found_in_messages_config")).all())
    assert (settings["automerge"], settings["crisismerge"]) == (8, 64)
    return tx.scalar(text("SELECT COUNT(DISTINCT segid) FROM found_in_messages_idx"))
