"""Plays of mvp_messenger: the document's examples, every type, every refusal, what comes from other doors."""

import json
import re
import secrets
import time

import pytest
import websocket

from messenger.protocols.mvp_messenger import examples
from tests.cast import cast
from tests.fixtures.server import Server
from tests.protocols.hostile import WHOLE, bodies
from tests.wires import Refused, Wire

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NO_TYPE = {"error": True, "type": "processor", "message": "There is no such type"}
NOT_IN = "User is not a member of this group"


@pytest.fixture(scope="module")
def server(tmp_path_factory, blank_database):
    """Without limits: the tables of bad values say more in a second than a person may."""
    server = Server(tmp_path_factory.mktemp("mvp"), blank_database, LIMITS="off").start()
    yield server
    server.kill()


class Patrick(Wire):
    """Somebody who came in by this protocol's own door."""

    def __init__(self, base, first="Patrick", last=None):
        super().__init__(base)
        self.first = first
        self.local = f"{first.lower()}{secrets.token_hex(4)}"
        self.email = f"{self.local}@mail.com"
        body = {"userEmail": self.email, "password": "password1", "firstName": first}
        made = self.post("/auth/sing-up", body | ({"lastName": last} if last else {}))
        assert (made.status, made.body) == (201, "User registered!"), made
        self.token = self.login()
        self.user = next(row for row in self.get("/users/list").body if row["email"] == self.email)
        self.id = self.user["id"]

    def login(self, password="password1"):
        answer = Wire(self.base).post("/auth/login", {"email": self.email, "password": password})
        assert (answer.status, answer.body["message"]) == (201, "User is authorized"), answer
        return answer.body["token"]

    def talk(self):
        return self.socket("/")

    def stranger_post(self, path, body):
        return Wire(self.base).post(path, body)


@pytest.fixture
def play(server):
    return Patrick(server.url, "Ann"), Patrick(server.url, "Bob"), Patrick(server.url, "Cid")


def ask(socket, kind, **params):
    """One request, and its answer."""
    socket.say({"type": kind, "params": params})
    return socket.hear()


def data(socket, kind, **params):
    answer = ask(socket, kind, **params)
    assert answer.get("success"), answer
    return answer["params"]["data"]


def group_of(socket, *others, name="new name"):
    """A new group with these people in it; its id is found as the document's client must: in the list."""
    assert ask(socket, "newGroup", groupName=name) == examples.said("newGroup")
    group_id = data(socket, "listLastMessage", limit=1, page=1)[0]["groupId"]
    for other in others:
        assert ask(socket, "addUserInGroup", groupId=group_id, userId=other.id) == examples.said("addUserInGroup")
    return group_id


def frame_of(text):
    """A client's text frame as bytes, to be sent together with others."""
    return websocket.ABNF.create_frame(text, websocket.ABNF.OPCODE_TEXT).format()


def push(kind, message, sender):
    return examples.said(kind, None, message, sender)


def error(kind, message):
    return {"error": True, "type": kind, "message": message}


# --- accounts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/auth/sing-up", "/auth/sign-up", "/mvp-messenger/auth/sing-up", "/auth/sing-up/"])
@pytest.mark.parametrize("field", ["userEmail", "email"])
def test_registering_under_both_spellings(server, path, field):
    answer = Wire(server.url).post(path, {field: f"{secrets.token_hex(6)}@mail.com", "password": "1234"})
    assert (answer.status, answer.body) == (201, "User registered!")
    assert answer.headers["Content-Type"] == "application/json"


def test_an_email_registers_once_in_whatever_case(server):
    ann = Patrick(server.url, "Ann")
    for email in (ann.email, ann.email.upper()):
        answer = ann.stranger_post("/auth/sing-up", {"userEmail": email, "password": "password1"})
        assert (answer.status, answer.body) == (400, "User with this email already exists!")


def test_logins_are_made_from_the_local_part_and_unique(server):
    word = f"pat{secrets.token_hex(4)}"
    for domain in ("one.com", "two.com"):
        assert (
            Wire(server.url).post("/auth/sing-up", {"userEmail": f"{word}@{domain}", "password": "password1"}).status
            == 201
        )
    logins = []
    for domain in ("one.com", "two.com"):
        answer = Wire(server.url).post("/auth/login", {"email": f"{word}@{domain}", "password": "password1"})
        logins.append(Wire(server.url, answer.body["token"]).get("/me").body["login"])
    assert logins == [word, f"{word}2"]


