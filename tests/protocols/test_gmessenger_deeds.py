"""Plays of gmessenger over HTTP: what can be done with one message, files, and the relay."""

import pytest

from tests.cast import cast
from tests.protocols.gmessenger_play import TIME, is_error, make_group, send, texts


@pytest.fixture
def play(server):
    return cast(server.url)


def test_editing_keeps_what_was_said_and_only_the_writer_may(play):
    ann, bob, cid = play
    said = send(ann, f"/dialog/{bob.login}", "helo")
    address = f"/message/{said['id']}"
    assert ann.put(address, {"text": "hello"}).body == {"Message": "Message Edited", "Data": None}
    assert bob.get(f"/dialog/{ann.login}").body[0]["text"] == "hello"
    assert TIME.fullmatch(bob.get(f"/dialog/{ann.login}").body[0]["edited"])
    now, before = bob.get(f"{address}/editions").body
    assert (now["text"], before["text"], before["time"]) == ("hello", "helo", said["time"])
    forbidden = bob.put(address, {"text": "mine"})
    assert (forbidden.status, forbidden.body) == (401, {"Message": "Not Authorized to Edit Message", "Data": None})
    foreign = cid.put(address, {"text": "mine"})
    assert (foreign.status, foreign.body) == (404, {"Message": "Message not found", "Data": None})
    assert ann.put(address, {"text": " "}).status == 400
    assert ann.put(address, {}).body["Message"] == "Error"
    assert is_error(cid.get(f"{address}/editions"), 404)


@pytest.mark.parametrize("home", ["", "/gmessenger"])
def test_deleting_leaves_a_tombstone(play, home):
    ann, bob, _ = play
    said = send(ann, f"/dialog/{bob.login}", "secret")
    assert bob.delete(f"{home}/message/{said['id']}").body["Message"] == "Not Authorized to Delete Message"
    assert ann.delete(f"{home}/message/{said['id']}").body == {"Message": "Message Deleted", "Data": None}
    (stone,) = bob.get(f"/dialog/{ann.login}").body
    assert (stone["id"], stone["text"], stone["deleted"]) == (said["id"], "", True)
    assert ann.delete(f"{home}/message/{said['id']}").status == 404
    assert "secret" not in str(bob.get(f"/message/{said['id']}/editions").body)


def test_reactions_come_and_go(play):
    ann, bob, cid = play
    address = f"/message/{send(ann, f'/dialog/{bob.login}', 'hello')['id']}/reactions"
    added = bob.post(address, {"emoji": ":+1:"})
    assert (added.status, added.body) == (201, [{"emoji": "👍", "users": [bob.login]}])
    assert ann.post(address, {"emoji": "👍"}).body == [{"emoji": "👍", "users": [bob.login, ann.login]}]
    assert bob.get(f"/dialog/{ann.login}").body[0]["reactions"] == [{"emoji": "👍", "users": [bob.login, ann.login]}]
    assert bob.delete(f"{address}?emoji=👍").body == [{"emoji": "👍", "users": [ann.login]}]
    assert ann.ask("DELETE", address, {"emoji": "👍"}).body == []
    assert is_error(bob.post(address, {"emoji": "x"}), 400)
    assert is_error(bob.post(address, {}), 400)
    assert is_error(bob.delete(address), 400)
    assert is_error(cid.post(address, {"emoji": "👍"}), 404)


def test_pins_and_readers(play):
    ann, bob, cid = play
    group = make_group(ann, bob, cid)
    said = send(ann, f"/group/{group}", "rules")
    address = f"/message/{said['id']}"
    assert TIME.fullmatch(bob.put(f"{address}/pin").body["pinned"])
    assert [message["text"] for message in cid.get(f"/group/{group}/pinned").body] == ["rules"]
    assert bob.delete(f"{address}/pin").body["pinned"] is None
    assert cid.get(f"/group/{group}/pinned").body == []
    assert ann.get(f"{address}/readers").body == []
    bob.ask("PATCH", f"/group/{group}", {"read": said["id"]})
    assert ann.get(f"{address}/readers").body == [{"login": bob.login}]


def test_stars_are_one_s_own(play):
    ann, bob, cid = play
    number = send(ann, f"/dialog/{bob.login}", "to be found again")["id"]
    assert bob.put(f"/message/{number}/star").body["id"] == number
    (found,) = bob.get("/starred").body
    assert (found["text"], bool(TIME.fullmatch(found["starred"]))) == ("to be found again", True)
    assert ann.get("/starred").body == []
    assert is_error(cid.put(f"/message/{number}/star"), 404)
    assert bob.delete(f"/message/{number}/star").status == 200
    assert bob.get("/starred").body == []


def test_the_relay_takes_and_gives_messages(play):
    ann, bob, cid = play
    document = {"sender_userID": ann.login, "receiver_userID": bob.uid, "time": "23:12:2023 21:30", "text": "some text"}
    answer = ann.post("/messages/new", document)
    assert answer.status == 201
    assert (answer.body["sender"], answer.body["receiver"], answer.body["text"]) == (ann.login, bob.login, "some text")
    assert not answer.body["time"].startswith("2023")
    rfc = {**document, "sender_userID": ann.uid, "time": "2023-12-23T21:30:00Z", "text": "second"}
    assert ann.post("/messages/new", rfc).status == 201
    assert is_error(ann.post("/messages/new", {**document, "sender_userID": bob.login}), 403)
    assert is_error(ann.post("/messages/new", {**document, "receiver_userID": "nobody-at-all"}), 404)
    for time in ("23.12.2023", "32:12:2023 21:30", "23:13:2023 21:30", "23:12:2023 24:61", "2023-12-23", ""):
        assert is_error(ann.post("/messages/new", {**document, "time": time}), 400), time
    assert is_error(cid.post("/messages/unsent", {"receiver_userID": bob.login}), 403)
    assert is_error(bob.post("/messages/unsent", {}), 400)
    waiting = bob.post("/messages/unsent", {"receiver_userID": bob.login})
    assert texts(waiting) == ["some text", "second"]
    assert [message["status"] for message in ann.get(f"/dialog/{bob.login}").body] == ["delivered", "delivered"]
    assert bob.post("/messages/unsent", {"receiver_userID": bob.uid}).body == []


def test_a_file_is_uploaded_first_and_then_sent(play):
    ann, bob, cid = play
    uploaded = ann.post("/upload?name=notes.txt", b"remember the milk")
    assert uploaded.status == 201
    (file,) = uploaded.body
    message = ann.post(f"/dialog/{bob.login}", {"attachments": [file["id"]]})
    assert message.status == 201
    (carried,) = bob.get(f"/dialog/{ann.login}").body[0]["attachments"]
    assert carried == file
    assert {"id", "name", "size", "type", "url", "width", "height"} <= set(carried)
    assert (carried["name"], carried["size"], carried["type"]) == ("notes.txt", 17, "text/plain")
    assert bob.get(carried["url"]).body == "remember the milk"
    assert cid.get(carried["url"]).status in (403, 404)
    assert bob.get("/chats?limit=1").body[0]["last_message"] == "notes.txt"
    assert is_error(bob.post(f"/dialog/{ann.login}", {"text": "mine", "attachments": [file["id"]]}), 404)
