"""Plays of netrox: the document's examples, every field, everything that is refused, what comes from other doors."""

import json
import re
import time
import uuid

import pytest

from messenger.protocols.netrox import examples
from tests.cast import cast
from tests.fixtures.server import Server
from tests.wires import Answer, Refused, Wire

ROOM = "/ws/chat/room/"
ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
FILE = re.compile(r"/mediafiles/attachments/\d{4}/\d{2}/\d{2}/[0-9a-f-]{36}\.jpg\?\S+")
PICTURE = b"\xff\xd8\xff\xe0" + bytes(88_800)


@pytest.fixture(scope="module")
def server(tmp_path_factory, blank_database):
    """Without limits: the tables of bad values say more in a second than a person may."""
    server = Server(tmp_path_factory.mktemp("netrox"), blank_database, LIMITS="off").start()
    yield server
    server.kill()


@pytest.fixture
def play(server):
    return cast(server.url)


def room(wire):
    """A socket the documented way: the token in the address."""
    return Wire(wire.base).socket(f"{ROOM}?token={wire.token}")


def sent(text, receiver, **more):
    return {"action": "chat_message", "message_body": text, "receiver_id": receiver.uid, **more}


def history(wire, other, query=""):
    answer = wire.get(f"/chat/messages/{other.uid}/{query}")
    assert answer.status == 200, answer
    return answer.body["entity"]["messages"]


def upload(
    wire, receiver, text="Hello, this is my message", name="pexels-nappy-936119.jpg", content=PICTURE, **headers
):
    return multipart(wire, {"receiver": receiver.uid, "message": text}, {"attached_file": (name, content)}, headers)


def multipart(wire, fields, files, headers=None):
    answer = wire.session.post(
        wire.base + "/chat/chat-attachment/",
        data=fields,
        files=files or {"unused": ("", b"")},
        headers={**wire.identity(), **(headers or {})},
        timeout=10,
    )
    return Answer(answer.status_code, answer.json(), answer.headers)