def test_signing_in(server):
    ann = Patrick(server.url, "Ann")
    answer = ann.stranger_post("/auth/login", {"email": ann.email, "password": "password1"})
    assert answer.status == 201
    assert list(answer.body) == ["message", "token"]
    for email, password in ((ann.email, "wrong"), (f"x{ann.email}", "password1")):
        answer = ann.stranger_post("/auth/login", {"email": email, "password": password})
        assert (answer.status, answer.body) == (404, "No such user exists or wrong password")


def test_who_registered_elsewhere_signs_in_by_login(server):
    ann, *_ = cast(server.url)
    answer = Wire(server.url).post("/auth/login", {"email": ann.login, "password": ann.password})
    assert answer.status == 201


def test_changing_names_and_email(server):
    ann, bob = Patrick(server.url, "Ann"), Patrick(server.url, "Bob")
    assert ann.ask("PATCH", "/profile/update", {"lastName": "Smith"}).body == "User updated."
    assert ann.ask("PATCH", "/profile/update", {"firstName": "Anna", "email": f"new{ann.email}"}).status == 201
    row = next(row for row in bob.get("/users/list").body if row["id"] == ann.id)
    assert (row["firstName"], row["lastName"], row["email"]) == ("Anna", "Smith", f"new{ann.email}")
    assert row["updatedAt"] > row["createdAt"]
    assert ann.get("/me").body["name"] == "Anna Smith"
    answer = ann.ask("PATCH", "/profile/update", {"firstName": "Nobody", "email": bob.email})
    assert (answer.status, answer.body) == (400, "User with this email already exists!")
    assert ann.get("/me").body["name"] == "Anna Smith"
    assert ann.ask("PATCH", "/profile/update", {}).status == 201


def test_changing_the_password_ends_the_other_sessions(server):
    ann = Patrick(server.url, "Ann")
    other = Wire(ann.base, ann.login())
    words = {"oldPassword": "password1", "newPassword": "password2", "repeatNewPassword": "password2"}
    answer = ann.ask("PATCH", "/profile/change-password", words | {"repeatNewPassword": "password3"})
    assert (answer.status, answer.body) == (400, "New passwords do not match")
    answer = ann.ask("PATCH", "/profile/change-password", words | {"oldPassword": "wrong"})
    assert (answer.status, answer.body) == (400, "Wrong password")
    with other.socket("/") as elsewhere:
        answer = ann.ask("PATCH", "/profile/change-password", words)
        assert (answer.status, answer.body) == (201, "Password changed successfully.")
        assert elsewhere.hear_close().code == 1008
    assert ann.get("/users/list").status == 200
    assert other.get("/users/list").status == 401
    assert ann.login("password2")


def test_destroying_the_account(play):
    ann, bob, _ = play
    with ann.talk() as hers, bob.talk() as his:
        ask(hers, "privateMessage", receiverId=bob.id, content="farewell")
        assert his.hear() == push("privateMessage", "farewell", "Ann")
        answer = ann.ask("DELETE", "/profile/destroy")
        assert (answer.status, answer.body) == (200, {"message": "User deleted successfully."})
        assert hers.hear_close().code == 1008
        (row,) = data(his, "listLastMessage", limit=5, page=1)
        assert (row["senderId"], row["content"]) == (ann.id, "farewell")
        assert ask(his, "privateMessage", receiverId=ann.id, content="hello?")["error"] is True
    assert ann.get("/users/list").body == {"message": "Not authorized"}
    assert ann.id not in [row["id"] for row in bob.get("/users/list").body]
    assert ann.stranger_post("/auth/login", {"email": ann.email, "password": "password1"}).status == 404


