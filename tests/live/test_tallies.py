"""Counts that fade, in this process and in a server shared by all workers; and without that server."""

import pytest

from messenger.live.tallies import OwnTallies, SharedTallies, open_tallies


@pytest.fixture(params=["own", "shared"])
def tallies(request):
    """Of both kinds; what the shared one has counted before is not ours."""
    if request.param == "own":
        return open_tallies("")
    return open_tallies(request.getfixturevalue("valkey").url)


def test_what_is_counted_waits_is_taken_back_and_forgotten(tallies):
    key = f"a {id(tallies)}"
    assert [tallies.add(key, 60) for _ in range(3)] == [1, 2, 3]
    assert tallies.take(key) == 2
    assert tallies.held(key) == 0
    tallies.hold(key, 50)
    assert 0 < tallies.held(key) <= 50
    tallies.hold(key, 0)
    assert tallies.held(key) == 0
    tallies.hold(key, 50)
    tallies.forget(key)
    assert tallies.held(key) == 0
    assert tallies.take(key) == 0
    assert tallies.add(key, 60) == 1


def test_two_workers_count_together(valkey):
    one, other = SharedTallies(valkey.url), SharedTallies(valkey.url)
    one.add("together", 60)
    assert other.add("together", 60) == 2
    one.hold("together", 60)
    assert other.held("together") > 0
    stranger = SharedTallies(valkey.url, "another messenger")
    assert (stranger.add("together", 60), stranger.held("together")) == (1, 0)


def test_two_workers_without_a_shared_one_tell_each_other():
    one, other = open_tallies(""), open_tallies("")
    one.announce = lambda kind, body: other.hear(*body)
    other.announce = lambda kind, body: one.hear(*body)
    assert [one.add("told", 60), other.add("told", 60), one.add("told", 60)] == [1, 2, 3]
    assert other.take("told") == 2
    one.hold("told", 60)
    assert other.held("told") > 0
    other.forget("told")
    assert one.held("told") == 0
    assert one.add("told", 60) == 1


def test_without_the_shared_one_each_counts_for_itself():
    alone = SharedTallies("redis://127.0.0.1:1/0")
    assert isinstance(alone._own, OwnTallies)
    assert [alone.add("a", 60) for _ in range(2)] == [1, 2]
    alone.hold("a", 60)
    assert alone.held("a") > 0
    assert alone.take("a") == 1
