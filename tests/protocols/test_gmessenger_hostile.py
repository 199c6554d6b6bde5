"""gmessenger under bad input: every field of every body and frame, every id in a path. Nothing harms, nothing slips."""

import json

import pytest

from tests.cast import cast
from tests.fixtures.server import Server
from tests.protocols import hostile
from tests.protocols.gmessenger_play import hear, is_error, line, make_group, say, send, two

KNOWN = {200, 201, 400, 401, 403, 404, 405, 409, 413}
ADDRESSES = [
    ("GET", "/dialog/{}"), ("POST", "/dialog/{}"), ("PATCH", "/dialog/{}"), ("GET", "/dialog/{}/about"),
    ("GET", "/dialog/{}/pinned"), ("GET", "/group/{}"), ("POST", "/group/{}"), ("PUT", "/group/{}"),
    ("GET", "/group/{}/about"), ("GET", "/group/{}/pinned"), ("GET", "/group/{}/members"),
    ("POST", "/group/{}/members"), ("DELETE", "/group/{}/members"), ("DELETE", "/group/{}/members/x"),
    ("PATCH", "/group/{}/members/x"), ("POST", "/message/{}/reactions"), ("DELETE", "/message/{}/reactions?emoji=👍"),
    ("PUT", "/message/{}/pin"), ("DELETE", "/message/{}/pin"), ("GET", "/message/{}/readers"),
    ("GET", "/message/{}/editions"), ("GET", "/user/active/?login={}"),
]  # fmt: skip
GOOD = json.dumps({"text": "x", "login": "nobody-at-all", "role": "member", "emoji": "👍", "name": "x"})


@pytest.fixture(scope="module")
def server(tmp_path_factory, blank_database):
    """Without limits: the tables say more in a second than a person may."""
    server = Server(tmp_path_factory.mktemp("hostile"), blank_database, LIMITS="off").start()
    yield server
    assert "unexpected error" not in server.log
    assert "dialect failed" not in server.log
    server.kill()


@pytest.fixture(scope="module")
def play(server):
    return cast(server.url)


@pytest.fixture(scope="module")
def group(play):
    return make_group(play[0], play[1])


@pytest.mark.parametrize("path_id", hostile.IDS)
def test_an_id_that_cannot_be_one_is_unknown(play, path_id):
    for method, path in ADDRESSES:
        answer = play[0].ask(method, f"/gmessenger{path.format(path_id)}", GOOD)
        assert is_error(answer, 404), (method, path, answer)