def test_the_list_of_users(play):
    ann = play[0]
    answer = ann.get("/users/list")
    assert answer.status == 200
    row = next(row for row in answer.body if row["id"] == ann.id)
    assert list(row) == list(examples.USER)
    assert (row["firstName"], row["lastName"], row["email"]) == ("Ann", None, ann.email)
    assert TIME.fullmatch(row["createdAt"])
    assert TIME.fullmatch(row["updatedAt"])
    ids = [row["id"] for row in answer.body]
    assert ids == sorted(ids)
    assert "password" not in json.dumps(answer.body).lower()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/list"),
        ("PATCH", "/profile/update"),
        ("PATCH", "/profile/change-password"),
        ("DELETE", "/profile/destroy"),
    ],
)
def test_without_a_token_nothing_is_done(server, method, path):
    answer = Wire(server.url).ask(method, path)
    assert (answer.status, answer.body) == (401, {"message": "Authorization header required"})
    answer = Wire(server.url, "nonsense").ask(method, path)
    assert (answer.status, answer.body) == (401, {"message": "Not authorized"})


CALLS = [
    (
        "POST",
        "/auth/sing-up",
        {"userEmail": "x@mail.com", "password": "password1", "firstName": "A", "lastName": "B"},
        2,
    ),
    ("POST", "/auth/login", {"email": "x@mail.com", "password": "password1"}, 2),
    ("PATCH", "/profile/update", {"firstName": "A", "lastName": "B", "email": "x@mail.com"}, 0),
    ("PATCH", "/profile/change-password", {"oldPassword": "a", "newPassword": "abcd", "repeatNewPassword": "abcd"}, 3),
]


@pytest.mark.parametrize(("method", "path", "body", "needed"), CALLS)
def test_every_bad_field_of_a_body_is_refused_by_path(server, method, path, body, needed):
    ann = Patrick(server.url, "Ann")
    for what, bad in bodies(body, list(body)[:needed]):
        answer = ann.ask(method, path, bad)
        if answer.body in ("Wrong password", "New passwords do not match", "No such user exists or wrong password"):
            continue
        assert answer.status == 400, (what, answer)
        assert list(answer.body) == ["message", "errors"], what
        assert all(list(mistake) == ["path", "message", "errorCode"] for mistake in answer.body["errors"])
    assert ann.get("/me").body["name"] == "Ann"


@pytest.mark.parametrize(("method", "path", "body", "needed"), CALLS)
def test_every_body_that_is_none_is_refused(server, method, path, body, needed):
    ann = Patrick(server.url, "Ann")
    for what, raw in WHOLE.items():
        if not needed and what == "an empty object":
            continue
        answer = ann.ask(method, path, raw)
        assert answer.status == 400, (what, answer)
        assert list(answer.body) == ["message", "errors"], what


def test_all_mistakes_are_told_at_once(server):
    answer = Wire(server.url).post("/auth/sing-up", {"userEmail": 5})
    assert answer.status == 400
    assert answer.body == {
        "message": "request/body/userEmail must be string",
        "errors": [
            {"path": "/body/userEmail", "message": "must be string", "errorCode": "type.openapi.validation"},
            {
                "path": "/body/password",
                "message": "must have required property 'password'",
                "errorCode": "required.openapi.validation",
            },
        ],
    }


# --- the socket: coming in -------------------------------------------------------------------------------------------


def test_the_token_comes_in_the_header_or_as_subprotocol(play):
    ann = play[0]
    with ann.talk() as socket:
        assert socket.subprotocol is None
        assert ask(socket, "listLastMessage", limit=5, page=1) == examples.said("listLastMessage", [])
    with Wire(ann.base).socket("/", subprotocols=["auth", ann.token]) as socket:
        assert socket.subprotocol == "auth"
        assert ask(socket, "listLastMessage", limit=5, page=1) == examples.said("listLastMessage", [])
    for form in ("Bearer{}", "{}"):
        with Wire(ann.base).socket("/", headers={"Authorization": form.format(ann.token)}) as socket:
            assert data(socket, "listLastMessage", limit=5, page=1) == []


def test_a_bad_token_is_refused_with_401(server):
    for token, words in ((None, "Authorization header required"), ("nonsense", "Not authorized")):
        with pytest.raises(Refused) as refused:
            Wire(server.url, token).socket("/")
        assert (refused.value.status, refused.value.body) == (401, {"message": words})
    with pytest.raises(Refused) as refused:
        Wire(server.url).socket("/", subprotocols=["auth", "nonsense"])
    assert refused.value.status == 401


