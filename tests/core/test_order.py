"""One order without gaps, however many write; who follows it skips nothing."""

import random
import threading
import time

import pytest
from sqlalchemy import event

from messenger.core import changes, chats, messages, receipts
from messenger.core.facts import MessageSent, StatusChanged
from messenger.core.models import Message
from messenger.extensions import db
from tests.core.stage import acknowledged
from tests.core.world import World


def writers(stage, count, each, processes):
    """G8: many writers at once, in this process or in several; positions without a gap, one order for all."""
    if processes:
        hands = [stage.hand(f"w{n}", count=each, window=50) for n in range(count)]
        for hand in hands:
            said, complaints = hand.communicate(timeout=300)
            assert len(acknowledged(said)) == each, complaints.decode()[-2_000:]
    else:
        calls = [
            (messages.send, (stage.ann, stage.chat, f"w{n}-{m}", f"w{n}-{m}"))
            for m in range(each)
            for n in range(count)
        ]
        outcomes = []
        for start in range(0, len(calls), 2_000):
            outcomes += stage.world.outcomes(calls[start : start + 2_000])
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    rows = stage.check()
    assert len(rows) == 1 + count * each
    ids = [row[0] for row in rows]
    assert ids == sorted(ids), "ids and positions tell the same order"
    how = "processes" if processes else "callers"
    print(f"G8: {count} {how} × {each} messages: positions 1…{len(rows)} without a gap")


def test_positions_have_no_gaps(stage):
    """G8, quick form."""
    writers(stage, 8, 200, processes=False)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_positions_have_no_gaps_with_several_processes(stage):
    """G8, quick form."""
    writers(stage, 3, 200, processes=True)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_positions_have_no_gaps_in_the_long_run(stage, kind):
    """G8."""
    writers(stage, 8, 2_000, processes=kind == "postgresql")


@pytest.mark.parametrize("kind", ["postgresql"])
def test_catching_up_never_skips_while_others_hold_their_transactions_open(stage, kind):
    """G9: eight writers that hold their commits back, a reader who asks for what is new all the time."""
    catch_up(stage, 8, 25)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["postgresql"])
def test_catching_up_never_skips_in_the_long_run(stage, kind):
    """G9."""
    catch_up(stage, 8, 1_000)


def catch_up(stage, count, each):
    seed = random.randrange(10**6)
    worlds = [World(stage.url, stage.folder) for _ in range(count)]
    threads = [threading.Thread(target=slow_writer, args=(w, stage, n, each, seed)) for n, w in enumerate(worlds)]
    seen, cursor, alive = [], chats.revision_of(stage.chat.chat_id), True
    for thread in threads:
        thread.start()
    while alive:
        alive = any(thread.is_alive() for thread in threads)
        stage.world.look()
        missed = changes.since(stage.chat, cursor)
        assert not missed.is_too_much
        seen += [fact.message.position for fact in missed.facts if isinstance(fact, MessageSent)]
        cursor = missed.revision
    assert seen == list(range(2, 2 + count * each)), f"seed {seed}"
    stage.check()
    print(f"G9: {count} writers × {each} holding transactions open 0–4 ms (seed {seed}): "
          f"{len(seen)} of {count * each} seen, loss 0")  # fmt: skip


def slow_writer(world, stage, number, each, seed):
    """A worker of its own, whose commits come late."""
    luck = random.Random(seed + number)
    event.listen(world.writer.engine, "commit", lambda connection: time.sleep(luck.uniform(0, 0.004)))
    with world:
        for n in range(each):
            messages.send((stage.ann, stage.bob)[n % 2], stage.chat, f"s{number}-{n}", f"s{number}-{n}")


@pytest.mark.parametrize("kind", ["postgresql"])
def test_receipts_of_one_process_never_take_back_the_count_of_another(stage, kind):
    """Positions, revisions and statuses come from several workers; every revision is given out once."""
    hand = stage.hand("busy", count=600, window=20, user_ids=[stage.ann.user_id])
    revisions = set()
    while hand.poll() is None:
        stage.world.look()
        position = stage.world.row(stage.chat).position
        receipts.read(stage.bob, stage.chat, position)
        revisions |= {fact.revision for fact in stage.world.heard(StatusChanged)}
    assert len(acknowledged(hand.communicate()[0])) == 600
    stage.check()
    stage.world.look()
    born = set(db.session.scalars(db.select(Message.born).where(Message.chat_id == stage.chat.chat_id)))
    assert not born & revisions, "a message and a status never share a revision"
    print(f"600 messages by one process, {len(revisions)} statuses by another: no revision given out twice")
