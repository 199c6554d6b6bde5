"""G28: no id gives access. Every route of the map and every frame type, with every thing that belongs to others."""

import json
import re
from pathlib import Path

import pytest

from messenger import create_app
from messenger.settings import Settings
from tests.promises.company import whisper
from tests.promises.foreign import HUSH, KIND_OF, NOTHING, PERSON, World, addressed, fields, homeless
from tests.wires import Refused

# Where the documents say so, what is foreign answers otherwise than what is unknown: (foreign, unknown).
DOCUMENTED = {
    "group": (403, 404),  # gmessenger: 401 · 403 · 404
    "conversation": (401, 404),  # websocket_messenger: 404 Conversation not found · 401 Not Authorized
    "chat": (401, 404),
    "message": (401, 404),  # websocket_messenger: 404 Message not found · 401 Not Authorized to Edit Message
}
ABOVE = 10**12
JSON = {"Accept": "*/*", "Content-Type": "application/json"}
FORM = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


@pytest.fixture(scope="module")
def world(stand):
    world = World(stand)
    yield world
    world.leave()


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """The map of the application: (address, methods)."""
    app = create_app(Settings.for_tests(instance_dir=str(tmp_path_factory.mktemp("map"))))
    return [(rule.rule, rule.methods - {"OPTIONS"}) for rule in app.url_map.iter_rules()]


def test_every_route_stands_in_the_table(rules):
    missing = {rule for rule, _ in rules if homeless(rule) not in KIND_OF}
    assert missing == set(), "say in tests/promises/foreign.py what these can name that belongs to somebody"
    assert {rule for rule in KIND_OF if rule not in {homeless(known) for known, _ in rules}} == set()
    named = re.compile(r"<(int:)?\w*(chat|group|message|attachment|session)\w*id>")
    assert {rule for rule, _ in rules if KIND_OF[homeless(rule)] == NOTHING and named.search(rule)} == set()


@pytest.mark.security("strangers")
@pytest.mark.parametrize("what", sorted({*KIND_OF.values()} - {NOTHING, PERSON, "chat"}))
def test_no_route_gives_access_to_what_belongs_to_others(world, rules, what):
    concerned = sorted((rule, methods) for rule, methods in rules if KIND_OF[homeless(rule)] == what)
    asked = 0
    for rule, methods in concerned:
        if rule.endswith("/group"):
            continue
        asked += sum(intrude(world, rule, method, foreign, what)
                     for method in sorted(methods) for foreign in world.objects[what])  # fmt: skip
    pushed = world.pushed()
    assert pushed == {}
    print(f"G28 {what}: {len(concerned)} routes, {asked} requests: no content, no effect, no push")


@pytest.mark.long
@pytest.mark.security("strangers")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", sorted({*KIND_OF.values()} - {NOTHING, PERSON, "chat"}))
def test_nor_does_any_other_method(world, rules, what):
    every = [(rule, set(METHODS)) for rule, _ in rules]
    test_no_route_gives_access_to_what_belongs_to_others(world, every, what)


def intrude(world, rule, method, foreign, what):
    """Ask for it as a program and as a browser, and for one that does not exist; how many requests that made."""
    message = foreign if what == "message" else world.said
    unknown = str(foreign) + "x" if what == "path" else int(foreign) + ABOVE
    asked = 0
    for headers in (JSON, FORM):
        answers = {}
        for thing in (foreign, unknown):
            body = fields(world, thing, message if thing == foreign else world.said + ABOVE)
            if headers is FORM:
                body = "&".join(f"{name}={value}" for name, value in body.items()).encode()
            answer = world.cid.ask(method, addressed(rule, thing, world), body, headers=headers)
            where = (method, rule, thing, headers["Accept"], answer)
            assert world.is_untouched(), where
            assert HUSH not in str(answer.body), where
            assert 400 <= answer.status < 500 or _is_harmless(method, rule, answer), where
            answers[thing] = answer
            asked += 1
        first, second = answers.values()
        if (first.status, second.status) != DOCUMENTED.get(what):
            assert first.status == second.status, (method, rule, answers)
            said = plain(second).replace(str(unknown), str(foreign)).replace(str(world.said + ABOVE), str(message))
            assert plain(first) == said, (method, rule, answers)
    return asked