def test_a_plain_get_of_the_root_is_not_the_socket(server):
    answer = Wire(server.url).get("/", headers={"Accept": "text/html"})
    assert answer.status != 426
    assert Wire(server.url).get("/mvp-messenger/").status == 426


# --- the socket: the document's types ---------------------------------------------------------------------------------


def test_a_private_message(play):
    ann, bob, _ = play
    with ann.talk() as hers, bob.talk() as his, Wire(ann.base, ann.login()).socket("/") as elsewhere:
        assert ask(hers, "privateMessage", receiverId=bob.id, content="Hi") == examples.said("privateMessage")
        assert his.hear() == push("privateMessage", "Hi", "Ann")
        assert ask(hers, "privateMessage", receiverId=str(bob.id), content="again") == examples.said("privateMessage")
        assert his.hear() == push("privateMessage", "again", "Ann")
        assert ask(his, "privateMessage", receiverId=ann.id, content="yes?") == examples.said("privateMessage")
        assert hers.hear() == elsewhere.hear() == push("privateMessage", "yes?", "Bob")


def test_the_push_is_written_before_the_acknowledgement(play):
    """When the sender has his answer, the receiver need not wait any more."""
    ann, bob, _ = play
    with ann.talk() as hers, bob.talk() as his:
        for number in range(20):
            assert ask(hers, "privateMessage", receiverId=bob.id, content=str(number)) == examples.said(
                "privateMessage"
            )
            assert his.hear(0.5)["params"]["message"] == str(number)


def test_the_list_of_last_messages(play):
    ann, bob, cid = play
    with ann.talk() as hers, bob.talk() as his, cid.talk() as outsider:
        ask(hers, "privateMessage", receiverId=bob.id, content="first")
        his.hear()
        ask(outsider, "privateMessage", receiverId=ann.id, content="second")
        group_id = group_of(his, ann, name="ours")
        ask(his, "messageInGroup", groupId=group_id, content="third")
        hers.hear_until(lambda frame: frame["params"]["message"] == "third")
        rows = data(hers, "listLastMessage", limit=5, page=1)
        assert [row["content"] for row in rows] == ["third", "second", "first"]
        in_group, from_cid, to_bob = rows
        asked = examples.ASKED["listLastMessage"][1]["params"]["data"][0]
        assert all(list(row) == list(asked) for row in rows)
        assert (in_group["groupId"], in_group["groupName"]) == (group_id, "ours")
        assert (in_group["receiverId"], in_group["receiverName"]) == (None, None)
        assert (in_group["senderId"], in_group["senderName"]) == (bob.id, "Bob")
        assert (from_cid["senderId"], from_cid["receiverId"], from_cid["receiverName"]) == (cid.id, ann.id, "Ann")
        assert (to_bob["groupId"], to_bob["groupName"], to_bob["deletedAt"]) == (None, None, None)
        assert all(TIME.fullmatch(row["createdAt"]) and TIME.fullmatch(row["updatedAt"]) for row in rows)
        assert [row["content"] for row in data(hers, "listLastMessage", limit=2, page=2)] == ["first"]
        assert [row["content"] for row in data(hers, "listLastMessage", limit=1, page=2)] == ["second"]
        assert data(hers, "listLastMessage", limit=5, page=9) == []


def test_pages_of_a_dialog(play):
    ann, bob, cid = play
    with ann.talk() as hers, bob.talk() as his:
        assert data(hers, "getlatestMessageDialog", receiverId=bob.id, limit=5, page=1) == []
        for number in range(5):
            ask(hers, "privateMessage", receiverId=bob.id, content=f"Message {number}")
        rows = data(his, "getlatestMessageDialog", receiverId=ann.id, limit=2, page=1)
        rows = rows or data(his, "getlatestMessageDialog", receiverId=ann.id, limit=2, page=1)
    with bob.talk() as his, cid.talk() as outsider:
        rows = data(his, "getlatestMessageDialog", receiverId=ann.id, limit=2, page=1)
        assert [row["content"] for row in rows] == ["Message 4", "Message 3"]
        asked = examples.ASKED["getlatestMessageDialog"][1]["params"]["data"][0]
        assert list(rows[0]) == list(asked)
        assert (rows[0]["sender_id"], rows[0]["receiver_id"], rows[0]["receverName"]) == (ann.id, bob.id, "Bob")
        assert TIME.fullmatch(rows[0]["created_at"])
        assert [
            row["content"] for row in data(his, "getlatestMessageDialog", receiverId=str(ann.id), limit="2", page="3")
        ] == ["Message 0"]
        assert len(data(his, "getlatestMessageDialog", receiverId=ann.id, limit=10**9, page=1)) == 5
        assert data(outsider, "getlatestMessageDialog", receiverId=ann.id, limit=5, page=1) == []


