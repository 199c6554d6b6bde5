"""Who gets an address that two parties claim, asked from outside; and that no address has two owners inside."""

import json
from collections import defaultdict

import jwt
import pytest
from werkzeug.exceptions import HTTPException

from messenger import doors, protocols
from tests.cast import PASSWORD, cast
from tests.wires import Refused, Wire

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
HTMX = {"HX-Request": "true"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ENVELOPE = {"code", "message", "content"}


@pytest.fixture(scope="module")
def play(server):
    return cast(server.url)


def is_page(answer):
    return "text/html" in answer.headers.get("Content-Type", "") or answer.status == 303


# Signing in


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_a_form_is_the_pages(server, path):
    answer = Wire(server.url).post(path, "login=nobody-here&password=wrong-password", headers={**FORM, **HTML})
    assert is_page(answer), answer


def test_json_with_login_is_gmessengers_and_without_flash_chats(play):
    ann, _, _ = play
    anyone = ann.stranger()
    native = anyone.post("/login", {"login": ann.login, "password": PASSWORD})
    flash = anyone.post("/login", {"username": ann.login, "password": PASSWORD})
    assert native.status == flash.status == 200
    for answer in (native, flash):
        assert set(answer.body) == ENVELOPE
        assert answer.body["content"]["user"]["login"] == ann.login
    # flash_chat names its field, gmessenger its own.
    assert "username" in anyone.post("/login", {"password": "x"}).body["message"]
    assert anyone.post("/login", {"login": 5, "password": "x"}).status == 400
    assert "username" not in anyone.post("/login", {"login": 5, "password": "x"}).body["message"]


def test_only_flash_chats_token_expires_soon(play):
    ann, _, _ = play

    def life(fields):
        token = ann.stranger().post("/login", {**fields, "password": PASSWORD}).body["content"]["token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        return (claims["exp"] - claims["iat"]) // 60

    assert life({"username": ann.login}) == 120
    assert life({"login": ann.login}) > 120 * 24


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "application/x-www-form-urlencoded"])
def test_the_body_decides_and_not_what_it_is_called(play, kind):
    ann, _, _ = play
    body = json.dumps({"login": ann.login, "password": PASSWORD})
    answer = ann.stranger().post("/login", body, headers={"Content-Type": kind})
    assert (answer.status, set(answer.body)) == (200, ENVELOPE)


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"null", b"\xff", b"[" * 50_000, b'{"a":' * 20_000], ids=range(7))
def test_what_is_no_object_is_told_in_the_envelope(server, body):
    answer = Wire(server.url).post("/register", body)
    assert (answer.status, answer.body["code"], answer.body["content"]) == (400, "400", None)


def test_a_body_in_chunks_is_read_too(play):
    ann, _, _ = play
    body = json.dumps({"username": ann.login, "password": PASSWORD}).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:])) + b"0\r\n\r\n"
    head = b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = ann.raw(head + chunks)
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    assert b'"code":"200"' in answer


def test_a_body_that_is_too_large_is_refused_whoever_it_was_for(server):
    for path in ("/login", "/dialog/x"):
        assert Wire(server.url).post(path, b'{"login":"' + b"x" * 200_000 + b'"}').status in (401, 413)


# Chats, dialogs, groups, messages


@pytest.mark.parametrize("path", ["/chats", "/dialog/{bob}", "/group/{group}"])
def test_html_preferred_gives_the_page_and_everything_else_json(play, path):
    ann, bob, _ = play
    group = ann.post("/group", {"name": "us", "private": True, "members": [bob.login]}).body["id"]
    path = path.format(bob=bob.login, group=group)
    for headers in (
        {},
        {"Accept": "*/*"},
        {"Accept": "application/json"},
        {"Accept": "application/json, text/html;q=0.5"},
    ):
        answer = ann.get(path, headers=headers)
        assert (answer.status, isinstance(answer.body, list)) == (200, True), (headers, answer)
    for headers in (HTML, {"Accept": "text/html"}, HTMX):
        answer = ann.get(path, headers=headers)
        assert (answer.status, is_page(answer)) == (200, True), (headers, answer)


def test_a_dialog_is_written_in_by_form_and_by_json(play):
    ann, bob, _ = play
    answer = ann.post(f"/dialog/{bob.login}", {"text": "by json"})
    assert (answer.status, answer.body["text"]) == (201, "by json")
    answer = ann.post(f"/dialog/{bob.login}", "text=by+form", headers=FORM)
    assert is_page(answer), answer
    assert [m["text"] for m in ann.get(f"/dialog/{bob.login}").body][-2:] == ["by json", "by form"]


def test_making_a_group_has_a_page_of_its_own(play):
    ann, _, _ = play
    for headers in ({}, HTML):
        answer = ann.get("/group/new", headers=headers)
        assert (answer.status, is_page(answer)) == (200, True)


