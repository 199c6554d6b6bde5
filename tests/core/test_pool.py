"""Who waits for a connection has his turn in the order of asking, and nobody slips in before him."""

import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.util.queue import Empty, Full

from messenger.core.pool import FairQueue, Pool
from messenger.core.refusals import Overloaded

LONG = 20


def standing(queue, number, given):
    """Somebody who waits in a thread of his own, and notes what he gets."""
    thread = threading.Thread(target=lambda: given.append((number, queue.get(True, LONG))))
    thread.start()
    wait(lambda: len(queue._waiting) == number + 1)
    return thread


def wait(fits):
    end = time.monotonic() + LONG
    while not fits():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_they_get_one_as_they_came_and_a_newcomer_goes_last():
    queue, given = FairQueue(1), []
    threads = [standing(queue, number, given) for number in range(5)]
    for done in range(5):
        queue.put(f"connection {done}")
        with pytest.raises(Empty):  # what came back is another's already
            queue.get(False)
        wait(lambda done=done: len(given) == done + 1)
    assert given == [(number, f"connection {number}") for number in range(5)]
    for thread in threads:
        thread.join()


def test_whoever_gave_up_is_passed_over():
    queue, given = FairQueue(1), []
    with pytest.raises(Empty):
        queue.get(True, 0.01)
    thread = standing(queue, 0, given)
    queue.put("connection")
    thread.join(LONG)
    assert given == [(0, "connection")]
    queue.put("connection")
    with pytest.raises(Full):
        queue.put("one too many")
    assert queue.get(False) == "connection"


@pytest.fixture
def engine(tmp_path):
    made = create_engine(f"sqlite:///{tmp_path}/a.db", poolclass=Pool, pool_size=2, max_overflow=0, pool_timeout=0.05)
    yield made
    made.dispose()


def test_there_are_never_more_connections_than_said_and_none_is_lost(engine):
    for _ in range(3):
        with engine.connect() as one, engine.connect() as other:
            assert one.scalar(text("SELECT 1")) == other.scalar(text("SELECT 1")) == 1
            with pytest.raises(Overloaded):
                engine.connect()
        with engine.connect() as one:
            one.invalidate()
        with pytest.raises(ZeroDivisionError), engine.connect():
            _ = 1 / 0
    engine.dispose()
    assert isinstance(engine.pool, Pool)
    engine.connect().close()


def test_a_connection_that_cannot_be_made_takes_nobodys_place(tmp_path):
    url = f"sqlite:///{tmp_path}/none/a.db"
    engine = create_engine(url, poolclass=Pool, pool_size=1, max_overflow=0, pool_timeout=0)
    for _ in range(3):
        with pytest.raises(Exception, match="unable to open"):
            engine.connect()
    (tmp_path / "none").mkdir()
    engine.connect().close()
    engine.dispose()