def test_at_most_a_hundred_rows_are_given(play):
    ann, bob, _ = play
    with ann.talk() as hers:
        for number in range(105):
            hers.say({"type": "privateMessage", "params": {"receiverId": bob.id, "content": str(number)}})
        for _ in range(105):
            assert hers.hear() == examples.said("privateMessage")
        rows = data(hers, "getlatestMessageDialog", receiverId=bob.id, limit=101, page=1)
        assert [row["content"] for row in rows] == [str(number) for number in range(104, 4, -1)]
        assert len(data(hers, "getlatestMessageDialog", receiverId=bob.id, limit=101, page=2)) == 5


def test_the_life_of_a_group(play):
    ann, bob, cid = play
    with ann.talk() as hers, bob.talk() as his, cid.talk() as third:
        group_id = group_of(hers, bob)
        assert his.hear() == push("addUserInGroup", "added Bob", "Ann")
        assert ask(his, "addUserInGroup", groupId=group_id, userId=cid.id) == examples.said("addUserInGroup")
        assert hers.hear() == third.hear() == push("addUserInGroup", "added Cid", "Bob")
        assert ask(hers, "addUserInGroup", groupId=group_id, userId=cid.id)["error"] is True
        assert ask(hers, "messageInGroup", groupId=group_id, content="lol") == examples.said("messageInGroup")
        assert his.hear() == third.hear() == push("messageInGroup", "lol", "Ann")
        rows = data(third, "getlatestMessageGroup", groupId=group_id, limit=5, page=1)
        assert [row["content"] for row in rows] == ["lol", "added Cid", "added Bob", "created the group"]
        assert list(rows[0]) == list(examples.ASKED["getlatestMessageGroup"][1]["params"]["data"][0])
        assert (rows[0]["sender_id"], rows[0]["senderName"], rows[0]["group_id"]) == (ann.id, "Ann", group_id)
        assert TIME.fullmatch(rows[0]["created_at"])
        assert ask(third, "leaveGroup", groupId=group_id) == examples.said("leaveGroup")
        assert hers.hear() == his.hear() == push("leaveGroup", "left", "Cid")
        assert ask(third, "messageInGroup", groupId=group_id, content="x") == error("messageInGroup", NOT_IN)
        ask(hers, "messageInGroup", groupId=group_id, content="without cid")
        assert his.hear()["params"]["message"] == "without cid"
        ask(hers, "privateMessage", receiverId=cid.id, content="only now")
        assert third.hear()["params"]["message"] == "only now"


def test_an_empty_group_is_archived(play):
    ann = play[0]
    with ann.talk() as hers:
        group_id = group_of(hers)
        assert ask(hers, "leaveGroup", groupId=group_id) == examples.said("leaveGroup")
        assert ask(hers, "leaveGroup", groupId=group_id) == error("leaveGroup", NOT_IN)
        assert data(hers, "listLastMessage", limit=5, page=1) == []


def test_foreign_and_unknown_groups_are_alike(play):
    ann, _, cid = play
    with ann.talk() as hers, cid.talk() as outsider:
        group_id = group_of(hers, name="closed")
        ask(hers, "privateMessage", receiverId=cid.id, content="hi")
        outsider.hear()
        dialog_id = group_id + 1
        for foreign in (group_id, dialog_id, group_id + 10**6, str(group_id)):
            for kind, params in (
                ("getlatestMessageGroup", {"limit": 5, "page": 1}),
                ("addUserInGroup", {"userId": cid.id}),
                ("leaveGroup", {}),
                ("messageInGroup", {"content": "let me in"}),
            ):
                assert ask(outsider, kind, groupId=foreign, **params) == error(kind, NOT_IN)
        rows = data(hers, "getlatestMessageGroup", groupId=group_id, limit=5, page=1)
        assert [row["content"] for row in rows] == ["created the group"]


