"""Plays of gmessenger: accounts, sessions, cookies, and the activity of people."""

import secrets

import pytest

from tests.cast import Person
from tests.protocols import hostile
from tests.protocols.gmessenger_play import TIME, is_error, line, two
from tests.wires import Refused, Wire

PASSWORD = "somepassword"


@pytest.fixture
def wire(server):
    return Wire(server.url)


def fresh():
    return f"some{secrets.token_hex(4)}"


def register(wire, login, **more):
    return wire.post("/register", {"username": "Some User", "login": login, "password": PASSWORD, **more})


def test_registering_as_the_document_writes_it_sets_the_cookie_and_welcomes(wire):
    login = fresh()
    answer = register(wire, login)
    assert answer.status == 200
    token, user = answer.body["content"]["token"], answer.body["content"]["user"]
    assert answer.body == {"code": "200", "message": "welcome Some User", "content": {"token": token, "user": user}}
    assert user == {"id": user["id"], "uid": user["uid"], "login": login, "name": "Some User", "email": None}
    assert wire.session.cookies["sessionToken"] == token
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert wire.get("/me").body == user
    assert wire.get("/chats").status == 200


def test_logging_in_answers_with_an_empty_message_and_a_cookie(wire):
    login = fresh()
    user = register(wire, login).body["content"]["user"]
    again = Wire(wire.base)
    answer = again.post("/login", {"login": login.upper(), "password": PASSWORD})
    token = again.session.cookies["sessionToken"]
    assert answer.body == {"code": "200", "message": "", "content": {"token": token, "user": user}}
    assert Wire(wire.base, token).get("/me").body == user


def test_json_is_understood_whatever_it_is_called(wire):
    answer = wire.ask(
        "POST",
        "/register",
        '{"username":"A","login":"%s","password":"pass"}' % fresh(),  # noqa: UP031
    )
    assert answer.status == 200


def test_a_taken_login_is_409_in_any_case_of_letters(wire):
    login = fresh()
    assert register(wire, login).status == 200
    assert is_error(register(Wire(wire.base), login), 409)
    assert is_error(register(Wire(wire.base), login.upper()), 409)


@pytest.mark.parametrize("login", ["ws", "active", "login", "logout", "me", "admin", "new", "static", "Admin"])
def test_reserved_logins_are_refused(wire, login):
    assert is_error(register(wire, login), 400)


def test_wrong_login_and_wrong_password_are_told_alike(wire):
    login = fresh()
    register(wire, login)
    wrong = Wire(wire.base).post("/login", {"login": login, "password": "another"})
    nobody = Wire(wire.base).post("/login", {"login": fresh(), "password": PASSWORD})
    assert is_error(wrong, 401)
    assert wrong.body == nobody.body


def test_logging_out_kills_the_session_clears_the_cookie_and_closes_its_sockets(server):
    ann, bob = two(server.url)
    other_device = ann.elsewhere()
    with line(ann, f"/dialog/{bob.login}/ws") as here, line(ann, "/chats/ws") as listed:
        answer = ann.post("/logout")
        assert answer.body == {"code": "200", "message": "", "content": None}
        assert "sessionToken=;" in answer.headers["Set-Cookie"]
        assert here.hear_close().code == 1008
        assert listed.hear_close().code == 1008
    assert is_error(ann.get("/me"), 401)
    assert is_error(ann.post("/logout"), 401)
    with pytest.raises(Refused) as refused:
        line(ann, "/chats/ws")
    assert refused.value.status == 401
    assert other_device.get("/me").status == 200


