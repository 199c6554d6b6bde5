"""What is sent twice is one message, whoever else is sending it."""

import threading

import pytest

from messenger.core import messages
from messenger.core.refusals import Reused
from tests.core.stage import acknowledged
from tests.core.world import World


def test_the_same_send_after_a_restart_gets_the_same_answer(tmp_path, blank_url, kind):
    """G3, across a restart."""
    with World(blank_url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        first = world.say(ann, world.dialog(ann, bob), "hello", "c1")
    with World(blank_url, tmp_path) as world:
        again = world.say(ann, world.dialog(ann, bob), "hello", "c1")
        with pytest.raises(Reused):
            world.say(ann, world.dialog(ann, bob), "other", "c1")
        assert (again.message_id, again.created_at) == (first.message_id, first.created_at)
        assert world.texts(world.dialog(ann, bob)) == ["hello"]


def twins(stage, rounds):
    world, found = stage.world, set()
    for number in range(rounds):
        calls = [(messages.send, (stage.ann, stage.chat, f"round {number}", f"twin-{number}"))] * 50
        outcomes = _in_threads(world, calls)
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert len({(m.message_id, m.position, m.created_at) for m in outcomes}) == 1
        found.add(outcomes[0].message_id)
    rows = [row for row in stage.rows() if row[2]]
    assert len(rows) == len(found) == rounds
    print(f"G3: 50 concurrent twins × {rounds} rounds = {len(rows)} rows")


def test_fifty_twins_are_one_message(stage):
    """G3, quick form."""
    twins(stage, 10)


@pytest.mark.long
def test_fifty_twins_a_hundred_times(stage):
    """G3."""
    twins(stage, 100)


def _in_threads(world, calls):
    """Each in a thread that stands still for its answer, five a thread."""
    outcomes = []

    def run(some):
        with world.app.app_context():
            for verb, given in some:
                outcomes.append(verb(*given))

    threads = [threading.Thread(target=run, args=(calls[n::10],)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(calls)
    return outcomes


@pytest.mark.parametrize("kind", ["postgresql"])
def test_twins_of_several_processes_are_one_message(stage):
    """G3, when the twins come through different workers: one answer, one row."""
    hands = [stage.hand("twin", count=150, window=20, user_ids=[stage.ann.user_id]) for _ in range(3)]
    answers = [acknowledged(hand.communicate(timeout=60)[0]) for hand in hands]
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) == 150
    stage.check()
    print("G3: 150 messages sent by 3 processes each = 150 rows, the same answers")