def test_a_message_is_a_place_for_the_browser_and_a_list_for_websocket_messenger(play):
    ann, bob, _ = play
    sent = ann.post("/message", {"Recipient": bob.login, "Message": "hello"}).body["Data"]
    number = ann.post("/conversation", {"Recipient": bob.login}).body["Data"]
    assert ann.get(f"/message/{number}").body["Message"] == "Messages Retrieved"
    answer = ann.get(f"/message/{sent}", headers=HTML)
    assert answer.status == 303
    assert f"/dialog/{bob.login}" in answer.headers["Location"]


# Sockets


def test_the_front_door_is_a_page_and_with_an_upgrade_mvp_messengers(play):
    ann, _, _ = play
    assert is_page(ann.stranger().get("/", headers=HTML))
    assert is_page(ann.stranger().get("/"))
    with ann.socket("/") as socket:
        socket.say({"type": "nonsense", "params": {}})
        assert socket.hear() == {"error": True, "type": "processor", "message": "There is no such type"}
    with pytest.raises(Refused) as refused:
        ann.stranger().socket("/")
    assert refused.value.status == 401


@pytest.mark.parametrize("path", ["/chats/ws", "/dialog/{bob}/ws"])
def test_sockets_of_the_page_say_so_and_all_others_are_gmessengers(play, path):
    ann, bob, _ = play
    path = path.format(bob=bob.login)
    with pytest.raises(Refused) as refused:
        ann.stranger().socket(path)
    assert refused.value.status == 401
    assert set(refused.value.body) == ENVELOPE
    with ann.socket(path) as socket:
        socket.say("{")
        assert socket.hear()["type"] == "error"
    assert ann.get(path).status == 426


def test_chats_ws_is_no_persons_name(play):
    ann, bob, _ = play
    with ann.socket("/chats/ws") as native, bob.socket(f"/chats/{ann.login}") as flash:
        flash.say("hello")
        frame = native.hear_until(lambda frame: frame["type"] == "new_message")
        assert frame["payload"]["text"] == "hello"


HALF = b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
NO_KEY = b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"
ELSEWHERE = NO_KEY.replace(b"GET /", b"GET /users")


@pytest.mark.parametrize("handshake", [HALF, NO_KEY, ELSEWHERE], ids=["half", "no key", "no socket there"])
def test_a_handshake_that_is_none_is_refused_and_the_connection_ends(play, handshake):
    ann, _, _ = play
    answer = ann.raw(handshake + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 426 ")), answer
    # What stands behind it is no request.
    assert answer.count(b"HTTP/1.1 ") == 1


# Inside


def test_no_address_has_two_owners(app):
    owners = defaultdict(set)
    for rule in app.url_map.iter_rules():
        shape = "/".join("<>" if "<" in part else part for part in rule.rule.split("/"))
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            owners[method, shape, rule.websocket].add(rule.endpoint)
    assert {key: who for key, who in owners.items() if len(who) > 1} == {}


def test_every_row_of_the_table_leads_to_an_address_that_exists(app):
    adapter = app.url_map.bind("x")
    homes = {
        doors.by_body: ("/gmessenger", "/flash-chat", ""),
        doors.by_form: ("/gmessenger", ""),
        doors.by_accept: ("/gmessenger", ""),
        doors.by_upgrade: ("/mvp-messenger", ""),
        doors.by_page_mark: ("/gmessenger", ""),
        doors.message_by_accept: ("/websocket-messenger", ""),
        doors.page: ("",),
    }
    for door in doors.TABLE:
        path = door.address.replace("*", "7")
        for home in homes[door.choose]:
            is_socket = path.endswith("/ws") or home == "/mvp-messenger"
            assert is_served(adapter, home + path, door.method, is_socket), (door, home)


def is_served(adapter, path, method, is_socket):
    try:
        return bool(adapter.match(path, method, websocket=is_socket))
    except HTTPException:
        return False


def test_all_five_are_there_each_with_a_home(app):
    assert protocols.NAMES == ("websocket_messenger", "flash_chat", "netrox", "mvp_messenger", "gmessenger")
    for protocol in protocols.ALL:
        at_root = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{protocol.name}.")]
        at_home = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(protocol.home + "/")}
        assert at_root
        assert {protocol.home + rule.rule for rule in at_root} <= at_home


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/user/a/b", "websocket_messenger"),
        ("/conversation/x", "websocket_messenger"),
        ("/users/x/y", "flash_chat"),
        ("/chat/nothing", "netrox"),
        ("/auth/nothing", "mvp_messenger"),
        ("/gmessenger/nothing", "gmessenger"),
        ("/nothing", None),
    ],
)
def test_an_address_without_a_route_belongs_to_whose_first_word_it_has(app, path, name):
    owner = protocols.at(app, path)
    assert (owner and owner.name) == name