def test_an_open_group_is_foreign_too_until_one_is_in_it(play):
    ann, _, cid = play
    group_id = ann.post("/gmessenger/group", {"name": "open", "private": False, "members": []}).body["id"]
    with cid.talk() as hers:
        for kind, params in (
            ("getlatestMessageGroup", {"limit": 5, "page": 1}),
            ("messageInGroup", {"content": "I am in"}),
            ("leaveGroup", {}),
        ):
            assert ask(hers, kind, groupId=group_id, **params) == error(kind, NOT_IN)
        login = cid.get("/me").body["login"]
        assert ann.post(f"/gmessenger/group/{group_id}/members", {"login": login}).status == 201
        assert hers.hear() == push("addUserInGroup", "added Cid", "Ann")
        assert ask(hers, "messageInGroup", groupId=group_id, content="I am in") == examples.said("messageInGroup")


def test_who_is_removed_elsewhere_is_out_here(play):
    ann, bob, _ = play
    with ann.talk() as hers, bob.talk() as his:
        group_id = group_of(hers, bob)
        assert his.hear()["type"] == "addUserInGroup"
        assert ask(his, "messageInGroup", groupId=group_id, content="in") == examples.said("messageInGroup")
        assert hers.hear() == push("messageInGroup", "in", "Bob")
        login = bob.get("/me").body["login"]
        assert ann.delete(f"/gmessenger/group/{group_id}/members/{login}").status == 200
        assert his.hear() == push("leaveGroup", "removed Bob", "Ann")
        assert ask(his, "messageInGroup", groupId=group_id, content="still?") == error("messageInGroup", NOT_IN)


def test_a_repeated_message_is_one_message(play):
    ann, bob, _ = play
    with ann.talk() as hers, bob.talk() as his:
        for _ in range(3):
            assert ask(hers, "privateMessage", receiverId=bob.id, content="once", client_id="c") == examples.said(
                "privateMessage"
            )
        assert ask(hers, "privateMessage", receiverId=bob.id, content="other", client_id="c")["error"] is True
        group_id = group_of(hers, bob)
        assert ask(hers, "messageInGroup", groupId=group_id, content="once", client_id="c")["error"] is True
        assert [row["content"] for row in data(hers, "getlatestMessageDialog", receiverId=bob.id, limit=9, page=1)] == [
            "once"
        ]
        assert his.hear()["params"]["message"] == "once"
        assert his.hear()["type"] == "addUserInGroup"


def test_messages_of_other_protocols_arrive_and_edits_show(play):
    ann, bob, _ = play
    with bob.talk() as his, ann.socket("/ws/chat/room/") as hers:
        hers.say(
            {
                "action": "chat_message",
                "message_body": "hey",
                "receiver_id": bob.get("/me").body["uid"],
                "client_id": "1",
            }
        )
        message_id = hers.hear()["created_msg_id"]
        assert his.hear() == push("privateMessage", "hey", "Ann")
        assert ann.put("/message", {"MessageId": str(message_id), "Message": "hey you"}).status == 200
        (row,) = data(his, "listLastMessage", limit=5, page=1)
        assert (row["id"], row["content"]) == (message_id, "hey you")
        assert row["updatedAt"] >= row["createdAt"]
        assert ann.delete(f"/message/{message_id}").status == 200
        (row,) = data(his, "listLastMessage", limit=5, page=1)
        assert row["content"] == ""
        assert TIME.fullmatch(row["deletedAt"])
        assert data(his, "getlatestMessageDialog", receiverId=ann.id, limit=5, page=1) == []


def test_being_fetched_counts_as_delivered_but_not_as_read(play):
    ann, bob, _ = play
    with ann.talk() as hers:
        ask(hers, "privateMessage", receiverId=bob.id, content="hi")
    with bob.talk() as his:
        data(his, "getlatestMessageDialog", receiverId=ann.id, limit=5, page=1)
    bob_uid = bob.get("/me").body["uid"]
    time.sleep(0.2)
    (kept,) = ann.get(f"/chat/messages/{bob_uid}/").body["entity"]["messages"]
    assert kept["seen"] is False


