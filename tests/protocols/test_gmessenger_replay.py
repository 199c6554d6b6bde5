"""Plays of gmessenger: coming back after a gap, by message id or by cursor, without a gap and without a double."""

import random
import threading

import pytest

from tests.cast import cast
from tests.fixtures.server import Server
from tests.protocols.gmessenger_play import hear, line, make_group, say, send, two


@pytest.fixture(scope="module")
def server(tmp_path_factory, blank_database):
    server = Server(tmp_path_factory.mktemp("replay"), blank_database, LIMITS="off").start()
    yield server
    server.kill()


def frames(socket, count):
    return [socket.hear() for _ in range(count)]


def test_after_a_message_everything_that_came_later_is_told_in_order(server):
    ann, bob = two(server.url)
    place = f"/dialog/{bob.login}"
    known = send(ann, place, "known")["id"]
    old = send(ann, place, "old")["id"]
    gone = send(ann, place, "gone")["id"]
    ann.put(f"/message/{known}", {"text": "known better"})
    ann.delete(f"/message/{gone}")
    ann.post(f"/message/{known}/reactions", {"emoji": "👍"})
    last = send(ann, place, "last")["id"]
    with line(bob, f"/dialog/{ann.login}/ws?after={known}") as his:
        send(ann, place, "live")
        told = frames(his, 5)
    assert [(frame["type"], frame["payload"]["id"]) for frame in told[:4]] == [
        ("new_message", old),
        ("message_deleted", gone),
        ("message_edited", known),
        ("new_message", last),
    ]
    assert told[2]["payload"]["reactions"] == [{"emoji": "👍", "users": [ann.login]}]
    assert told[4]["payload"]["text"] == "live"


def test_since_a_cursor_is_exact(server):
    ann, bob = two(server.url)
    place = f"/dialog/{bob.login}"
    first, second = send(ann, place, "one"), send(ann, place, "two")
    with line(bob, f"/dialog/{ann.login}/ws?since={first['cursor']}") as his:
        heard = his.hear()
        assert (heard["payload"]["id"], heard["payload"]["cursor"]) == (second["id"], second["cursor"])
    with line(bob, f"/dialog/{ann.login}/ws?since={heard['payload']['cursor']}") as his:
        send(ann, place, "three")
        # That he has read the second may be told first.
        assert his.hear_until(lambda frame: frame["type"] == "new_message")["payload"]["text"] == "three"


def test_statuses_that_changed_meanwhile_are_told(server):
    ann, bob = two(server.url)
    said = send(ann, f"/dialog/{bob.login}", "hello")
    bob.post("/messages/unsent", {"receiver_userID": bob.login})
    with line(ann, f"/dialog/{bob.login}/ws?since={said['cursor']}") as hers:
        status = hers.hear()
        assert status["type"] == "message_status"
        assert (status["payload"]["id"], status["payload"]["status"]) == (said["id"], "delivered")


def test_what_was_missed_counts_as_read_once_it_is_told(server):
    ann, bob = two(server.url)
    place = f"/dialog/{bob.login}"
    send(ann, place, "one")
    send(ann, place, "two")
    with line(ann, f"{place}/ws") as hers, line(bob, f"/dialog/{ann.login}/ws?after=0") as his:
        assert [frame["payload"]["text"] for frame in frames(his, 2)] == ["one", "two"]
        assert hear(hers, "message_status")["status"] == "read"


def test_more_than_three_hundred_changes_are_a_reload_and_nothing_else(server):
    ann, bob = two(server.url)
    group = make_group(ann, bob)
    with line(ann, f"/group/{group}/ws") as hers:
        for n in range(301):
            say(hers, "send_message", text=f"{n}")
        last = hers.hear_until(lambda frame: frame["payload"].get("text") == "300")["payload"]
    with line(bob, f"/group/{group}/ws?since=0") as his:
        reload = his.hear()
        assert reload["type"] == "reload"
        assert reload["payload"]["cursor"] >= last["cursor"]
        assert reload["payload"]["chat"] == {"type": "group", "id": group}
        send(ann, f"/group/{group}", "live")
        assert hear(his, "new_message")["text"] == "live"
    with line(bob, "/chats/ws?after=0") as listed:
        assert hear(listed, "reload")["cursor"] >= last["id"]
        send(ann, f"/group/{group}", "live too")
        assert hear(listed, "new_message")["text"] == "live too"


def test_a_cursor_of_the_future_is_a_reload(server):
    ann, bob = two(server.url)
    send(ann, f"/dialog/{bob.login}", "hello")
    with line(bob, f"/dialog/{ann.login}/ws?since=100000") as his:
        assert his.hear()["type"] == "reload"
        send(ann, f"/dialog/{bob.login}", "live")
        assert hear(his, "new_message")["text"] == "live"


def test_the_socket_of_all_chats_replays_all_of_them(server):
    ann, bob, cid = cast(server.url)
    group = make_group(ann, bob, cid)
    known = send(ann, f"/dialog/{bob.login}", "known")["id"]
    edited = send(cid, f"/group/{group}", "helo")["id"]
    send(cid, f"/dialog/{bob.login}", "two")
    send(ann, f"/dialog/{bob.login}", "three")
    cid.put(f"/message/{edited}", {"text": "hello"})
    with line(bob, f"/chats/ws?after={known}") as his:
        told = [hear(his, "new_message") for _ in range(3)]
        assert [(one["text"], one["chat"]["type"]) for one in told] == [
            ("hello", "group"),
            ("two", "dialog"),
            ("three", "dialog"),
        ]
        send(ann, f"/group/{group}", "live")
        assert hear(his, "new_message")["text"] == "live"


@pytest.mark.parametrize("by", ["after", "since"])
def test_a_line_that_is_cut_again_and_again_ends_with_the_servers_list(server, by):
    ann, bob = two(server.url)
    place = f"/dialog/{bob.login}"
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    first = send(ann, place, "first")
    wanted = [f"{n}" for n in range(200)]

    def write():
        with line(ann, f"{place}/ws") as hers:
            for text in wanted:
                say(hers, "send_message", text=text)
            hers.hear_until(lambda frame: frame["payload"].get("text") == wanted[-1])

    writer = threading.Thread(target=write)
    writer.start()
    known = first["id"] if by == "after" else first["cursor"]
    heard = []
    while not heard or heard[-1]["text"] != wanted[-1]:
        with line(bob, f"/dialog/{ann.login}/ws?{by}={known}") as his:
            for _ in range(chance.randint(1, 25)):
                payload = his.hear()["payload"]
                if "text" in payload:
                    heard.append(payload)
                    known = payload["id"] if by == "after" else payload["cursor"]
                if heard and heard[-1]["text"] == wanted[-1]:
                    break
    writer.join()
    assert [one["text"] for one in heard] == wanted
