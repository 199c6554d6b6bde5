"""What one of all processes does once in a while."""

from time import monotonic, sleep

import psycopg

from messenger.core import claims
from tests.core.world import World


def test_who_comes_first_has_it_for_so_long(empty_world):
    assert claims.claim("tides", 3600)
    assert not claims.claim("tides", 3600)
    assert claims.claim("winds", 3600)
    claims.put_off("tides", 0, 3600)
    assert claims.claim("tides", 3600)
    assert empty_world.at_once([(claims.claim, ("waves", 60))] * 5) == [True, False, False, False, False]


def test_of_two_processes_that_are_the_first_at_once_one_has_it(postgres, tmp_path):
    url = postgres.blank()
    with World(url, tmp_path) as world, psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as watcher:
        now = 10**18
        other.execute("INSERT INTO keepsakes VALUES ('claim:tides', %s, %s)", [now, now])
        outcome = world.submitted([(claims.claim, ("tides", 60))])
        end = monotonic() + 20
        while not watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            assert monotonic() < end, "nobody waits"
            sleep(0.01)
        other.commit()
        assert outcome() == [False]
