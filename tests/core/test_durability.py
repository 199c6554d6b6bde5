"""What was acknowledged is there, whatever happens to the process or to its database."""

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time

import pytest
from sqlalchemy import event

from messenger.core import database
from messenger.core.database import NotDurable
from messenger.core.refusals import Overloaded
from messenger.extensions import db
from tests.core.stage import acknowledged
from tests.core.world import World


def kill_under_load(stage, times, seed):
    """Start a hand, let it write, kill its whole process group; what it acknowledged must be there."""
    luck = random.Random(seed)
    promised, fastest = {}, 0
    for number in range(times):
        hand = stage.hand(f"kill{number}")
        first = hand.stdout.readline()
        began = time.monotonic()
        threading.Timer(luck.uniform(0.2, 0.8), os.killpg, (hand.pid, signal.SIGKILL)).start()
        said = first + hand.stdout.read()
        took = time.monotonic() - began
        hand.wait()
        hand.stderr.close()
        assert hand.returncode == -signal.SIGKILL
        fresh = acknowledged(said)
        fastest = max(fastest, len(fresh) / took)
        promised |= fresh
        stored = {row[2]: row[0] for row in stage.check()}
        lost = {client_id for client_id, message_id in promised.items() if stored.get(client_id) != message_id}
        assert lost == set(), f"seed {seed}: after kill {number + 1}"
    rows = stage.check()
    unasked = len(rows) - 1 - len(promised)
    print(f"G1: {times} kills at up to {fastest:.0f} msg/s (seed {seed}): {len(promised)} acknowledged, "
          f"0 lost, 0 doubled; {unasked} stored whole without an answer; G5, G7: ok")  # fmt: skip
    return fastest


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_was_acknowledged_survives_kill_9(stage):
    """G1, quick form."""
    kill_under_load(stage, 5, seed=random.randrange(10**6))


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_survives_kill_9_twenty_times_under_a_thousand_a_second(stage):
    """G1."""
    assert kill_under_load(stage, 20, seed=random.randrange(10**6)) >= 1_000


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("line", ["PRAGMA journal_mode=DELETE", "PRAGMA synchronous=NORMAL", "PRAGMA synchronous=OFF"])
def test_a_database_that_forgets_is_refused(stage, line):
    """G2."""
    stage.world.writer.stop()
    stage.world.look()
    db.engine.dispose()
    engine = database.open_for_writing(stage.url)
    database.check_durable(engine)

    @event.listens_for(engine, "connect")
    def spoil(connection, _):
        connection.execute(line)

    with pytest.raises(NotDurable, match=r"must be wal and 2"):
        database.check_durable(engine)
    print(f"G2: refused to serve after {line}")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_locked_database_is_an_answer_and_passes(tmp_path, blank_url, monkeypatch):
    """Somebody else holds the lock for longer than we wait: 503, nothing stored; afterwards all is well."""
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 100)
    with World(blank_url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob)).chat
        with contextlib.closing(sqlite3.connect(blank_url.partition(":///")[2], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Overloaded):
                world.say(ann, chat, "locked out")
        assert world.say(ann, chat, "again").text == "again"
        assert world.texts(chat) == ["hello", "again"]
