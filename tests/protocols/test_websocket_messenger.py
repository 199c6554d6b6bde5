"""websocket_messenger, as its document plays it: accounts and messages over HTTP, news and typing on one socket."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import jwt
import pytest

from tests.cast import cast
from tests.protocols import hostile
from tests.wires import Refused, Wire

OPEN, AUTHENTICATED = {"Message": "Websocket Open"}, {"Message": "Websocket Authenticated"}
INVALID = {"Message": "Invalid Jwt", "Data": None}


@pytest.fixture
def play(server):
    return cast(server.url)


@pytest.fixture(scope="module")
def troupe(server):
    """The same three for all plays that leave no traces."""
    return cast(server.url)


@pytest.fixture
def nobody(server):
    return Wire(server.url)


@pytest.fixture(scope="module", autouse=True)
def silent(server):
    """How the server closes a socket that says nothing while all the plays go on."""
    with Wire(server.url).socket("/websocket") as socket, ThreadPoolExecutor(1) as pool:
        assert socket.hear() == OPEN
        yield pool.submit(socket.hear_close, patience=30)


def fresh(role="ann"):
    return {"Username": f"{role}-{time.monotonic_ns()}", "Password": "secret"}


def listening(person):
    """A socket that has said its token."""
    socket = person.stranger().socket("/websocket")
    assert socket.hear() == OPEN
    socket.say(person.token)
    assert socket.hear() == AUTHENTICATED
    return socket


def conversation(ann, *others):
    """Its id; the others are named as Recipient or Recipients."""
    body = {"Recipient": others[0].login} if len(others) == 1 else {"Recipients": [other.login for other in others]}
    answer = ann.post("/conversation", body)
    assert (answer.status, answer.body["Message"]) == (200, "Conversation Created"), answer
    return answer.body["Data"]


def wrote(person, conversation_id, text, **more):
    answer = person.post("/message", {"ConversationId": conversation_id, "Message": text, **more})
    assert (answer.status, answer.body["Message"]) == (200, "Message Created"), answer
    return answer.body["Data"]


def read(person, conversation_id, query=""):
    answer = person.get(f"/message/{conversation_id}{query}")
    assert (answer.status, answer.body["Message"]) == (200, "Messages Retrieved"), answer
    return answer.body["Data"]


def said(answer):
    """The whole of a short answer, to be compared at once."""
    return answer.status, answer.body


# The document from top to bottom


def test_the_document_from_top_to_bottom(nobody):
    ann, bob = fresh("ann"), fresh("bob")
    made = nobody.post("/user", ann)
    assert made.status == 200
    assert list(made.body) == ["Message", "Data"]
    assert made.body["Message"] == "User Created"
    hers = Wire(nobody.base, made.body["Data"])
    his = Wire(nobody.base, nobody.post("/user", bob).body["Data"])

    logged_in = nobody.post("/user/login", ann)
    assert (logged_in.status, logged_in.body["Message"]) == (200, "Login Successful")
    assert logged_in.body["Data"] not in ("", None, hers.token)

    profile = hers.get(f"/user/{bob['Username']}").body
    assert profile["Message"] == "Profile Retrieved"
    assert list(profile["Data"]) == ["Username", "LoggedOn", "LastOnline", "Created"]
    assert profile["Data"]["Username"] == bob["Username"]
    assert profile["Data"]["LoggedOn"] is True
    assert all(type(profile["Data"][key]) is int for key in ("LastOnline", "Created"))

    made = hers.post("/conversation", {"Recipient": bob["Username"]})
    assert made.body["Message"] == "Conversation Created"
    number = made.body["Data"]
    assert number.isdigit()
    assert his.post("/conversation", {"Recipient": ann["Username"]}).body["Data"] == number

    written = hers.post("/message", {"ConversationId": number, "Message": "hello"})
    assert written.body["Message"] == "Message Created"
    message = written.body["Data"]
    assert message.isdigit()

    (row,) = his.get("/conversation").body["Data"]
    assert list(row) == ["ConversationId", "Members", "NewMessage", "Created"]
    assert row["ConversationId"] == number
    assert sorted(row["Members"]) == sorted([ann["Username"], bob["Username"]])
    assert row["NewMessage"] == {ann["Username"]: False, bob["Username"]: True}
    assert type(row["Created"]) is int

    (first,) = his.get(f"/message/{number}").body["Data"]
    assert list(first) == ["MessageId", "ConversationId", "Message", "State", "Sender", "Created"]
    assert first == {
        "MessageId": message,
        "ConversationId": number,
        "Message": "hello",
        "State": 0,
        "Sender": ann["Username"],
        "Created": first["Created"],
    }
    assert abs(first["Created"] - time.time()) < 60
    (row,) = his.get("/conversation").body["Data"]
    assert row["NewMessage"] == {ann["Username"]: False, bob["Username"]: False}

    assert said(hers.put("/message", {"MessageId": message, "Message": "hello!"})) == (
        200,
        {"Message": "Message Edited", "Data": None},
    )
    (edited,) = his.get(f"/message/{number}").body["Data"]
    assert edited == {**first, "Message": "hello!", "State": 1}
    assert said(hers.delete(f"/message/{message}")) == (200, {"Message": "Message Deleted", "Data": None})
    assert said(his.get(f"/message/{number}")) == (200, {"Message": "Messages Retrieved", "Data": []})

    assert said(hers.post("/user/logout")) == (200, {"Message": "Logged Out", "Data": None})
    assert said(hers.get("/conversation")) == (401, INVALID)


def test_a_socket_greets_takes_the_token_and_tells_who_types(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    with listening(ann) as hers, listening(bob) as his:
        typing = {"User": ann.login, "Message": "Typing", "ConvId": number}
        hers.say(typing)
        assert his.hear() == typing


# Accounts


def test_field_names_match_in_any_letter_case(nobody):
    ann = fresh()
    made = nobody.post("/user", {"username": ann["Username"], "PASSWORD": ann["Password"]})
    assert made.body["Message"] == "User Created"
    assert nobody.post("/user/login", {"userNAME": ann["Username"], "password": "secret"}).status == 200


def test_a_taken_name_gives_no_token(nobody):
    ann = fresh()
    nobody.post("/user", ann)
    for name in (ann["Username"], ann["Username"].upper()):
        answer = nobody.post("/user", {"Username": name, "Password": "another"})
        assert said(answer) == (409, {"Message": "Username already taken", "Data": None})


def test_who_cannot_log_in_is_not_told_why(nobody):
    ann = fresh()
    nobody.post("/user", ann)
    wrong = nobody.post("/user/login", {**ann, "Password": "wrong"})
    unknown = nobody.post("/user/login", fresh("nobody"))
    assert said(wrong) == said(unknown) == (401, {"Message": "User not found", "Data": None})


def test_a_profile_says_who_is_logged_on_and_when_he_was_here(play):
    ann, bob, _ = play
    assert said(ann.get("/user/nobody-at-all")) == (404, {"Message": "User not found", "Data": None})
    second = bob.elsewhere()
    bob.post("/user/logout")
    assert ann.get(f"/user/{bob.login}").body["Data"]["LoggedOn"] is True
    # Into another second than that in which he came.
    time.sleep(1.1)
    leaving = int(time.time())
    second.post("/user/logout")
    profile = ann.get(f"/user/{bob.login.upper()}").body["Data"]
    assert profile["LoggedOn"] is False
    assert profile["LastOnline"] >= leaving


def test_one_is_here_now_while_connected(play):
    ann, bob, _ = play
    with listening(bob):
        assert abs(ann.get(f"/user/{bob.login}").body["Data"]["LastOnline"] - time.time()) < 3


CALLS = [
    ("GET", "/user/ann"),
    ("POST", "/user/logout"),
    ("POST", "/conversation"),
    ("GET", "/conversation"),
    ("POST", "/message"),
    ("PUT", "/message"),
    ("PUT", "/message/1"),
    ("DELETE", "/message/1"),
    ("DELETE", "/message1"),
    ("GET", "/message/1"),
]


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c", "x" * 5000])
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_good_token_nothing_is_answered_but_invalid_jwt(nobody, method, path, token):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    for home in ("", "/websocket-messenger"):
        assert said(nobody.ask(method, home + path, headers=headers)) == (401, INVALID)


# Conversations


def test_one_does_not_talk_to_oneself_or_to_nobody(play):
    ann, bob, _ = play
    myself = (400, {"Message": "Cannot start a conversation with yourself", "Data": None})
    assert said(ann.post("/conversation", {"Recipient": ann.login})) == myself
    assert said(ann.post("/conversation", {"Recipients": [ann.login.upper()]})) == myself
    unknown = (404, {"Message": "User not found", "Data": None})
    assert said(ann.post("/conversation", {"Recipient": "nobody-at-all"})) == unknown
    assert said(ann.post("/conversation", {"Recipients": [bob.login, "nobody-at-all"]})) == unknown
    assert ann.get("/conversation").body == {"Message": "Conversations Retrieved", "Data": []}


def test_several_recipients_make_a_group_and_all_of_them_hear(play):
    ann, bob, cid = play
    with listening(bob) as his, listening(cid) as cids:
        number = conversation(ann, bob, cid)
        created = his.hear()
        assert created["Message"] == "New Message"
        assert (created["Data"]["Message"], created["Data"]["Sender"]) == ("created the group", ann.login)
        wrote(ann, number, "hello all")
        for socket in (his, cids):
            push = socket.hear_until(lambda frame: frame["Data"]["Message"] == "hello all")
            assert push["ConversationId"] == number
    row = bob.get("/conversation").body["Data"][0]
    assert sorted(row["Members"]) == sorted([ann.login, bob.login, cid.login])
    assert row["NewMessage"] == {ann.login: False, bob.login: True, cid.login: True}


def test_an_empty_conversation_is_listed_and_empty(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    assert [row["ConversationId"] for row in bob.get("/conversation").body["Data"]] == [number]
    assert read(bob, number) == []


def test_a_pair_that_starts_at_once_gets_one_conversation(play):
    ann, bob, _ = play
    pairs = [(ann, bob), (bob, ann)] * 4
    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(lambda pair: conversation(Wire_of(pair[0]), pair[1]), pairs))
    assert len(numbers) == 1


def Wire_of(person):
    return Wire(person.base, person.token)


# Messages


def test_a_message_to_a_recipient_makes_the_conversation(play):
    ann, bob, _ = play
    with listening(bob) as his:
        answer = ann.post("/message", {"Recipient": bob.login, "Message": "hello"})
        assert answer.body["Message"] == "Message Created"
        push = his.hear()
        assert push == {
            "Message": "New Message",
            "ConversationId": push["ConversationId"],
            "Data": {
                "MessageId": answer.body["Data"],
                "ConversationId": push["ConversationId"],
                "Message": "hello",
                "State": 0,
                "Sender": ann.login,
                "Created": push["Data"]["Created"],
            },
        }
    assert conversation(bob, ann) == push["ConversationId"]


def test_every_deed_is_pushed_to_the_others_with_the_full_message_and_not_to_oneself(play):
    ann, bob, cid = play
    number = conversation(ann, bob)
    with listening(bob) as his, listening(cid) as cids, listening(ann) as hers:
        message = wrote(ann, number, "one")
        first = his.hear()
        assert (first["Message"], first["Data"]["MessageId"]) == ("New Message", message)
        ann.put("/message", {"MessageId": int(message), "Message": "two"})
        assert his.hear() == {
            "Message": "Message Edited",
            "ConversationId": number,
            "Data": {**first["Data"], "Message": "two", "State": 1},
        }
        ann.delete(f"/message/{message}")
        assert his.hear() == {
            "Message": "Message Deleted",
            "ConversationId": number,
            "Data": {**first["Data"], "Message": "", "State": 1},
        }
        # A fence: what comes first is what bob writes now. Ann's own deeds were not told to her, nor to cid at all.
        wrote(bob, number, "fence")
        assert hers.hear()["Data"]["Message"] == "fence"
        bob.post("/message", {"Recipient": cid.login, "Message": "fence"})
        assert cids.hear()["Data"]["Message"] == "fence"


def test_messages_are_deleted_at_the_address_as_the_document_writes_it(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    message = wrote(ann, number, "one")
    assert said(ann.delete(f"/message{message}")) == (200, {"Message": "Message Deleted", "Data": None})
    assert said(ann.delete(f"/message{message}")) == (404, {"Message": "Message not found", "Data": None})
    assert read(ann, number) == []


def test_a_recipient_must_be_somebody_else(play):
    ann, bob, _ = play
    for recipient, status, words in (
        (ann.login, 400, "Cannot start a conversation with yourself"),
        ("nobody-at-all", 404, "User not found"),
    ):
        answer = ann.post("/message", {"Recipient": recipient, "Message": "x"})
        assert said(answer) == (status, {"Message": words, "Data": None})
    # A refused message leaves no conversation behind.
    assert ann.post("/message", {"Recipient": bob.login, "Message": " "}).status == 400
    assert ann.get("/conversation").body["Data"] == []


@pytest.mark.parametrize("name", ["text", "Message", "message"])
def test_a_message_is_edited_at_its_own_address_too(play, name):
    ann, bob, _ = play
    number = conversation(ann, bob)
    message = wrote(ann, number, "one")
    assert said(ann.put(f"/message/{message}", {name: "two"})) == (200, {"Message": "Message Edited", "Data": None})
    assert read(bob, number)[0]["Message"] == "two"


def test_only_members_and_writers_may(play):
    ann, bob, cid = play
    number = conversation(ann, bob)
    message = wrote(ann, number, "ours")
    assert said(cid.post("/message", {"ConversationId": number, "Message": "x"})) == (
        401,
        {"Message": "Not Authorized", "Data": None},
    )
    assert said(cid.get(f"/message/{number}")) == (
        401,
        {"Message": "Not Authorized to Retrieve Messages", "Data": None},
    )
    assert said(bob.put("/message", {"MessageId": message, "Message": "x"})) == (
        401,
        {"Message": "Not Authorized to Edit Message", "Data": None},
    )
    assert said(bob.delete(f"/message/{message}")) == (
        401,
        {"Message": "Not Authorized to Delete Message", "Data": None},
    )
    for stranger in (cid.put("/message", {"MessageId": message, "Message": "x"}), cid.delete(f"/message/{message}")):
        assert stranger.status in (401, 404)
    assert [m["Message"] for m in read(ann, number)] == ["ours"]


@pytest.mark.parametrize("number", hostile.IDS)
def test_unknown_and_malformed_ids_are_told_alike(troupe, number):
    ann, _, _ = troupe
    assert said(ann.get(f"/message/{number}")) == (404, {"Message": "Conversation not found", "Data": None})
    assert said(ann.delete(f"/message/{number}")) == (404, {"Message": "Message not found", "Data": None})
    assert said(ann.put(f"/message/{number}", {"Message": "x"})) == (
        404,
        {"Message": "Message not found", "Data": None},
    )


def test_a_conversation_is_read_in_pages(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    ids = [wrote(ann, number, f"{n}") for n in range(7)]
    ann.delete(f"/message/{ids[5]}")

    def texts(query):
        return [message["Message"] for message in read(bob, number, query)]

    assert texts("") == ["0", "1", "2", "3", "4", "6"]
    assert texts("?limit=2") == ["4", "6"]
    assert texts(f"?limit=2&before={ids[4]}") == ["2", "3"]
    assert texts(f"?before={ids[6]}&limit=1") == ["4"]
    assert texts(f"?before={ids[0]}") == []
    assert texts(f"?before={int(ids[6]) + 1000}&limit=1") == ["6"]
    for wrong in ("limit=0", "limit=x", "before=-1", "before=", "limit=1e2"):
        answer = bob.get(f"/message/{number}?{wrong}")
        assert (answer.status, answer.body["Message"]) == (400, "Error")


def test_only_the_newest_page_counts_as_read(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    last = [wrote(ann, number, f"{n}") for n in range(3)][-1]

    def is_unread():
        return bob.get("/conversation").body["Data"][0]["NewMessage"][bob.login]

    read(bob, number, f"?before={int(last) + 1}")
    assert is_unread() is True
    read(bob, number, "?limit=1")
    assert is_unread() is False


def test_a_client_id_makes_a_send_exactly_once(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    first = wrote(ann, number, "once", client_id="a1")
    assert wrote(ann, number, "once", client_id="a1") == first
    headers = {"Idempotency-Key": "a1"}
    again = ann.post("/message", {"ConversationId": number, "Message": "once"}, headers=headers)
    assert again.body["Data"] == first
    other = ann.post("/message", {"ConversationId": number, "Message": "twice", "client_id": "a1"})
    assert (other.status, other.body["Message"]) == (409, "Error")
    assert [m["Message"] for m in read(bob, number)] == ["once"]


def test_a_flood_is_answered_429_and_nothing_of_it_is_stored(serve):
    ann, bob, _ = cast(serve(MESSAGES_PER_SECOND=1, MESSAGES_BURST=1).url)
    number = conversation(ann, bob)
    statuses = []
    while 429 not in statuses and len(statuses) < 50:
        answer = ann.post("/message", {"ConversationId": number, "Message": "again"})
        statuses.append(answer.status)
    assert set(statuses) == {200, 429}
    assert answer.body == {"Message": "Error", "Data": "That is too fast. Please wait a moment."}
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(read(bob, number)) == statuses.count(200)


# The socket


@pytest.mark.parametrize("first", ["", "nonsense", "a.b.c", '{"Message": "x"}', "x" * 3000])
def test_a_first_frame_that_is_no_token_closes_the_socket_at_once(nobody, first):
    with nobody.socket("/websocket") as socket:
        assert socket.hear() == OPEN
        socket.say(first)
        assert socket.hear_close().code == 1008


def test_a_dead_token_or_a_binary_one_closes_too(play):
    ann, _, _ = play
    with ann.stranger().socket("/websocket") as socket:
        socket.say_bytes(ann.token.encode())
        assert socket.hear_close().code == 1008
    ann.post("/user/logout")
    with ann.stranger().socket("/websocket") as socket:
        socket.say(ann.token)
        assert socket.hear_close().code == 1008


def test_the_eleventh_socket_of_a_person_has_to_wait(play):
    ann, _, _ = play
    with ExitStack() as open_ones:
        for _ in range(10):
            open_ones.enter_context(listening(ann))
        with ann.stranger().socket("/websocket") as socket:
            assert socket.hear() == OPEN
            socket.say(ann.token)
            assert socket.hear_close().code == 1013
    listening(ann).close()


def test_before_its_token_a_socket_hears_nothing(play):
    ann, bob, _ = play
    with ann.socket("/websocket") as hers:
        assert hers.hear() == OPEN
        bob.post("/message", {"Recipient": ann.login, "Message": "too early"})
        hers.say(ann.token)
        assert hers.hear() == AUTHENTICATED
        bob.post("/message", {"Recipient": ann.login, "Message": "in time"})
        assert hers.hear()["Data"]["Message"] == "in time"


def test_a_token_in_the_address_is_as_good(play):
    ann, bob, _ = play
    with ann.stranger().socket(f"/websocket?token={ann.token}") as hers:
        assert (hers.hear(), hers.hear()) == (OPEN, AUTHENTICATED)
        bob.post("/message", {"Recipient": ann.login, "Message": "hello"})
        assert hers.hear()["Data"]["Message"] == "hello"
    with pytest.raises(Refused) as refused:
        ann.stranger().socket("/websocket?token=nonsense")
    assert (refused.value.status, refused.value.body) == (401, INVALID)


def test_without_an_upgrade_it_is_426(nobody):
    answer = nobody.get("/websocket")
    assert (answer.status, answer.body["Message"]) == (426, "Error")


def test_typing_goes_to_all_other_members_and_to_nobody_else(play):
    ann, bob, cid = play
    number = conversation(ann, bob)
    with listening(ann) as hers, listening(ann) as twin, listening(bob) as his, listening(cid) as cids:
        typing = {"User": ann.login, "Message": "Typing", "ConvId": number}
        hers.say(typing)
        assert his.hear() == typing
        for other in (bob, cid):
            other.post("/message", {"Recipient": ann.login, "Message": "fence"})
        ann.post("/message", {"Recipient": cid.login, "Message": "fence"})
        for socket in (hers, twin, cids):
            assert socket.hear()["Data"]["Message"] == "fence"


def test_typing_for_another_or_elsewhere_is_refused(play):
    ann, bob, cid = play
    number = conversation(ann, bob)
    square = ann.post("/group", {"name": "square", "private": False, "members": []}).body["id"]
    with listening(cid) as cids, listening(bob) as his, listening(ann) as hers:
        for frame in (
            {"User": cid.login, "Message": "Typing", "ConvId": number},
            {"User": cid.login, "Message": "Typing", "ConvId": square},
            {"User": ann.login, "Message": "Typing", "ConvId": number},
            {"User": cid.login, "Message": "Typing", "ConvId": "999999999"},
        ):
            cids.say(frame)
            answer = cids.hear()
            assert answer["Message"] == "Error"
            assert answer["Data"]
        typing = {"User": ann.login, "Message": "Typing", "ConvId": int(number)}
        hers.say(typing)
        assert his.hear() == {**typing, "ConvId": number}


def test_no_frame_can_be_anything_else(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    good = {"User": ann.login, "Message": "Typing", "ConvId": number}
    with listening(ann) as hers, listening(bob) as his:
        for words, frame in hostile.bodies(good, list(good)):
            hers.say(frame)
            answer = hers.hear()
            assert (words, answer["Message"]) == (words, "Error")
            assert isinstance(answer["Data"], str), words
        for words, frame in hostile.WHOLE.items():
            (hers.say_bytes(frame) if words in ("not UTF-8", "binary") else hers.say(frame.decode()))
            assert (words, hers.hear()["Message"]) == (words, "Error")
        hers.say(good)
        assert his.hear() == good


def test_logging_out_closes_ones_sockets_and_nobody_elses(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    with listening(ann) as hers, listening(bob) as his:
        ann.post("/user/logout")
        assert hers.hear_close().code == 1008
        elsewhere = ann.elsewhere()
        wrote(elsewhere, number, "still here")
        assert his.hear()["Data"]["Message"] == "still here"


# What the others write arrives here


def test_raw_text_from_flash_chat_arrives_live_and_in_history(play):
    ann, bob, _ = play
    with bob.socket(f"/chats/{ann.login}") as his, listening(ann) as hers:
        his.say("raw")
        push = hers.hear()
        assert push["Data"]["Message"] == "raw"
        assert read(ann, push["ConversationId"])[0] == push["Data"]


def test_a_file_is_a_line_with_name_size_and_a_link_that_opens(play):
    ann, bob, _ = play
    with listening(bob) as his, bob.socket(f"/chats/{ann.login}") as raw:
        form = {"receiver": (None, bob.uid), "message": (None, "see"), "attached_file": ("plan.txt", b"x" * 2048)}
        sent = ann.ask("POST", "/chat/chat-attachment/", files=form)
        assert sent.status == 201, sent
        push = his.hear()
        text, line = push["Data"]["Message"].split("\n")
        assert (text, line.rpartition(" ")[0]) == ("see", "plan.txt (2.0 KB)")
        assert read(bob, push["ConversationId"])[0]["Message"].split("?")[0] == f"see\n{line}".split("?")[0]
        assert raw.hear()["body"].split("?")[0] == f"see\n{line}".split("?")[0]
        link = line.rpartition(" ")[2]
        assert bob.stranger().get(link).body == "x" * 2048


def test_who_is_removed_from_a_group_hears_nothing_more(play):
    ann, bob, cid = play
    number = conversation(ann, bob, cid)
    with listening(bob) as his, listening(cid) as cids:
        wrote(ann, number, "to both")
        assert his.hear()["Data"]["Message"] == cids.hear()["Data"]["Message"] == "to both"
        assert ann.delete(f"/group/{number}/members/{cid.login}").status == 200
        assert his.hear()["Data"]["Message"] == "removed Cid"
        wrote(ann, number, "to bob")
        assert his.hear()["Data"]["Message"] == "to bob"
        ann.post("/message", {"Recipient": cid.login, "Message": "fence"})
        heard = cids.hear_until(lambda frame: frame["Data"]["Message"] in ("to bob", "fence"))
        assert heard["Data"]["Message"] == "fence"
        cids.say({"User": cid.login, "Message": "Typing", "ConvId": number})
        assert cids.hear()["Message"] == "Error"
    assert said(cid.get(f"/message/{number}"))[0] == 401
    assert said(cid.post("/message", {"ConversationId": number, "Message": "x"}))[0] == 401


def test_a_public_group_may_be_read_by_everyone_and_writing_joins_it(play):
    ann, bob, _ = play
    number = ann.post("/group", {"name": "square", "private": False, "members": []}).body["id"]
    wrote(ann, number, "welcome")
    assert [m["Message"] for m in read(bob, number)] == ["created the group", "welcome"]
    assert number not in [row["ConversationId"] for row in bob.get("/conversation").body["Data"]]
    wrote(bob, number, "thanks")
    assert [m["Message"] for m in read(bob, number)][-2:] == ["joined", "thanks"]
    assert number in [row["ConversationId"] for row in bob.get("/conversation").body["Data"]]


def test_what_gmessenger_edits_and_deletes_is_told_here(play):
    ann, bob, _ = play
    with listening(bob) as his:
        sent = ann.post(f"/dialog/{bob.login}", {"text": "native"}).body
        push = his.hear()
        assert (push["Data"]["MessageId"], push["Data"]["Message"]) == (str(sent["id"]), "native")
        ann.ask("PATCH", f"/message/{sent['id']}", {"text": "patched"})
        assert his.hear()["Data"]["Message"] == "patched"
        ann.delete(f"/gmessenger/message/{sent['id']}")
        assert his.hear()["Message"] == "Message Deleted"


def test_typing_travels_between_protocols(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    with listening(bob) as his, ann.socket(f"/dialog/{bob.login}/ws") as native:
        native.say({"type": "typing", "payload": {"user_login": ann.login}})
        assert his.hear() == {"User": ann.login, "Message": "Typing", "ConvId": number}


# Forged tokens


def forged(person, key="another key, 32 bytes long or more", algorithm="HS256", **changed):
    claims = {**jwt.decode(person.token, options={"verify_signature": False}), **changed}
    return jwt.encode(claims, key, algorithm=algorithm)


@pytest.mark.parametrize("where", ["header", "frame", "address"])
def test_no_forged_token_is_believed(troupe, where):
    ann, bob, _ = troupe
    head, payload, signature = ann.token.split(".")
    tokens = [
        forged(ann),
        forged(ann, key="", algorithm="none"),
        forged(ann, key="another key, 64 bytes long or more" * 3, algorithm="HS512"),
        forged(ann, exp=1),
        f"{head}.{payload}.",
        f"{head}.{bob.token.split('.')[1]}.{signature}",
        f"{head}.{payload}",
    ]
    for token in tokens:
        if where == "header":
            assert said(ann.stranger().get("/conversation", headers={"Authorization": f"Bearer {token}"})) == (
                401,
                INVALID,
            )
        elif where == "frame":
            with ann.stranger().socket("/websocket") as socket:
                assert socket.hear() == OPEN
                socket.say(token)
                assert socket.hear_close().code == 1008
        else:
            with pytest.raises(Refused):
                ann.stranger().socket(f"/websocket?token={token}")


# Bad input

BODIES = [
    ("POST", "/user", {"Username": "no-one", "Password": "secret"}, ["Username", "Password"]),
    ("POST", "/user/login", {"Username": "nobody-else", "Password": "secret"}, ["Username", "Password"]),
    ("POST", "/conversation", {"Recipient": "no-body"}, ["Recipient"]),
    ("POST", "/message", {"ConversationId": "1", "Message": "x"}, ["ConversationId", "Message"]),
    ("POST", "/message", {"Recipient": "no-body", "Message": "x", "client_id": "1"}, ["Recipient", "Message"]),
    ("PUT", "/message", {"MessageId": "1", "Message": "x"}, ["MessageId", "Message"]),
    ("PUT", "/message/1", {"Message": "x"}, ["Message"]),
]


@pytest.mark.parametrize(("method", "path", "good", "needed"), BODIES)
def test_no_field_of_no_body_can_be_anything_else(play, method, path, good, needed):
    ann, _, _ = play
    for words, body in hostile.bodies(good, needed):
        answer = ann.ask(method, path, body)
        # A password of three spaces is one.
        fine = 200 if (path, words) == ("/user", "Password is only space") else 400
        assert answer.status in (fine, 401, 404, 413), (words, answer)
        assert list(answer.body) == ["Message", "Data"], (words, answer)


def test_recipients_must_be_a_list_of_names(troupe):
    ann, bob, _ = troupe
    for wrong in ([], "x", 5, {}, [5], [bob.login, None], [[bob.login]]):
        answer = ann.post("/conversation", {"Recipients": wrong})
        assert (answer.status, answer.body["Message"]) == (400, "Error"), wrong


@pytest.mark.parametrize("words", hostile.WHOLE)
def test_no_body_can_be_no_object(troupe, words):
    ann, _, _ = troupe
    for method, path, _, _ in BODIES:
        answer = ann.ask(method, path, hostile.WHOLE[words])
        assert (answer.status, answer.body["Message"]) == (400, "Error"), (path, answer)


def test_the_message_has_its_limits(play):
    ann, bob, _ = play
    number = conversation(ann, bob)
    for wrong in ("", "  \n", "\u200b", "x" * 8001, "a\x00b", "\ud800"):
        body = json.dumps({"ConversationId": number, "Message": wrong})
        answer = ann.post("/message", body)
        assert (answer.status, answer.body["Message"]) == (400, "Error"), wrong[:5]
    wrote(ann, number, "👍" * 8000)
    assert len(read(bob, number)) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", "/message", 405),
        ("GET", "/user", 405),
        ("GET", "/conversation/1", 404),
        ("GET", "/websocket-messenger/x", 404),
    ],
)
def test_addresses_and_methods_that_do_not_exist_are_told_in_the_envelope(troupe, method, path, status):
    ann, _, _ = troupe
    answer = ann.ask(method, path)
    assert (answer.status, answer.body["Message"]) == (status, "Error")
    assert list(answer.body) == ["Message", "Data"]


def test_who_said_nothing_has_been_cut_after_ten_seconds(silent):
    assert silent.result().code == 1008