def test_answers_come_in_the_order_of_the_requests_the_refused_ones_too(play):
    ann, bob, _ = play
    with ann.talk() as hers:
        ask(hers, "privateMessage", receiverId=bob.id, content="the dialog is known now")
        requests = [
            json.dumps({"type": "privateMessage", "params": {"receiverId": bob.id, "content": "fine"}}),
            json.dumps({"type": "privateMessage", "params": {"receiverId": bob.id, "content": ""}}),
            json.dumps({"type": "leaveGroup", "params": {"groupId": 0}}),
            "no request",
        ]
        together = b"".join(frame_of(request) for request in requests * 10)
        hers.inner.sock.sendall(together)
        for _ in range(10):
            assert hers.hear() == examples.said("privateMessage")
            assert hers.hear() == error("privateMessage", "Write something first.")
            assert hers.hear() == error("leaveGroup", "groupId must be a number from 1 on.")
            assert hers.hear() == NO_TYPE


# --- the socket: bad input -------------------------------------------------------------------------------------------


def test_every_frame_that_is_no_request_is_answered(play):
    with play[0].talk() as hers:
        frames = [raw.decode("latin-1") for raw in WHOLE.values()]
        for frame in [
            *frames,
            '{"type": 1}',
            '{"type": null}',
            '{"type": "nope", "params": {}}',
            '{"params": {}}',
            '{"type": {}}',
        ]:
            hers.say(frame)
            assert hers.hear() == NO_TYPE, frame[:60]
        for content in (b"", b"\xff\xfe", b"\0"):
            hers.say_bytes(content)
            assert hers.hear() == NO_TYPE
        assert data(hers, "listLastMessage", limit=1, page=1) == []


@pytest.mark.parametrize("kind", list(examples.ASKED))
def test_every_bad_value_of_every_field_is_refused_by_type(play, kind):
    ann, bob, _ = play
    with ann.talk() as hers:
        group_id = group_of(hers)
        known = {"receiverId": bob.id, "groupId": group_id, "userId": bob.id, "limit": 5, "page": 1, "content": "hi"}
        asked = examples.ASKED[kind][0]
        good = {name: known.get(name, "a name") for name in asked}
        for what, bad in bodies(good, list(good)):
            if what in ("limit is a number", "page is a number") or re.match(r"\w+Id is a number", what):
                continue
            hers.say(f'{{"type": "{kind}", "params": {bad}}}')
            answer = hers.hear()
            if what.endswith((" is deep", " is a lone surrogate")):
                assert answer == NO_TYPE, what
            else:
                assert (answer.get("error"), answer["type"]) == (True, kind), (what, answer)
            assert list(answer) == ["error", "type", "message"]
        for params in ("null", "[]", "1", '"text"'):
            hers.say(f'{{"type": "{kind}", "params": {params}}}')
            assert hers.hear() == error(kind, "params must be an object.")
        hers.say(f'{{"type": "{kind}"}}')
        assert hers.hear() == error(kind, "params must be an object.")
        assert len(data(hers, "getlatestMessageGroup", groupId=group_id, limit=9, page=1)) == 1
        assert data(hers, "getlatestMessageDialog", receiverId=bob.id, limit=9, page=1) == []


@pytest.mark.parametrize("value", [0, -1, "0", "x", 1.5, True, None])
def test_page_and_limit_begin_at_one(play, value):
    with play[0].talk() as hers:
        for name in ("page", "limit"):
            answer = ask(hers, "listLastMessage", **({"page": 1, "limit": 5} | {name: value}))
            assert answer == error("listLastMessage", f"{name} must be a number from 1 on.")


def test_who_speaks_too_fast_is_told_so_and_may_go_on(serve):
    slow = serve(MESSAGES_PER_SECOND=1, MESSAGES_BURST=3)
    ann, bob = Patrick(slow.url, "Ann"), Patrick(slow.url, "Bob")
    with ann.talk() as hers:
        for number in range(4):
            hers.say({"type": "privateMessage", "params": {"receiverId": bob.id, "content": str(number)}})
        answers = [hers.hear() for _ in range(4)]
        assert answers[:3] == [examples.said("privateMessage")] * 3
        assert answers[3] == error("privateMessage", "That is too fast. Please wait a moment.")
        time.sleep(1.1)
        assert ask(hers, "privateMessage", receiverId=bob.id, content="slower") == examples.said("privateMessage")