def _is_harmless(method, rule, answer):
    """Nothing was there to be done, as a session that is ended already, or is not one's own."""
    return answer.status in (200, 303) and HUSH not in str(answer.body) and method == "HEAD"


def plain(answer):
    """What was said, but for what differs in every answer."""
    said = json.dumps(answer.body) if isinstance(answer.body, (dict, list)) else str(answer.body)
    return re.sub(r'nonce=\\?"[^"]*"|csrf[^>]*>|"?X-CSRFToken[^}]*}|request[- ]id[^<]*', "", said)


@pytest.mark.security("strangers")
@pytest.mark.parametrize("kind", ["group", "dialog"])
def test_no_field_of_a_body_and_no_query_gives_access(world, kind):
    """Ids that stand elsewhere than in the address, in the stranger's own chat."""
    chat, message = (world.group, world.inside) if kind == "group" else (world.dialog, world.said)
    own = f"/dialog/{world.dee.login}"
    asked = 0
    for unknown in (0, ABOVE):
        cases = {
            "send": ("POST", "/message", {"ConversationId": str(int(chat) + unknown), "Message": "reached"}),
            "edit": ("PUT", "/message", {"MessageId": str(message + unknown), "Message": "reached"}),
            "answer": ("POST", own, {"text": "reached", "reply_to": message + unknown}),
            "file ahead": ("POST", own, {"text": "reached", "attachments": [world.ahead + unknown]}),
            "file sent": ("POST", own, {"text": "reached", "attachments": [world.sent + unknown]}),
            "read": ("PATCH", own, {"read": message + unknown}),
            "unread": ("PATCH", own, {"unread": message + unknown}),
            "invited": ("POST", "/group", {"name": "mine", "members": [world.dee.login], "id": chat}),
            "relay": ("POST", "/messages/unsent", {"receiver_userID": world.ann.login}),
            "as another": ("POST", "/messages/new", {"sender_userID": world.ann.login, "text": "reached",
                           "receiver_userID": world.bob.login, "time": "01:01:2024 10:00"}),
            "before": ("GET", f"{own}?before={message + unknown}", None),
            "after": ("GET", f"{own}?after={message + unknown}", None),
            "around": ("GET", f"{own}?around={message + unknown}", None),
            "quote": ("GET", f"{own}?reply={message + unknown}", None),
            "old": ("GET", f"/chat/messages/{world.dee.uid}/?before={message + unknown}", None),
            "search": ("GET", "/search?q=whisper", None),
            "people": ("GET", "/people?q=whisper", None),
            "files": ("GET", f"{own}/about", None),
            "list": ("GET", "/chats?limit=500", None),
            "threads": ("GET", "/chat/get-user-threads/", None),
        }  # fmt: skip
        for name, (method, path, body) in cases.items():
            for accept in ("*/*", "text/html"):
                answer = world.cid.ask(method, path, body, headers={"Accept": accept})
                assert world.is_untouched(), (name, answer)
                assert HUSH not in str(answer.body), (name, answer)
                assert answer.status < 500, (name, answer)
                asked += 1
    assert world.pushed() == {}
    print(f"G28 bodies and queries, {kind}: {asked} requests: no content, no effect, no push")


CLIENT_FRAMES = {
    "gmessenger": {
        "send_message": lambda w, chat, message: {"text": "reached", "reply_to": message, "chat": chat},
        "message_status": lambda w, chat, message: {"id": message, "status": "read"},
        "typing": lambda w, chat, message: {"chat": chat, "user_login": w.ann.login},
        "user_activity": lambda w, chat, message: {"user_login": w.ann.login},
    },
    "netrox": {
        "chat_message": lambda w, chat, message: {"message_body": "", "receiver_id": chat["id"]},
        "chat_message_file": lambda w, chat, message: {"chat_id": message},
    },
    "mvp_messenger": {
        "listLastMessage": lambda w, chat, message: {"limit": 100, "page": 1},
        "getlatestMessageDialog": lambda w, chat, message: {"receiverId": w.ann.id, "limit": 9, "page": 1},
        "getlatestMessageGroup": lambda w, chat, message: {"groupId": chat["id"], "limit": 9, "page": 1},
        "newGroup": lambda w, chat, message: {"groupName": "mine", "groupId": chat["id"], "id": chat["id"]},
        "addUserInGroup": lambda w, chat, message: {"groupId": chat["id"], "userId": w.cid.id},
        "leaveGroup": lambda w, chat, message: {"groupId": chat["id"]},
        "messageInGroup": lambda w, chat, message: {"groupId": chat["id"], "content": "reached"},
        "privateMessage": lambda w, chat, message: {"receiverId": str(message + ABOVE), "content": "reached"},
    },
    "websocket_messenger": {"Typing": lambda w, chat, message: chat["id"]},
}
PLACES = {
    "gmessenger": "/chats/ws",
    "netrox": "/ws/chat/room/",
    "mvp_messenger": "/",
    "websocket_messenger": "/websocket",
}


