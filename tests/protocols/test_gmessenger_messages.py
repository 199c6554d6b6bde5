"""Plays of gmessenger over HTTP: history and its pages, sending once, and what can be done with one message."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import cast
from tests.protocols.gmessenger_play import TIME, is_error, make_group, send, texts, two


@pytest.fixture
def play(server):
    return cast(server.url)


def test_a_message_as_the_document_writes_it(play):
    ann, bob, _ = play
    answer = ann.post(f"/dialog/{bob.login}", {"text": "hello", "client_id": "c1"})
    assert answer.status == 201
    documented = ["id", "sender", "receiver", "text", "status", "time"]
    message = answer.body
    assert list(message)[:6] == documented
    assert message == {
        "id": message["id"],
        "sender": ann.login,
        "receiver": bob.login,
        "text": "hello",
        "status": "sent",
        "time": message["time"],
        "chat": {"type": "dialog", "id": bob.login},
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
        "client_id": "c1",
    }
    assert isinstance(message["id"], int)
    assert TIME.fullmatch(message["time"])
    del message["client_id"]
    assert bob.get(f"/dialog/{ann.login}").body == [message | {"chat": {"type": "dialog", "id": ann.login}}]
    assert ann.get(f"/dialog/{bob.login}").body[0]["status"] in ("sent", "delivered")


def test_a_group_message_has_no_receiver(play):
    ann, bob, _ = play
    group = make_group(ann, bob)
    message = send(ann, f"/group/{group}", "hello")
    assert list(message)[:5] == ["id", "sender", "text", "status", "time"]
    assert message["chat"] == {"type": "group", "id": group}
    created, added, said = bob.get(f"/group/{group}").body
    assert (created["kind"], created["text"], added["kind"], said["kind"]) == (
        "system",
        "created the group",
        "system",
        "text",
    )


def test_fetching_is_delivery(play):
    ann, bob, _ = play
    send(ann, f"/dialog/{bob.login}", "hello")
    assert ann.get(f"/dialog/{bob.login}").body[0]["status"] == "sent"
    bob.get(f"/dialog/{ann.login}")
    for _ in range(50):
        status = ann.get(f"/dialog/{bob.login}").body[0]["status"]
        if status != "sent":
            break
    assert status == "delivered"


def test_pages_have_neither_gaps_nor_doubles_in_both_directions(serve):
    ann, bob, _ = cast(serve(LIMITS="off").url)
    place = f"/dialog/{bob.login}"
    said = [send(ann, place, f"{n}")["id"] for n in range(60)]
    assert texts(ann.get(place)) == [f"{n}" for n in range(10, 60)]
    assert texts(ann.get(f"{place}?limit=3")) == ["57", "58", "59"]
    assert texts(ann.get(f"{place}?before={said[3]}")) == ["0", "1", "2"]
    assert texts(ann.get(f"{place}?after={said[57]}")) == ["58", "59"]
    assert texts(ann.get(f"{place}?after={said[0]}&limit=2")) == ["1", "2"]
    assert texts(ann.get(f"{place}?after=0&limit=2")) == ["0", "1"]
    assert len(ann.get(f"{place}?limit=1000").body) == 60
    for relation in ("prev", "next"):
        path, seen = f"{place}?limit=7" + ("&after=0" if relation == "next" else ""), []
        while path:
            answer = ann.get(path)
            seen = seen + texts(answer) if relation == "next" else texts(answer) + seen
            found = re.search(rf'<([^>]+)>; rel="{relation}"', answer.headers.get("Link", ""))
            path = found and found[1]
        assert seen == [f"{n}" for n in range(60)]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "limit=-3",
        "before=x",
        "after=1e3",
        "before=-1",
        "after=9" * 2 + "9" * 30,
        "before=1&after=1",
    ],
)
def test_what_is_no_page_is_refused(play, query):
    assert is_error(play[0].get(f"/dialog/{play[1].login}?{query}"), 400)


def test_a_client_id_repeated_at_once_is_one_message(play):
    ann, bob, _ = play
    body = {"text": "once", "client_id": "same"}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: ann.post(f"/dialog/{bob.login}", body), range(12)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert texts(bob.get(f"/dialog/{ann.login}")) == ["once"]
    header = {"Idempotency-Key": "same"}
    assert ann.post(f"/dialog/{bob.login}", {"text": "once"}, headers=header).body["id"] == answers[0].body["id"]
    assert is_error(ann.post(f"/dialog/{bob.login}", {"text": "twice", "client_id": "same"}), 409)
    assert is_error(ann.post(f"/dialog/{play[2].login}", body), 409)
    assert texts(bob.get(f"/dialog/{ann.login}")) == ["once"]


def test_sender_time_status_and_id_of_a_body_are_ignored(play):
    ann, bob, cid = play
    forged = {"id": 1, "sender": cid.login, "status": "read", "time": "2000-01-01T00:00:00Z", "deleted": True}
    message = send(ann, f"/dialog/{bob.login}", "hello", **forged)
    assert message["sender"] == ann.login
    assert (message["status"], message["deleted"]) == ("sent", False)
    assert not message["time"].startswith("2000")


def test_a_reply_quotes_and_must_be_of_the_same_chat(play):
    ann, bob, cid = play
    asked = send(ann, f"/dialog/{bob.login}", "who?")
    reply = send(bob, f"/dialog/{ann.login}", "me", reply_to=str(asked["id"]))
    assert (reply["reply_to"], reply["quote"]) == (asked["id"], {"name": "Ann", "text": "who?"})
    other = send(ann, f"/dialog/{cid.login}", "elsewhere")
    assert is_error(bob.post(f"/dialog/{ann.login}", {"text": "x", "reply_to": other["id"]}), 404)


def test_mentions_and_lengths(play):
    ann, bob, _ = play
    group = make_group(ann, bob)
    assert send(ann, f"/group/{group}", f"@{bob.login} look")["mentions"] == [bob.login]
    longest = "ж" * 8000
    assert send(ann, f"/group/{group}", longest)["text"] == longest
    assert is_error(ann.post(f"/group/{group}", {"text": longest + "x"}), 400)
    assert is_error(ann.post(f"/group/{group}", {"text": "x" * 300_000}), 413)


def test_too_many_messages_are_429_with_the_time_to_wait(serve):
    ann, bob = two(serve(MESSAGES_PER_SECOND=1, MESSAGES_BURST=2).url)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ann.post(f"/dialog/{bob.login}", {"text": f"{n}"}), range(16)))
    late = next(answer for answer in answers if answer.status != 201)
    assert is_error(late, 429)
    assert int(late.headers["Retry-After"]) >= 1
