"""A replica is read where it is new enough for the reader, and never missed where it is not."""

import pytest

from messenger.core import groups, history, messages, search
from messenger.extensions import db
from tests.core.world import World


@pytest.fixture
def world(pair, tmp_path):
    """An app on both servers."""
    with World(pair.url(), tmp_path, database_replica_url=pair.standby.url()) as made:
        pair.standby.do("SELECT pg_wal_replay_resume()")
        yield made
        pair.standby.do("SELECT pg_wal_replay_resume()")


@pytest.fixture
def replica(world):
    return world.app.extensions["replica"]


@pytest.fixture
def chat(world, ann_and_bob):
    return world.say(ann_and_bob[0], world.dialog(*ann_and_bob), "apple").chat


@pytest.fixture
def ann_and_bob(world):
    return world.person(), world.person()


def used(replica):
    return replica.answered, replica.behind, replica.failed


def test_a_page_comes_from_the_replica_when_it_has_everything(world, pair, replica, chat):
    pair.caught_up()
    for page in (
        lambda: history.newest(chat),
        lambda: history.before(chat, 2),
        lambda: history.after(chat, 0),
        lambda: history.around(chat, 1),
    ):
        world.look()
        assert [message.text for message in page()] == ["apple"]
    assert used(replica) == (4, 0, 0)


def test_who_has_written_reads_what_he_wrote_while_the_replica_lags(world, pair, replica, chat, ann_and_bob):
    """Sends, edits and deletions alike: the page never stands behind its revision."""
    ann, _ = ann_and_bob
    pair.caught_up()
    pair.standby.pause()
    said = world.say(ann, chat, "pear")
    assert world.texts(chat) == ["apple", "pear"]
    messages.edit(ann, said.message_id, "plum")
    assert world.texts(chat) == ["apple", "plum"]
    messages.delete(ann, said.message_id)
    assert world.texts(chat) == ["apple", ""]
    assert used(replica) == (0, 3, 0)
    pair.standby.do("SELECT pg_wal_replay_resume()")
    pair.caught_up()
    assert world.texts(chat) == ["apple", ""]
    assert used(replica) == (1, 3, 0)


def test_other_chats_are_read_from_it_meanwhile(world, pair, replica, chat, ann_and_bob):
    ann, _ = ann_and_bob
    pair.caught_up()
    pair.standby.pause()
    world.say(ann, world.dialog(ann, ann), "to myself")
    assert world.texts(chat) == ["apple"]
    assert used(replica) == (1, 0, 0)


def test_search_finds_on_the_replica_and_the_primary_decides_who_may_see(world, pair, replica, ann_and_bob):
    ann, bob = ann_and_bob
    team = world.group(ann, bob)
    for words in ("a quince here", "another quince"):
        world.say(ann, team, words)
    assert len(search.messages(bob, "quince")) == 2
    pair.caught_up()
    world.look()
    counted = used(replica)
    assert len(search.messages(bob, "quince")) == 2
    assert used(replica) == (counted[0] + 1, counted[1], 0)
    pair.standby.pause()
    last = history.newest(team)[-1]
    messages.delete(ann, last.message_id)
    world.look()
    assert [m.text for m in search.messages(bob, "quince")] == ["a quince here"], "deleted on the primary only, so far"
    groups.remove(ann, team.chat_id, bob.person)
    world.look()
    assert search.messages(bob, "quince") == [], "removed on the primary only, so far"


def test_without_the_replica_the_primary_answers(world, pair, replica, chat):
    pair.caught_up()
    pair.standby.stop()
    try:
        assert world.texts(chat) == ["apple"]
        assert world.texts(chat) == ["apple"]
        assert used(replica) == (0, 0, 1), "it is left alone for a while"
    finally:
        pair.standby.start()
    replica._resting_until = 0
    assert world.texts(chat) == ["apple"]
    assert replica.answered == 1


def test_nothing_can_be_written_through_it(world, replica, chat):
    def spoil(session):
        session.execute(db.text("UPDATE chats SET revision = 0"))
        session.commit()
        return "spoilt"

    with pytest.raises(Exception, match="read-only"):
        replica.of_chat(chat.chat_id, spoil)
