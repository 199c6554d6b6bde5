"""Plays of gmessenger's sockets: what ann says, what bob hears, frames in full."""

import json
import threading

import pytest

from tests.cast import cast
from tests.protocols.gmessenger_play import TIME, hear, line, say, send, texts, two
from tests.wires import Refused, Wire


@pytest.fixture
def play(server):
    return cast(server.url)


@pytest.fixture
def talk(server):
    """Ann's and bob's sockets of their dialog, which has not begun."""
    ann, bob = two(server.url)
    with line(ann, f"/dialog/{bob.login}/ws") as hers, line(bob, f"/dialog/{ann.login}/ws") as his:
        yield ann, bob, hers, his


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "send message", "payload": {"text": "hello"}},
        {"type": "send_message", "payload": {"text": "hello"}},
        {"type": "send_message", "payload": json.dumps({"text": "hello"})},
    ],
    ids=["as the document writes it", "with an underscore", "as the original page sends it"],
)
def test_the_documents_example_reaches_both_sides(talk, frame):
    ann, bob, hers, his = talk
    hers.say(frame)
    heard = his.hear()
    message = heard["payload"]
    assert heard == {
        "type": "new_message",
        "payload": {
            "id": message["id"],
            "sender": ann.login,
            "receiver": bob.login,
            "text": "hello",
            "status": "sent",
            "time": message["time"],
            "chat": {"type": "dialog", "id": ann.login},
            "kind": "text",
            "edited": None,
            "deleted": False,
            "pinned": None,
            "reply_to": None,
            "quote": None,
            "attachments": [],
            "reactions": [],
            "mentions": [],
            "position": 1,
            "cursor": 1,
        },
    }
    assert isinstance(message["id"], int)
    assert TIME.fullmatch(message["time"])
    where = {"chat": {"type": "dialog", "id": bob.login}}
    assert hers.hear() == {"type": "new_message", "payload": {**message, **where}}
    read = {"type": "message_status", "payload": {"id": message["id"], "status": "read", **where, "cursor": 2}}
    assert hers.hear() == read
    assert ann.get(f"/dialog/{bob.login}").body[0]["status"] == "read"
    say(his, "send_message", text="hi")
    assert his.hear()["payload"]["text"] == "hi"
    assert his.hear()["type"] == "message_status"


def test_the_client_id_comes_back_to_its_writer_only(talk):
    ann, bob, hers, his = talk
    with line(ann.elsewhere(), f"/dialog/{bob.login}/ws") as other:
        say(hers, "send_message", text="hello", client_id="c-1")
        assert hear(hers, "new_message")["client_id"] == "c-1"
        assert hear(other, "new_message")["client_id"] == "c-1"
        assert "client_id" not in hear(his, "new_message")


def test_a_repeated_send_is_answered_again_and_stored_once(talk):
    ann, bob, hers, his = talk
    for _ in range(3):
        say(hers, "send_message", text="once", client_id="c-1")
    say(hers, "send_message", text="another", client_id="c-1")
    say(hers, "send_message", text="last", client_id="c-2")
    told = []
    while {"last", None} - {one.get("text") for one in told}:
        frame = hers.hear()
        if frame["type"] in ("new_message", "error"):
            told.append(frame["payload"])
    first = next(one for one in told if one.get("text") == "once")
    assert all(one["id"] == first["id"] for one in told if one.get("text") == "once")
    assert [one["client_id"] for one in told if "message" in one] == ["c-1"]
    say(hers, "send_message", text="once", client_id="c-1")
    again = hear(hers, "new_message")
    assert again == first | {"status": again["status"]}
    by_http = ann.post(f"/dialog/{bob.login}", {"text": "once", "client_id": "c-1"})
    assert by_http.body["id"] == first["id"]
    assert [hear(his, "new_message")["text"] for _ in range(2)] == ["once", "last"]
    assert texts(bob.get(f"/dialog/{ann.login}")) == ["once", "last"]


def test_the_same_client_id_at_once_by_socket_and_by_http_is_one_message(talk):
    ann, bob, hers, his = talk
    http = [Wire(ann.base, ann.token) for _ in range(6)]
    answers = []

    def post(wire):
        answers.append(wire.post(f"/dialog/{bob.login}", {"text": "twin", "client_id": "t"}))

    threads = [threading.Thread(target=post, args=(wire,)) for wire in http]
    for thread in threads:
        thread.start()
    for _ in range(6):
        say(hers, "send_message", text="twin", client_id="t")
    for thread in threads:
        thread.join()
    say(hers, "send_message", text="end")
    assert [hear(his, "new_message")["text"] for _ in range(2)] == ["twin", "end"]
    assert len({answer.body["id"] for answer in answers}) == 1


def test_a_socket_opened_before_the_dialog_begins_hears_its_first_message_from_http_too(talk):
    ann, bob, hers, his = talk
    said = send(ann, f"/dialog/{bob.login}", "first")
    assert hear(his, "new_message")["id"] == hear(hers, "new_message")["id"] == said["id"]


def test_typing_goes_to_the_other_one_before_and_after_the_dialog_began(talk):
    ann, _, hers, his = talk
    expected = {
        "type": "typing",
        "payload": {
            "user_login": ann.login,
            "name": "Ann",
            "is_typing": True,
            "chat": {"type": "dialog", "id": ann.login},
        },
    }
    say(hers, "typing", user_login="somebody-else")
    assert his.hear() == expected
    say(hers, "send_message", text="hello")
    assert his.hear()["type"] == "new_message"
    say(hers, "typing", is_typing=False)
    expected["payload"]["is_typing"] = False
    assert his.hear() == expected
    assert [hers.hear()["type"] for _ in range(2)] == ["new_message", "message_status"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/dialog/nobody-at-all/ws", 404), ("/group/999999/ws", 404), ("/group/x/ws", 404), ("/chats/ws?after=x", 400)],
)
def test_who_may_not_come_in_is_told_so_before_the_upgrade(play, path, status):
    with pytest.raises(Refused) as refused:
        line(play[0], path)
    assert (refused.value.status, refused.value.body["code"]) == (status, str(status))
    with pytest.raises(Refused) as nobody:
        Wire(play[0].base).socket(path)
    assert nobody.value.status == 401


def test_frames_that_are_too_long_or_not_utf8_close_the_socket(play):
    ann, bob, _ = play
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        hers.say("x" * 70_000)
        assert hers.hear_close().code == 1009
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        hers.inner.send(b'{"type":"\xff"}', 1)
        assert hers.hear_close().code == 1007
