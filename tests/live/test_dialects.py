"""The seam through the wire, under both drivers: order, deeds, replay, faults that stay at home."""

from __future__ import annotations

import json
import time

import pytest

from tests.live.wire import CLOSE, Wire, text


@pytest.fixture(scope="module", params=["gunicorn", "werkzeug"])
def server(request):
    """The same plays under gevent and under plain threads."""
    from tests.live.conftest import Server

    server = Server(request.param, limits=False)
    yield server
    log = server.stop()
    assert "secret words" not in log


@pytest.fixture
def ann(server):
    with Wire(server.port, "/json") as wire:
        assert wire.words() == "hello"
        yield wire


@pytest.fixture
def bob(server):
    with Wire(server.port, "/json") as wire:
        assert wire.words() == "hello"
        yield wire


def wish(do: str, **more) -> bytes:
    return text(json.dumps({"do": do, **more}))


def test_what_is_told_reaches_everybody_once_and_in_order(ann, bob) -> None:
    for number in range(100):
        (ann, bob)[number % 2].send(wish("tell", text=f"{number}"))
        assert ann.words() == bob.words() == f"{number}"


def test_frames_glued_to_the_handshake_are_heard_under_every_driver(server) -> None:
    with Wire(server.port, glued=text("first") + text("second")) as wire:
        assert (wire.words(), wire.words()) == ("first", "second")


def test_quick_deeds_of_one_kind_are_under_way_together(ann) -> None:
    begun = time.monotonic()
    ann.send(*[wish("quick", text=f"{number}", seconds=0.3) for number in range(20)])
    assert [ann.words() for _ in range(20)] == [f"{number}" for number in range(20)]
    assert time.monotonic() - begun < 3


def test_another_kind_waits_for_the_answers_before_it(ann) -> None:
    ann.send(wish("quick", text="slow one", seconds=0.3), wish("quick", kind="other", text="fast one", seconds=0))
    assert [ann.words(), ann.words()] == ["slow one", "fast one"]


def test_what_follows_a_slow_deed_waits_for_it(ann) -> None:
    ann.send(
        wish("quick", text="1", seconds=0.1), wish("slow", text="2", seconds=0.1), text("3"), wish("quick", text="4")
    )
    assert [ann.words() for _ in range(4)] == ["1", "2", "3", "4"]


def test_slow_work_of_one_does_not_hold_up_another(ann, bob) -> None:
    ann.send(wish("slow", text="late", seconds=1))
    begun = time.monotonic()
    bob.send(text("now"))
    assert bob.words() == "now"
    assert time.monotonic() - begun < 0.9
    assert ann.words() == "late"


def test_a_refusal_is_answered_in_the_dialects_words_and_the_socket_stays(ann) -> None:
    ann.send(wish("nonsense"), wish("quick", text="x", refuse=True), text("still here"))
    assert [json.loads(ann.words()) for _ in range(2)] == [{"refused": "unknown wish"}, {"refused": "no"}]
    assert ann.words() == "still here"


@pytest.mark.parametrize("fault", [wish("crash"), wish("slow", seconds=0, crash=True, text="")], ids=["quick", "slow"])
def test_a_fault_in_one_mailbox_ends_it_and_no_other(ann, bob, fault: bytes) -> None:
    ann.send(fault)
    found = ann.read()
    assert found
    assert (found.opcode, found.code) == (CLOSE, 1011)
    bob.send(wish("tell", text="all well"))
    assert bob.words() == "all well"


def test_news_told_while_opened_runs_wait_for_its_end(server, ann) -> None:
    with Wire(server.port, "/json?slow=0.5&replay=3") as late:
        ann.send(wish("tell", text="news"))
        assert ann.words() == "news"
        assert [late.words() for _ in range(5)] == ["replay 0 ", "replay 1 ", "replay 2 ", "hello", "news"]


def test_a_long_replay_waits_for_a_slow_reader(server) -> None:
    """3,000 frames, 3 MiB: much more than may wait for a reader, so the worker waits instead."""
    with Wire(server.port, "/json?replay=3000&size=1000", timeout=20) as wire:
        time.sleep(0.5)
        for number in range(3000):
            assert wire.words().startswith(f"replay {number} ")
        assert wire.words() == "hello"


def test_a_goodbye_with_work_under_way_waits_for_the_answer(ann) -> None:
    from tests.live.wire import close

    ann.send(wish("slow", text="done", seconds=0.2), wish("quick", text="this too"), close(1000))
    assert [ann.words(), ann.words()] == ["done", "this too"]
    assert ann.read().code == 1000


def test_the_servers_goodbye_comes_behind_what_was_said(ann) -> None:
    ann.send(text("a"), wish("close", code=4001, reason="x" * 200), text("b"))
    assert ann.words() == "a"
    story = ann.story()
    assert [(found.code, found.content[2:]) for found in story] == [(4001, b"x" * 123)]
