"""Who gets in when it is full, and who is asked to leave: caps, revoked sessions, SIGTERM."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.wire import CLOSE, PING, Wire, close, text

STATUSES = tuple[int, bool]


def refusal(wire: Wire) -> STATUSES:
    with wire:
        return wire.status, "Retry-After: " in wire.head


def test_at_the_servers_cap_pages_still_answer_and_sockets_get_503(serve) -> None:
    """G26."""
    server = serve(sockets_total=20, sockets_per_address=100)
    wires = [Wire(server.port) for _ in range(20)]
    begun = time.perf_counter()
    assert server.get("/healthz")[0] == 200
    taken = time.perf_counter() - begun
    assert refusal(Wire(server.port)) == (503, True)
    print(f"\nG26: at the cap /healthz answers in {taken * 1e3:.1f} ms, the next socket gets 503 with Retry-After")
    assert taken < 0.5
    wires.pop().sock.close()
    server.settled(sockets=19)
    assert Wire(server.port).status == 101


@pytest.mark.parametrize(("setting", "path"), [("sockets_per_user", "/echo?user=7"), ("sockets_per_address", "/echo")])
def test_a_cap_counts_only_whom_it_concerns(serve, setting: str, path: str) -> None:
    server = serve(**{setting: 3})
    wires = [Wire(server.port, path) for _ in range(3)]
    assert refusal(Wire(server.port, path)) == (503, True)
    if setting == "sockets_per_user":
        assert Wire(server.port, "/echo?user=8").status == 101
    wires[0].send(close())
    assert wires[0].story()[-1].code == 1000
    server.settled(sockets=3 if setting == "sockets_per_user" else 2)
    assert Wire(server.port, path).status == 101


def test_who_comes_while_many_are_let_in_comes_a_little_later(serve) -> None:
    """Pages answer meanwhile, and whoever stood at the door comes in; limits or not."""
    server = serve(limits=False, handshakes_at_once=3)
    with ThreadPoolExecutor(3) as pool:
        first = [pool.submit(Wire, server.port, "/echo?gate=1") for _ in range(3)]
        server.settled(knocking=3)
        assert [refusal(Wire(server.port)) for _ in range(5)] == [(503, True)] * 5
        assert server.get("/healthz")[0] == 200
        server.get("/open")
        assert [wire.result(20).status for wire in first] == [101] * 3
    assert [Wire(server.port).status for _ in range(5)] == [101] * 5
    assert server.stats()["knocking"] == 3, "nobody else was asked anything"


def test_without_limits_there_are_no_caps(serve) -> None:
    server = serve(limits=False, sockets_total=1, sockets_per_user=1, sockets_per_address=1)
    assert [Wire(server.port, "/echo?user=7").status for _ in range(5)] == [101] * 5


@pytest.mark.parametrize("wish", ["end_session", "end_by_fact"])
def test_the_sockets_of_an_ended_session_close_and_no_others(lab, wish: str) -> None:
    mine = [Wire(lab.port, "/json?user=1&session=77") for _ in range(2)]
    other = Wire(lab.port, "/json?user=1&session=78")
    for wire in (*mine, other):
        assert wire.words() == "hello"
    other.send(text(f'{{"do":"{wish}","id":77}}'))
    for wire in mine:
        found = wire.read()
        assert found
        assert (found.opcode, found.code, found.content[2:]) == (CLOSE, 1008, b"session ended")
        wire.send(close(1008))
        assert wire.read() is None
    other.send(text('{"do":"tell","text":"after"}'))
    assert other.words() == "after"


@pytest.mark.parametrize("kind", ["gunicorn", "werkzeug"])
def test_a_revoked_session_hears_nothing_more(serve, kind: str) -> None:
    server = serve(kind, limits=False)
    mine, other = Wire(server.port, "/json?session=77"), Wire(server.port, "/json?session=78")
    for wire in (mine, other):
        assert wire.words() == "hello"
    other.send(text('{"do":"end_session","id":77}'), text('{"do":"tell","text":"a secret"}'))
    assert other.words() == "a secret"
    assert [found.code for found in mine.story()] == [1008]


def test_sigterm_tells_everybody_to_come_back(serve) -> None:
    """G21: 1012 within a second, the process gone within ten, and no byte of HTTP on a websocket."""
    server = serve(limits=False)
    wires = [Wire(server.port, "/json") for _ in range(200)]
    for wire in wires:
        assert wire.words() == "hello"
    paused = Wire(server.port, "/json")
    paused.send(*[text('{"do":"big","size":60000}')] * 60)
    time.sleep(0.2)
    begun = time.monotonic()
    server.process.terminate()
    for wire in wires:
        found = wire.read()
        while found and found.opcode == PING:  # opening so many may take a slow machine longer than a round of pings
            found = wire.read()
        assert found
        assert (found.opcode, found.code) == (CLOSE, 1012)
    told = time.monotonic() - begun
    for wire in wires:
        wire.send(close(1012))
        assert wire.read() is None
    server.stop()
    gone = time.monotonic() - begun
    print(f"\nG21: 200 sockets told 1012 after {told:.2f} s, process gone after {gone:.2f} s")
    assert told < 1
    assert gone < 10
    assert all(found.opcode in (1, CLOSE) for found in paused.story())


def test_while_leaving_nobody_comes_in(serve) -> None:
    server = serve(limits=False, closing_seconds=2)
    stubborn, door = Wire(server.port), socket.create_connection(("127.0.0.1", server.port), timeout=5)
    time.sleep(0.1)
    server.process.terminate()
    assert stubborn.read().code == 1012
    from tests.live.wire import request

    door.sendall(request(server.port, "/echo"))
    answer = door.recv(4096)
    assert b" 101 " not in answer
    stubborn.sock.close()