OPEN = [
    ("GET", "/me"), ("GET", "/chats"), ("GET", "/dialog/bob"), ("POST", "/dialog/bob"), ("PATCH", "/dialog/bob"),
    ("GET", "/dialog/bob/about"), ("GET", "/dialog/bob/pinned"), ("POST", "/group"), ("GET", "/group/1"),
    ("POST", "/group/1"), ("PUT", "/group/1"), ("GET", "/group/1/about"), ("GET", "/group/1/pinned"),
    ("GET", "/group/1/members"), ("POST", "/group/1/members"), ("DELETE", "/group/1/members"),
    ("DELETE", "/group/1/members/bob"), ("PATCH", "/group/1/members/bob"), ("POST", "/message/1/reactions"),
    ("DELETE", "/message/1/reactions"), ("PUT", "/message/1/pin"), ("DELETE", "/message/1/pin"),
    ("GET", "/message/1/readers"), ("GET", "/message/1/editions"), ("POST", "/user/active/update"),
    ("GET", "/user/active/"), ("POST", "/messages/new"), ("POST", "/messages/unsent"), ("POST", "/logout"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_without_a_token_or_with_a_dead_one_everything_is_401(server, method, path):
    assert is_error(Wire(server.url).ask(method, path, "{}"), 401)
    assert is_error(Wire(server.url, "not.a.token").ask(method, path, "{}"), 401)


def test_a_page_of_another_site_cannot_use_the_cookie(server):
    ann = Person(server.url, "ann")
    by_cookie = {"Cookie": f"sessionToken={ann.token}", "Origin": "https://evil.example"}
    other = Wire(server.url)
    assert is_error(other.post("/group", {"name": "x"}, headers=by_cookie), 403)
    for path in ("/chats/ws", f"/dialog/{ann.login}/ws"):
        with pytest.raises(Refused) as refused:
            other.socket(path, by_cookie)
        assert refused.value.status == 403
        assert refused.value.body["code"] == "403"
    with other.socket("/chats/ws", {**by_cookie, "Origin": server.url}) as ours:
        ours.say({"type": "user_activity", "payload": {"user_login": ann.login}})


def test_activity_is_told_and_asked(server):
    ann, bob = two(server.url)
    mine = ann.post("/user/active/update")
    assert mine.status == 200
    assert mine.body == {"user_login": ann.login, "is_online": True, "last_seen": mine.body["last_seen"]}
    assert TIME.fullmatch(mine.body["last_seen"])
    (status,) = bob.get(f"/user/active/?login={ann.login}").body
    assert status == {"user_login": ann.login, "is_online": True, "last_seen": status["last_seen"]}
    assert TIME.fullmatch(status["last_seen"])
    (absent,) = ann.get(f"/user/active?login={bob.login}").body
    assert absent["is_online"] is False
    online = [one["user_login"] for one in bob.get("/user/active/").body]
    assert ann.login in online
    assert bob.login not in online
    assert is_error(ann.get("/user/active/?login=nobody-at-all"), 404)


def test_devices_are_listed_and_signed_out_one_by_one_the_others_or_all(server):
    ann = Person(server.url, "ann")
    here, there, else_ = ann, ann.elsewhere(), ann.elsewhere()
    listed = here.get("/sessions").body
    assert [one["current"] for one in listed].count(True) == 1
    assert {"id", "door", "device", "address", "created", "last_seen", "current"} == set(listed[0])
    (mine,) = [one["id"] for one in there.get("/sessions").body if one["current"]]
    with there.socket("/chats/ws") as socket:
        assert here.delete(f"/sessions/{mine}").status == 200
        assert socket.hear_close(5).code == 1008
    assert there.get("/me").status == 401
    assert is_error(here.delete(f"/sessions/{mine}"), 404)
    assert here.delete("/sessions").status == 200
    assert else_.get("/me").status == 401
    assert len(here.get("/sessions").body) == 1
    further = ann.elsewhere()
    with further.socket("/chats/ws") as socket:
        assert here.post("/sessions/logout").status == 200
        assert socket.hear_close(5).code == 1008
    assert [wire.get("/me").status for wire in (here, further)] == [401, 401]


def test_who_is_blocked_neither_writes_nor_sees_who_is_here_and_reports_are_taken(server):
    ann, bob, cid = (Person(server.url, role) for role in ("ann", "bob", "cid"))
    said = bob.post(f"/dialog/{ann.login}", {"text": "before"}).body
    with bob.socket(f"/dialog/{ann.login}/ws") as socket, ann.socket("/chats/ws"):
        socket.say({"type": "user_activity", "payload": {"user_login": ann.login}})
        socket.hear_until(lambda f: f["type"] == "user_status" and f["payload"]["is_online"])
        assert ann.post("/blocks", {"login": bob.login}).status == 201
        gone = socket.hear_until(lambda f: f["type"] == "user_status" and not f["payload"]["is_online"])["payload"]
        assert (gone["user_login"], gone["last_seen"]) == (ann.login, None)
        socket.say({"type": "send_message", "payload": {"text": "hello", "client_id": "c1"}})
        refused = socket.hear_until(lambda f: f["type"] == "error")["payload"]
        assert refused["message"] == "This person cannot be written to."
        (status,) = bob.get(f"/user/active/?login={ann.login}").body
        assert (status["is_online"], status["last_seen"]) == (False, None)
        assert ann.login not in [one["user_login"] for one in bob.get("/user/active/").body]
        assert bob.get(f"/user/{ann.login}").body["Data"]["LoggedOn"] is False
        assert ann.login in [one["user_login"] for one in cid.get("/user/active/").body]
        (row,) = [row for row in bob.get("/chats").body if row["id"] == ann.login]
        assert (row["is_online"], row["last_seen"]) == (False, None)
    for answer in (
        bob.post(f"/dialog/{ann.login}", {"text": "hello"}),
        bob.post("/conversation", {"Recipient": ann.login}),
        bob.post("/group", {"name": "Come", "members": [ann.login]}),
    ):
        assert answer.status == 403, answer
    answer = bob.post("/message", {"Recipient": ann.login, "Message": "hello"})
    assert (answer.status, answer.body["Message"]) == (401, "Not Authorized"), "as that document has it"
    assert ann.get("/blocks").body == [{"login": bob.login, "name": bob.name}]
    assert is_error(ann.post("/blocks", {"login": ann.login}), 400)
    assert is_error(ann.post("/blocks", {"login": "nobody-at-all"}), 404)
    for _ in range(2):
        assert ann.delete(f"/blocks/{bob.login}").status == 200
    assert bob.post(f"/dialog/{ann.login}", {"text": "again"}).status == 201
    assert ann.post("/reports", {"message": said["id"], "reason": "bad"}).status == 201
    assert ann.post("/reports", {"login": bob.login, "reason": "bad"}).status == 201
    for body in ({"reason": "bad"}, {"reason": "bad", "login": bob.login, "message": said["id"]}, {"login": bob.login}):
        assert is_error(ann.post("/reports", body), 400)
    assert is_error(cid.post("/reports", {"message": said["id"], "reason": "bad"}), 404)


def test_no_body_harms(serve):
    wire = Wire(serve(LIMITS="off").url)
    for path in ("/register", "/login"):
        good = {"username": "Some", "login": fresh(), "password": PASSWORD}
        for words, body in hostile.bodies(good, ["login", "password"]):
            answer = wire.post(path, body)
            assert answer.status in (200, 400, 401, 409), (words, answer)
            assert set(answer.body) == {"code", "message", "content"}, (words, answer)
            assert answer.body["code"] == str(answer.status), words
        for words, body in hostile.WHOLE.items():
            assert is_error(wire.post(f"/gmessenger{path}", body), 400), words