def eventually(fits, patience=5.0):
    """What is gathered for a moment before it is written comes true soon."""
    end = time.monotonic() + patience
    while not (found := fits()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def shape(value):
    """The same value with its types in place of its leaves; the order of keys counts."""
    if isinstance(value, dict):
        return [(key, shape(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


# --- the document's own examples -------------------------------------------------------------------------------------


def test_a_message_reaches_its_receiver_as_the_document_shows(play):
    ann, bob, _ = play
    with room(ann) as hers, room(bob) as his:
        hers.say(examples.SENT | {"receiver_id": bob.uid})
        heard = his.hear()
    assert list(heard) == list(examples.HEARD)
    assert shape(heard) == shape(examples.HEARD)
    assert heard["message_body"] == "hello there"
    assert (heard["sender_id"], heard["receiver_id"]) == (ann.uid, bob.uid)
    assert heard["action"] == "re_message"
    assert OFFSET.fullmatch(heard["timestamp"])
    (kept,) = history(bob, ann)
    assert kept["id"] == heard["created_msg_id"]
    assert kept["created"].removesuffix("Z") == heard["timestamp"].removesuffix("+00:00")


def test_the_dialog_is_answered_as_the_document_shows(play):
    ann, bob, _ = play
    with room(ann) as hers, room(bob) as his:
        for text in ("hello", "how are you?"):
            hers.say(sent(text, bob))
            his.hear()
    answer = bob.get(f"/chat/messages/{ann.uid}/")
    assert answer.status == 200
    assert list(answer.body) == list(examples.MESSAGES)
    assert answer.body["message"] == "Messages retreived successfully"
    first, second = answer.body["entity"]["messages"]
    assert list(first) == list(examples.HELLO)
    assert (first["message"], second["message"]) == ("hello", "how are you?")
    assert first["sender"] == {"id": ann.uid, "email": None, "profile": None}
    assert first["receiver"] == {"id": bob.uid, "email": None, "profile": None}
    assert (first["attached_file_size"], first["attached_file"], first["attached_file_name"]) == ("0kb", None, None)
    assert (first["seen"], first["deleted"]) == (False, False)
    assert ZULU.fullmatch(first["created"])
    assert ZULU.fullmatch(first["updated"])
    assert isinstance(first["thread"], int)
    assert first["thread"] == second["thread"]
    assert first["id"] < second["id"]


def test_a_dialog_without_messages_is_an_empty_list(play):
    ann, bob, _ = play
    assert ann.get(f"/chat/messages/{bob.uid}/").body == {
        "status": "success",
        "entity": {"messages": []},
        "message": "Messages retreived successfully",
        "success": True,
    }


NOBODY = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize("uid", [NOBODY, "nobody", "1", "%00", "x" * 300, "%F0%9F%92%A9", "..%2f"])
def test_unknown_and_malformed_receivers_are_alike(play, uid):
    ann = play[0]
    answer = ann.get(f"/chat/messages/{uid}/")
    assert answer.status == 404
    assert answer.body == examples.INVALID


def test_threads_say_who_wrote_first(play):
    ann, bob, cid = play
    with room(ann) as hers, room(bob) as his:
        hers.say(sent("hi", bob))
        his.hear()
        his.say(sent("hi too", ann))
        hers.hear()
    answer = bob.get("/chat/get-user-threads/")
    assert answer.status == 200
    assert list(answer.body) == list(examples.THREADS)
    assert (answer.body["message"], answer.body["success"]) == (None, True)
    (thread,) = answer.body["entity"]
    assert list(thread) == ["id", "user_one", "user_two", "craeted"]
    assert (thread["user_one"]["id"], thread["user_two"]["id"]) == (ann.uid, bob.uid)
    assert ZULU.fullmatch(thread["craeted"])
    assert thread["id"] == history(ann, bob)[0]["thread"]
    assert cid.get("/chat/get-user-threads/").body["entity"] == []


def test_a_file_is_uploaded_then_announced_as_the_document_shows(play):
    ann, bob, _ = play
    answer = upload(bob, ann, content=PICTURE)
    assert answer.status == 201, answer
    assert list(answer.body) == list(examples.UPLOADED)
    assert answer.body["message"] == "File uploaded and chat created successfully"
    kept = answer.body["entity"]["message"]
    assert list(kept) == list(examples.WITH_FILE)
    assert kept["message"] == "Hello, this is my message"
    assert kept["attached_file_size"] == "86.72KB"
    assert kept["attached_file_name"] == "pexels-nappy-936119.jpg"
    assert FILE.fullmatch(kept["attached_file"])
    minute, day = kept["created"][14:16], kept["created"][8:10]
    assert kept["attached_file"].startswith(f"/mediafiles/attachments/{kept['created'][:4]}/{minute}/{day}/")
    with room(bob) as his, room(ann) as hers:
        his.say(examples.ANNOUNCED | {"chat_id": str(kept["id"])})
        heard = hers.hear()
    assert list(heard) == list(examples.HEARD_FILE)
    assert shape(heard) == shape(examples.HEARD_FILE)
    assert heard["message_body"] == "Hello, this is my message"
    assert heard["created_msg_id"] == kept["id"]
    assert (heard["attached_file_name"], heard["attached_file_size"]) == ("pexels-nappy-936119.jpg", "86.72KB")
    assert FILE.fullmatch(heard["attached_file_url"])
    fetched = Wire(bob.base).session.get(bob.base + heard["attached_file_url"], timeout=10)
    assert fetched.status_code == 200
    assert fetched.content == PICTURE


# --- the socket ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?token=", "?token=nonsense", "?token=" + "a.b.c"])
def test_a_bad_token_is_refused_with_403(server, query):
    with pytest.raises(Refused) as refused:
        Wire(server.url).socket(ROOM + query)
    assert refused.value.status == 403
    assert refused.value.body == (examples.BAD_TOKEN if query[7:] else examples.NO_TOKEN)


def test_the_room_opens_without_the_last_slash_and_at_home(play):
    ann = play[0]
    for path in ("/ws/chat/room", "/netrox/ws/chat/room/"):
        with Wire(ann.base).socket(f"{path}?token={ann.token}") as socket:
            socket.say("{}")
            assert socket.hear()["action"] == "error"


def test_without_an_upgrade_the_room_says_426(play):
    assert play[0].get(ROOM).status == 426


def test_the_sender_hears_nothing_unless_he_named_his_message(play):
    ann, bob, _ = play
    with room(ann) as hers, room(bob) as his:
        hers.say(sent("no name", bob))
        hers.say(sent("with a name", bob, client_id="b7c1"))
        assert his.hear()["message_body"] == "no name"
        heard = his.hear()
        assert hers.hear() == {"action": "ack", "client_id": "b7c1", "created_msg_id": heard["created_msg_id"]}


def test_a_repeated_message_is_one_message(play):
    ann, bob, _ = play
    with room(ann) as hers:
        for _ in range(3):
            hers.say(sent("once", bob, client_id="same"))
        acks = [hers.hear() for _ in range(3)]
        hers.say(sent("another text", bob, client_id="same"))
        assert hers.hear() == {"action": "error", "message": "This client id was used for another message."}
    assert len({ack["created_msg_id"] for ack in acks}) == 1
    assert [said["message"] for said in history(ann, bob)] == ["once"]


def test_only_the_receiver_hears(play):
    ann, bob, cid = play
    with room(ann) as hers, room(bob) as his, room(cid) as outsiders:
        hers.say(sent("for bob", bob))
        assert his.hear()["message_body"] == "for bob"
        hers.say(sent("for cid", cid))
        assert outsiders.hear()["message_body"] == "for cid"
        his.say(sent("for ann", ann))
        assert hers.hear()["message_body"] == "for ann"


def test_all_sockets_of_the_receiver_hear(play):
    ann, bob, _ = play
    with room(ann) as hers, room(bob) as one, room(bob.elsewhere()) as two:
        hers.say(sent("everywhere", bob))
        assert one.hear() == two.hear()


def test_what_is_written_to_oneself_is_heard_and_kept(play):
    ann = play[0]
    with room(ann) as hers:
        hers.say(sent("to remember", ann))
        heard = hers.hear()
    assert heard["sender_id"] == heard["receiver_id"] == ann.uid
    assert history(ann, ann)[0]["message"] == "to remember"


def test_messages_of_other_protocols_are_heard_and_groups_are_left_out(play):
    ann, bob, _ = play
    with room(bob) as his, ann.socket("/mvp-messenger/") as hers:
        hers.say({"type": "newGroup", "params": {"groupName": "us"}})
        hers.hear()
        hers.say({"type": "listLastMessage", "params": {"limit": 1, "page": 1}})
        group_id = hers.hear()["params"]["data"][0]["groupId"]
        hers.say({"type": "addUserInGroup", "params": {"groupId": group_id, "userId": bob.id}})
        hers.hear()
        hers.say({"type": "messageInGroup", "params": {"groupId": group_id, "content": "to all"}})
        hers.hear()
        hers.say({"type": "privateMessage", "params": {"receiverId": bob.id, "content": "from mvp"}})
        heard = his.hear()
    assert list(heard) == list(examples.HEARD)
    assert heard["message_body"] == "from mvp"
    assert len(bob.get("/chat/get-user-threads/").body["entity"]) == 1


def test_ending_the_session_closes_the_room(play):
    ann = play[0]
    with room(ann) as hers:
        assert ann.ask("DELETE", "/profile/destroy").status == 200
        assert hers.hear_close().code == 1008
    with pytest.raises(Refused) as refused:
        room(ann)
    assert refused.value.status == 403


# --- history ---------------------------------------------------------------------------------------------------------


def test_limit_gives_the_newest_and_before_the_ones_above(play):
    ann, bob, _ = play
    with room(ann) as hers:
        for number in range(5):
            hers.say(sent(str(number), bob, client_id=str(number)))
        ids = [hers.hear()["created_msg_id"] for _ in range(5)]
    assert [said["message"] for said in history(ann, bob, "?limit=2")] == ["3", "4"]
    assert [said["message"] for said in history(ann, bob, f"?limit=2&before={ids[3]}")] == ["1", "2"]
    assert [said["message"] for said in history(ann, bob, f"?before={ids[0]}")] == []
    assert [said["message"] for said in history(ann, bob, f"?before={ids[4] + 1000}&limit=1")] == ["4"]


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=", "before=0", "before=1e3", "before=%00"])
def test_a_bad_number_is_refused_in_the_envelope(play, query):
    ann, bob, _ = play
    answer = ann.get(f"/chat/messages/{bob.uid}/?{query}")
    field = query.partition("=")[0]
    assert (answer.status, answer.body) == (
        400,
        examples.INVALID | {"message": f"({field}) A valid integer is required."},
    )


def test_seen_and_deleted_follow(play):
    ann, bob, _ = play
    with room(ann) as hers:
        hers.say(sent("soon gone", bob, client_id="1"))
        message_id = hers.hear()["created_msg_id"]
    (kept,) = history(bob, ann)
    assert kept["seen"] is False
    assert bob.get(f"/websocket-messenger/message/{kept['thread']}").status == 200
    assert eventually(lambda: history(ann, bob)[0]["seen"])
    assert ann.ask("DELETE", f"/message/{message_id}").status == 200
    (gone,) = history(ann, bob)
    assert (gone["deleted"], gone["message"], gone["id"]) == (True, "", message_id)


@pytest.mark.parametrize("path", ["/chat/messages/{}/", "/chat/get-user-threads/", "/chat/chat-attachment/"])
def test_without_a_token_nothing_is_told(play, path):
    stranger, address = play[0].stranger(), path.format(play[1].uid)
    method = "POST" if "attachment" in path else "GET"
    answer = stranger.ask(method, address)
    assert (answer.status, answer.body) == (401, examples.NO_TOKEN)
    answer = stranger.ask(method, address, headers={"Authorization": "Bearer nonsense"})
    assert (answer.status, answer.body) == (401, examples.BAD_TOKEN)


@pytest.mark.parametrize("form", ["Bearer {}", "Bearer{}", "{}", "bearer {}"])
def test_the_token_is_known_in_all_its_forms(play, form):
    ann = play[0]
    answer = ann.stranger().get("/chat/get-user-threads/", headers={"Authorization": form.format(ann.token)})
    assert answer.status == 200


@pytest.mark.parametrize("path", ["/chat/get-user-threads", "/netrox/chat/get-user-threads/"])
def test_addresses_work_without_the_last_slash_and_at_home(play, path):
    assert play[0].get(path).status == 200


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_announced_once_by_its_sender_only(play):
    ann, bob, cid = play
    message_id = upload(ann, bob).body["entity"]["message"]["id"]
    with room(ann) as hers, room(bob) as his, room(cid) as outsiders:
        for stranger in (his, outsiders):
            stranger.say({"action": "chat_message_file", "message_body": "x", "chat_id": message_id})
            assert stranger.hear()["action"] == "error"
        hers.say({"action": "chat_message_file", "message_body": "x", "chat_id": message_id, "client_id": "c"})
        assert his.hear()["created_msg_id"] == message_id
        assert hers.hear() == {"action": "ack", "client_id": "c", "created_msg_id": message_id}
        hers.say({"action": "chat_message_file", "message_body": "x", "chat_id": message_id})
        assert hers.hear() == {"action": "error", "message": "This file has been announced already."}
        hers.say(sent("after", bob))
        assert his.hear()["message_body"] == "after"


def test_an_upload_waits_for_its_announcement_here_but_not_elsewhere(play):
    ann, bob, _ = play
    with room(bob) as his, bob.socket("/mvp-messenger/") as elsewhere, room(ann) as hers:
        kept = upload(ann, bob, text="look").body["entity"]["message"]
        told = elsewhere.hear()
        assert told["params"]["message"].startswith("look\npexels-nappy-936119.jpg (86.7 KB) ")
        hers.say(sent("first of all", bob))
        assert his.hear()["message_body"] == "first of all"
    assert history(bob, ann)[0]["id"] == kept["id"]


def test_an_upload_may_have_no_text(play):
    ann, bob, _ = play
    assert upload(ann, bob, text="").body["entity"]["message"]["message"] == ""


def test_a_repeated_upload_is_one_message(play):
    ann, bob, _ = play
    twins = [upload(ann, bob, **{"Idempotency-Key": "up"}).body["entity"]["message"] for _ in range(2)]
    assert twins[0]["id"] == twins[1]["id"]
    other = upload(ann, bob, content=PICTURE + b"!", **{"Idempotency-Key": "up"})
    assert (other.status, other.body["status"]) == (409, "failure")
    assert len(history(ann, bob)) == 1


@pytest.mark.parametrize(
    ("fields", "files", "words"),
    [
        ({}, {"attached_file": ("a.txt", b"hi")}, "(receiver) This field is required."),
        ({"receiver": "nobody"}, {"attached_file": ("a.txt", b"hi")}, "(receiver) Invalid receipient"),
        ({"receiver": str(uuid.uuid4())}, {"attached_file": ("a.txt", b"hi")}, "(receiver) Invalid receipient"),
        ({"receiver": None}, {}, "(attached_file) No file was submitted."),
        ({"receiver": None}, {"other": ("a.txt", b"hi")}, "(attached_file) No file was submitted."),
        ({"receiver": None}, {"attached_file": ("a.txt", b"")}, "(attached_file) "),
        ({"receiver": None, "message": "x" * 8001}, {"attached_file": ("a.txt", b"hi")}, "(message) "),
        ({"receiver": None, "message": "nul\0"}, {"attached_file": ("a.txt", b"hi")}, "(message) "),
    ],
)
def test_what_is_wrong_with_an_upload_is_said_by_field(play, fields, files, words):
    ann, bob, _ = play
    fields = {name: bob.uid if value is None else value for name, value in fields.items()}
    answer = multipart(ann, fields, files)
    assert answer.status == 400, answer
    assert {**answer.body, "message": None} == {**examples.INVALID, "message": None}
    assert answer.body["message"].startswith(words)
    assert history(ann, bob) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b'{"receiver": 5}', b"--x\r\nbroken"])
def test_what_is_no_upload_is_refused_by_field(play, body):
    for kind in ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "nonsense"):
        answer = play[0].post("/chat/chat-attachment/", body, headers={"Content-Type": kind})
        assert (answer.status, answer.body["status"]) == (400, "failure"), (kind, answer)
        assert re.fullmatch(r"\((receiver|attached_file)\) .+", answer.body["message"])


# --- hostile frames --------------------------------------------------------------------------------------------------

VALUES = [None, True, 1, -1, 1.5, "", " ", "\u200b", [], {}, "x" * 8001, "nul\0", 2**70, ["a"], {"a": 1}]
BAD_FRAMES = [
    "", " ", "hello", "null", "true", "1", '"text"', "[]", "{", "{}", '{"action": null}', '{"action": 1}', "NaN",
    '{"action": "nope"}', '{"action": {"a": 1}}', '{"action": NaN}', "[" * 30_000,
    '{"a":' * 5_000, '{"action": "chat_message"}', '{"action": "chat_message_file"}', '{"action": "\\ud800"}',
]  # fmt: skip


def test_every_bad_frame_is_answered_and_the_room_stays_open(play):
    ann, bob, _ = play
    with room(ann) as hers, room(bob) as his:
        for frame in BAD_FRAMES:
            hers.say(frame)
            answer = hers.hear()
            assert list(answer) == ["action", "message"], frame[:60]
            assert answer["action"] == "error"
            assert answer["message"]
        for content in (b"", b"\xff\xfe", b"\0\1\2", b"{}"):
            hers.say_bytes(content)
            assert hers.hear()["action"] == "error"
        hers.say(sent("still here", bob))
        assert his.hear()["message_body"] == "still here"


@pytest.mark.parametrize("field", ["message_body", "receiver_id", "client_id"])
def test_every_bad_value_of_a_message_is_refused(server, field):
    ann, bob, _ = cast(server.url)
    with room(ann) as hers:
        for value in [*VALUES, "\ud800"]:
            if field == "client_id" and (value is None or value in (" ", "\u200b")):
                continue  # none at all, and odd but good names
            text = json.dumps(sent("hi", bob) | {field: value})
            hers.say(text)
            assert hers.hear()["action"] == "error", (field, value)
        missing = sent("hi", bob)
        if field != "client_id":
            del missing[field]
            hers.say(missing)
            assert hers.hear()["action"] == "error"
    assert history(ann, bob) == []


def test_every_bad_chat_id_is_refused(server):
    ann, bob, _ = cast(server.url)
    with room(ann) as hers:
        hers.say(sent("no file", bob, client_id="1"))
        plain = hers.hear()["created_msg_id"]
        for value in [*VALUES, "x", "-1", "1.0", 10**15, str(10**20), plain, str(plain)]:
            hers.say({"action": "chat_message_file", "message_body": "x", "chat_id": value})
            assert hers.hear()["action"] == "error", value


def test_foreign_fields_change_nothing(play):
    ann, bob, cid = play
    with room(ann) as hers, room(bob) as his:
        hers.say(
            sent("mine", bob, sender_id=cid.uid, timestamp="1999-01-01T00:00:00Z", created_msg_id=1, id=1, seen=True)
        )
        heard = his.hear()
    assert heard["sender_id"] == ann.uid
    assert heard["timestamp"] > "2020"
    (kept,) = history(bob, ann)
    assert (kept["sender"]["id"], kept["seen"]) == (ann.uid, False)


# --- too fast --------------------------------------------------------------------------------------------------------


def test_who_speaks_too_fast_is_told_so_and_may_go_on(serve):
    slow = serve(MESSAGES_PER_SECOND=1, MESSAGES_BURST=3)
    ann, bob, _ = cast(slow.url)
    with room(ann) as hers:
        for number in range(5):
            hers.say(sent(str(number), bob))
        too_fast = {"action": "error", "message": "That is too fast. Please wait a moment."}
        assert hers.hear() == hers.hear() == too_fast
        # Another worker may let one pass before it hears of those.
        answer = next(answer for answer in (upload(ann, bob) for _ in range(20)) if answer.status != 201)
        assert (answer.status, answer.body["message"]) == (429, too_fast["message"])
        assert int(answer.headers["Retry-After"]) >= 1
        assert eventually(lambda: upload(ann, bob).status == 201, patience=20)
    texts = [said["message"] for said in history(ann, bob)]
    assert texts[:3] == ["0", "1", "2"]
    assert set(texts[3:]) == {"Hello, this is my message"}