@pytest.mark.parametrize(
    ("method", "path", "body", "needed"),
    [
        ("POST", "/dialog/{bob}", {"text": "hi", "client_id": "c", "reply_to": 1, "attachments": [1]}, ["text"]),
        ("POST", "/group/{group}", {"text": "hi", "client_id": "c", "reply_to": 1, "attachments": []}, ["text"]),
        ("PATCH", "/dialog/{bob}", {"muted_until": None, "notify": "all", "draft": "", "read": 1, "unread": 1}, []),
        ("PATCH", "/group/{group}", {"name": "Choir", "private": True, "pinned": False, "draft": ""}, []),
        ("POST", "/group", {"name": "Choir", "private": True, "members": []}, ["name"]),
        ("POST", "/group/{group}/members", {"login": "{cid}"}, ["login"]),
        ("PATCH", "/group/{group}/members/{bob}", {"role": "member"}, ["role"]),
        ("POST", "/message/{message}/reactions", {"emoji": "👍"}, ["emoji"]),
        ("POST", "/messages/unsent", {"receiver_userID": "{ann}"}, ["receiver_userID"]),
        (
            "POST",
            "/messages/new",
            {
                "sender_userID": "{ann}",
                "receiver_userID": "{bob}",
                "time": "23:12:2023 21:30",
                "text": "x",
                "client_id": "n",
            },
            ["sender_userID", "receiver_userID", "time", "text"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_field_of_a_body_harms(play, group, method, path, body, needed):
    ann, bob, cid = play
    message = send(ann, f"/dialog/{bob.login}", "here")["id"]
    names = {"ann": ann.login, "bob": bob.login, "cid": cid.login, "group": group, "message": message}
    path = path.format(**names)
    body = {key: value.format(**names) if isinstance(value, str) else value for key, value in body.items()}
    for words, text in hostile.bodies(body, needed):
        answer = ann.ask(method, path, text)
        assert answer.status in KNOWN, (words, answer)
        assert answer.status < 400 or is_error(answer, answer.status), (words, answer)
        assert answer.status >= 400 or not words.endswith("left out"), (words, answer)
    for words, content in hostile.WHOLE.items():
        answer = ann.ask(method, path, content)
        is_harmless = method == "PATCH" and path.count("/") == 2 and words == "an empty object"
        assert is_error(answer, 400) != is_harmless, (words, answer)


def test_editing_takes_bad_bodies_in_its_own_envelope(play):
    ann, bob, _ = play
    message = send(ann, f"/dialog/{bob.login}", "here")["id"]
    for words, text in hostile.bodies({"text": "again"}, ["text"]):
        answer = ann.put(f"/message/{message}", text)
        assert set(answer.body) == {"Message", "Data"}, (words, answer)
    assert ann.put("/message/x", {"text": "a"}).body == {"Message": "Message not found", "Data": None}


@pytest.mark.parametrize("path", ["/dialog/{}/ws", "/chats/ws"])
def test_no_field_of_a_frame_harms(server, path):
    ann, bob = two(server.url)
    chat = {"type": "dialog", "id": bob.login}
    with line(ann, path.format(bob.login)) as hers, line(bob, f"/dialog/{ann.login}/ws") as his:
        for kind, payload in {
            "send_message": {"text": "hi", "client_id": "c", "reply_to": 1, "chat": chat},
            "message_status": {"id": 1, "status": "read"},
            "typing": {"is_typing": True, "chat": chat},
            "user_activity": {"user_login": bob.login},
        }.items():
            whole = {"type": kind, "payload": payload}
            for _, text in [*hostile.bodies(payload, list(payload)), *hostile.bodies(whole, ["type", "payload"])]:
                frame = f'{{"type":"{kind}","payload":{text}}}' if not text.startswith('{"type"') else text
                hers.say(frame)
        for content in hostile.WHOLE.values():
            hers.say_bytes(content)
            if content.isascii():
                hers.say(content.decode())
        say(hers, "send_message", text="still here", client_id="end", chat=chat)
        his.hear_until(lambda frame: frame["payload"].get("text") == "still here")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ('{"payload":{}}', "type"),
        ('{"type":"fly","payload":{}}', "type"),
        ('{"type":5}', "type"),
        ('{"type":"send_message"}', "text"),
        ('{"type":"send_message","payload":null}', "payload"),
        ('{"type":"send_message","payload":"{"}', "JSON"),
        ('{"type":"send_message","payload":{"text":5,"client_id":"c"}}', "text"),
        ('{"type":"send_message","payload":{"text":" ","client_id":"c"}}', "Write"),
        ('{"type":"send_message","payload":{"text":"a\\u0000b"}}', "text"),
        ('{"type":"send_message","payload":{"text":"x","reply_to":"x"}}', "reply_to"),
        ('{"type":"send_message","payload":{"text":"x","reply_to":999999999}}', "answer"),
        ('{"type":"message_status","payload":{"id":1,"status":"eaten"}}', "status"),
        ('{"type":"message_status","payload":{"id":999999999,"status":"read"}}', "message"),
        ('{"type":"user_activity","payload":{"user_login":"nobody-at-all"}}', "nobody"),
    ],
)
def test_what_is_wrong_is_said_in_an_error_frame_and_the_socket_stays_open(play, frame, words):
    ann, bob, _ = play
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        hers.say(frame)
        error = hers.hear()
        assert error["type"] == "error"
        assert words in error["payload"]["message"]
        assert error["payload"].get("client_id") == ("c" if '"c"' in frame else None)
        say(hers, "send_message", text="fine")
        assert hear(hers, "new_message")["text"] == "fine"


def test_sender_time_status_and_id_of_a_frame_are_ignored(play):
    ann, bob, cid = play
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        say(hers, "send_message", text="mine", id=1, sender=cid.login, status="read", time="2000-01-01T00:00:00Z")
        told = hear(hers, "new_message")
        assert (told["sender"], told["status"]) == (ann.login, "sent")
        assert told["id"] != 1
        assert not told["time"].startswith("2000")


def test_a_stranger_learns_and_changes_nothing(play, group):
    ann, bob, cid = play
    message = send(ann, f"/group/{group}", "inside")["id"]
    said = send(ann, f"/dialog/{bob.login}", "between us")["id"]
    assert ann.get(f"/message/{message}/editions").status == 200
    for message_id in (message, said):
        for method, path in ADDRESSES:
            if path.startswith("/message"):
                assert is_error(cid.ask(method, path.format(message_id), GOOD), 404), (method, path)
    for method, path in ADDRESSES:
        if path.startswith("/group"):
            assert is_error(cid.ask(method, path.format(group), GOOD), 403) or "members" in path, (method, path)
    with line(cid, "/chats/ws") as his:
        say(his, "message_status", id=said, status="read")
        assert hear(his, "error")["message"]
    assert ann.get(f"/dialog/{bob.login}").body[-1]["status"] == "sent"


def test_too_many_frames_are_refused_in_an_error_frame(serve):
    ann, bob = two(serve(MESSAGES_PER_SECOND=1, MESSAGES_BURST=2).url)
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        for n in range(20):
            say(hers, "send_message", text=f"{n}", client_id=f"c{n}")
        error = hear(hers, "error")
        assert error["client_id"].startswith("c")
        assert error["retry_after"] > 0