def frame_of(wire, kind, given):
    """The frame as this wire writes it."""
    if wire == "netrox":
        return {"action": kind, **given}
    if wire == "websocket_messenger":
        return {"User": "", "Message": kind, "ConvId": given}
    return {"type": kind, "payload" if wire == "gmessenger" else "params": given}


def test_every_frame_type_of_the_documents_stands_in_the_table():
    papers = Path(__file__).resolve().parents[2] / "docs" / "protocols"
    for wire, table in (
        ("gmessenger", "The client says|type"),
        ("mvp_messenger", "|type"),
        ("netrox", "|the client says"),
    ):
        _, head = table.split("|")
        text = (papers / f"{wire}.md").read_text()
        text = text[text.index("## The websocket" if wire != "gmessenger" else "Frames are") :]
        rows = text[text.index(f"| {head}") :].split("\n\n")[0].splitlines()[2:]
        known = {word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])} - {"send message"}
        assert known == set(CLIENT_FRAMES[wire]), wire


@pytest.mark.security("strangers")
@pytest.mark.parametrize("wire", CLIENT_FRAMES)
def test_no_frame_gives_access_to_what_belongs_to_others(world, wire):
    said = 0
    for chat_id, message in ((world.group, world.inside), (world.dialog, world.said)):
        for kind, given in CLIENT_FRAMES[wire].items():
            answers = []
            for extra in (0, ABOVE):
                chat = {"type": "group", "id": str(int(chat_id) + extra)}
                frame = frame_of(wire, kind, given(world, chat, message + extra))
                for user in (world.cid.login, world.ann.login):
                    if wire == "websocket_messenger":
                        frame["User"] = user
                    answers.append(exchange(world.cid, wire, frame))
                    assert world.is_untouched(), frame
                    assert HUSH not in answers[-1], frame
                    said += 1
            half = len(answers) // 2
            told = [
                [re.sub(r"\d{4,}|is_online[^}]*", "N", text) for text in part]
                for part in (answers[:half], answers[half:])
            ]
            if kind not in ("send_message", "typing"):  # 403 and 404 in words, as over HTTP
                assert told[0] == told[1], frame
    assert world.pushed() == {}
    print(f"G28 {wire}: {said} frames: no content, no effect, no push")


def exchange(person, wire, frame):
    """Say it on a socket of this wire, and all that is heard before the answer to a second, broken frame."""
    with person.socket(PLACES[wire]) as socket:
        if wire == "websocket_messenger":
            socket.hear(), socket.say(person.token), socket.hear()
        socket.say(frame)
        socket.say("{")
        heard = []
        for _ in range(20):
            heard.append(socket.hear_text())
            if is_about_json(heard[-1]):
                break
        return "\n".join(text for text in heard if "user_status" not in text)


def is_about_json(text):
    """The answer to the broken frame, which is always the last."""
    return "JSON" in text or "There is no such type" in text


@pytest.mark.security("strangers")
@pytest.mark.parametrize("query", ["", "?since=0", "?after=0", "?page=1", "?page=1&since=0"])
def test_no_socket_opens_on_a_foreign_chat(world, query):
    for number in (world.group, world.dialog):
        with pytest.raises(Refused) as refused:
            world.cid.socket(f"/group/{number}/ws{query}")
        assert refused.value.status in (403, 404)
        assert HUSH not in str(refused.value.body)
    text = whisper("hush to nobody else")
    with world.cid.socket(f"/dialog/{world.ann.login}/ws{query}") as socket:
        world.bob.post(f"/dialog/{world.ann.login}", {"text": text})
        world.ann.post(f"/dialog/{world.cid.login}", {"text": "end"})
        heard = ""
        while "end" not in heard:
            heard += socket.hear_text()
    assert HUSH not in heard
    assert text in str(world.pushed())
