"""flash_chat, as its document plays it: an account, the list, a socket with raw text."""

import json
import random
import time
import uuid
from threading import Event, Thread
from urllib.parse import quote

import jwt
import pytest

from tests.cast import Person, cast
from tests.protocols import hostile
from tests.wires import Refused, Wire

GREETED = {"code": "200", "message": "welcome Parsa"}


@pytest.fixture(scope="module", autouse=True)
def first_of_all(server):
    """The message with the id 1 stands in none of the plays: `after=1` means everything, whichever play comes first."""
    ann, bob, _ = cast(server.url)
    with ann.socket(f"/chats/{bob.login}") as hers, bob.socket(f"/chats/{ann.login}") as his:
        hers.say("first of all")
        assert his.hear()["body"] == "first of all"


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


def applicant(**more):
    return {"name": "Parsa", "username": f"apm-{uuid.uuid4().hex[:8]}", "password": "secret", **more}


# The document's own examples


def test_registering_and_logging_in_answer_as_the_document_shows(nobody):
    apm = applicant()
    answer = nobody.post("/register", apm)
    assert answer.status == 200
    assert list(answer.body) == ["code", "message", "content"]
    assert {k: answer.body[k] for k in GREETED} == GREETED
    assert isinstance(answer.body["content"]["token"], str)
    assert answer.body["content"]["user"] == {
        "id": answer.body["content"]["user"]["id"],
        "uid": str(uuid.UUID(answer.body["content"]["user"]["uid"])),
        "login": apm["username"],
        "name": "Parsa",
        "email": None,
    }
    assert f"sessionToken={answer.body['content']['token']}" in answer.headers["Set-Cookie"]
    again = nobody.post("/login", {**apm, "name": "ignored"})
    assert (again.status, again.body["code"], again.body["message"]) == (200, "200", "")
    assert again.body["content"]["token"] != answer.body["content"]["token"]
    assert "sessionToken=" in again.headers["Set-Cookie"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream", ""])
def test_json_is_read_whatever_its_content_type(nobody, kind):
    answer = nobody.post("/register", json.dumps(applicant()), headers={"Content-Type": kind})
    assert answer.status == 200, answer


def test_json_that_a_program_calls_a_form_is_still_json(nobody):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert nobody.post("/register", json.dumps(applicant()), headers=form).body["message"] == "welcome Parsa"


@pytest.mark.parametrize("path", ["/users", "/users/"])
def test_everybody_is_listed_by_name(troupe, path):
    ann, bob, _ = troupe
    answer = ann.get(path)
    assert (answer.status, answer.body["code"], answer.body["message"]) == (200, "200", "")
    rows = answer.body["content"]
    assert {"name": "Bob", "username": bob.login, "uid": bob.uid} in rows
    assert [row["name"].casefold() for row in rows] == sorted(row["name"].casefold() for row in rows)


def test_raw_text_arrives_as_the_documented_object(play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as hers, bob.socket(f"/chats/{ann.login}") as his:
        hers.say("hello world!")
        frame = his.hear()
        assert list(frame) == ["from", "body", "sent_at", "id"]
        assert (frame["from"], frame["body"]) == (ann.login, "hello world!")
        assert isinstance(frame["sent_at"], int)
        assert abs(frame["sent_at"] - time.time()) < 60
        his.say("hi")
        # The first thing she hears is his answer: no echo of her own.
        assert hers.hear()["body"] == "hi"


@pytest.mark.parametrize("header", ["Bearer {}", "Bearer{}", "bearer {}", "{}"])
def test_the_token_is_taken_in_every_form_that_clients_send(troupe, header):
    ann, _, _ = troupe
    anonymous = ann.stranger()
    assert anonymous.get("/users", headers={"Authorization": header.format(ann.token)}).status == 200


# Accounts


def test_a_client_that_keeps_its_cookies_may_sign_in_again_in_plain_text(nobody):
    apm = applicant()
    for path in ("/register", "/login", "/login"):
        assert nobody.post(path, json.dumps(apm)).status == 200
    foreign = {"Origin": "https://evil.example"}
    assert nobody.post("/login", json.dumps(apm), headers=foreign).status == 403


def test_names_may_be_of_any_script(nobody):
    answer = nobody.post("/register", applicant(name="پارسا  Ünal 山田"))
    assert answer.body["message"] == "welcome پارسا Ünal 山田"


def test_a_taken_name_is_refused_in_any_letter_case(nobody):
    apm = applicant()
    nobody.post("/register", apm)
    answer = nobody.post("/register", {**apm, "username": apm["username"].upper()})
    assert (answer.status, answer.body["code"], answer.body["content"]) == (409, "409", None)


@pytest.mark.parametrize("login", ["ws", "active", "login", "logout", "me", "admin", "new", "static", "WS"])
def test_reserved_logins_are_refused(nobody, login):
    assert nobody.post("/register", applicant(username=login)).status == 400


def test_a_wrong_password_and_an_unknown_user_are_told_alike(nobody):
    apm = applicant()
    nobody.post("/register", apm)
    wrong = nobody.post("/login", {**apm, "password": "other"})
    unknown = nobody.post("/login", applicant())
    assert wrong.status == unknown.status == 401
    assert wrong.body == unknown.body
    assert wrong.body["code"] == "401"


def test_the_token_dies_after_jwt_exp_minutes(nobody):
    token = nobody.post("/register", applicant()).body["content"]["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 120 * 60
    assert set(claims) == {"sub", "jti", "iat", "exp"}


def test_the_documents_own_env_file_is_understood(serve, tmp_path):
    env = tmp_path / ".env"
    env.write_text(
        "JWT_KEY=your-jwt-encryption-key\nJWT_EXP=60 // jwt expiration time in minutes\n\n"
        'HTTP_HOST=":8080" // http serving port\n'
    )
    token = Wire(serve(ENV_FILE=env).url).post("/register", applicant()).body["content"]["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 60 * 60


@pytest.mark.parametrize(
    ("headers", "words"),
    [({}, "Authorization header is required"), ({"Authorization": "Bearer nonsense"}, "unauthorized user")],
)
def test_who_is_nobody_is_told_so_in_the_words_of_the_original(nobody, headers, words):
    answer = nobody.get("/users", headers=headers)
    assert answer.status == 401
    assert answer.body == {"code": "401", "message": words, "content": None}


# The socket


def test_what_another_session_of_mine_says_comes_too(play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as desk, ann.elsewhere().socket(f"/chats/{bob.login}") as phone:
        phone.say("from the phone")
        frame = desk.hear()
        assert (frame["from"], frame["body"]) == (ann.login, "from the phone")
        desk.say("from the desk")
        assert phone.hear()["body"] == "from the desk"


def test_a_socket_carries_its_own_dialog_only(play):
    ann, bob, cid = play
    with (
        ann.socket(f"/chats/{bob.login}") as with_bob,
        cid.socket(f"/chats/{ann.login}") as cids,
        bob.socket(f"/chats/{ann.login}") as bobs,
        ann.socket(f"/chats/{cid.login}") as with_cid,
    ):
        cids.say("from cid")
        assert with_cid.hear()["body"] == "from cid"
        bobs.say("from bob")
        assert with_bob.hear()["body"] == "from bob"


@pytest.mark.parametrize(
    "text",
    ['{"type":"x"}', "null", "line\nline", "مرحبا", "👩‍👩‍👧", "<b>&amp;</b>", " spaced ", "x" * 8000],
    ids=lambda text: text[:12],
)
def test_text_is_text_to_the_last_sign(troupe, text):
    ann, bob, _ = troupe
    with ann.socket(f"/chats/{bob.login}") as hers, bob.socket(f"/chats/{ann.login}") as his:
        hers.say(text)
        assert his.hear()["body"] == text


def test_what_cannot_be_sent_is_answered_and_the_socket_stays_open(play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as hers, bob.socket(f"/chats/{ann.login}") as his:
        for wrong in ("", " \n\t", "\u200b", "x" * 8001, "a\x00b"):
            hers.say(wrong)
            answer = hers.hear()
            assert list(answer) == ["error"]
            assert answer["error"]
        hers.say_bytes(b"binary")
        assert hers.hear() == {"error": "A message must be text."}
        hers.say("good")
        assert his.hear()["body"] == "good"


def test_nothing_is_replayed_unless_asked_for(play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as hers:
        for text in ("one", "two", "three"):
            hers.say(text)
        with hers_seen_by(bob, ann) as his:
            first = his.hear()
            assert [first["body"], his.hear()["body"], his.hear()["body"]] == ["one", "two", "three"]
        with bob.socket(f"/chats/{ann.login}") as his:
            hers.say("four")
            assert his.hear()["body"] == "four"
        with bob.socket(f"/chats/{ann.login}?after={first['id']}") as his:
            assert [his.hear()["body"] for _ in range(3)] == ["two", "three", "four"]
            hers.say("five")
            assert his.hear()["body"] == "five"


def hers_seen_by(person, other):
    """A socket that begins with the first message of the dialog."""
    return person.socket(f"/chats/{other.login}?after=1")


def test_a_replay_leaves_nothing_out_however_much_it_is(server, play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as hers, bob.socket(f"/chats/{ann.login}") as his:
        for n in range(25):
            hers.say(f"{n}")
        assert [his.hear()["body"] for _ in range(25)] == [str(n) for n in range(25)]
    with bob.socket(f"/chats/{ann.login}?after=1") as his:
        assert [his.hear()["body"] for _ in range(25)] == [str(n) for n in range(25)]


def test_who_asks_in_the_middle_of_a_stream_misses_nothing_and_gets_nothing_twice(server):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(5):
        ann, bob, _ = cast(server.url)
        begun = Event()

        def stream(ann=ann, bob=bob, begun=begun):
            with ann.socket(f"/chats/{bob.login}") as hers:
                for n in range(28):
                    hers.say(str(n))
                    if n == 3:
                        begun.set()
                    time.sleep(chance.random() / 500)

        speaker = Thread(target=stream)
        speaker.start()
        begun.wait(10)
        time.sleep(chance.random() / 30)
        with bob.socket(f"/chats/{ann.login}?after=1") as his:
            assert [his.hear()["body"] for _ in range(28)] == [str(n) for n in range(28)]
            speaker.join()
            ann.post("/message", {"Recipient": bob.login, "Message": "fence"})
            assert his.hear()["body"] == "fence"


@pytest.mark.parametrize("after", ["", "abc", "-1", "0", "1.5", "9" * 30])
def test_a_malformed_after_is_refused_at_the_handshake(troupe, after):
    ann, bob, _ = troupe
    with pytest.raises(Refused) as refused:
        ann.socket(f"/chats/{bob.login}?after={after}")
    assert (refused.value.status, refused.value.body["code"]) == (400, "400")


def test_handshakes_are_refused_in_json(troupe, nobody):
    ann, bob, _ = troupe
    cases = [
        (nobody, bob.login, {}, 401, "Authorization header is required"),
        (nobody, bob.login, {"Authorization": "Bearer x"}, 401, "unauthorized user"),
        (ann, "nobody-at-all", {}, 404, "There is nobody called nobody-at-all."),
    ]
    for wire, login, headers, status, words in cases:
        with pytest.raises(Refused) as refused:
            wire.socket(f"/chats/{login}", headers=headers)
        assert refused.value.status == status
        assert refused.value.body == {"code": str(status), "message": words, "content": None}


@pytest.mark.parametrize("prefix", ["", "/flash-chat"])
def test_without_an_upgrade_it_is_426(troupe, prefix):
    ann, bob, _ = troupe
    answer = ann.get(f"{prefix}/chats/{bob.login}")
    assert (answer.status, answer.body["code"], answer.body["content"]) == (426, "426", None)
    assert (answer.headers["Upgrade"], answer.headers["Connection"]) == ("websocket", "close")


def test_the_token_may_stand_in_the_address_of_a_socket_and_nowhere_else(play, nobody):
    ann, bob, _ = play
    with nobody.socket(f"/chats/{bob.login}?token={ann.token}") as socket, bob.socket(f"/chats/{ann.login}") as his:
        socket.say("by address")
        assert his.hear()["body"] == "by address"
    assert nobody.get(f"/users?token={ann.token}").status == 401


def test_the_cookie_opens_a_socket_only_for_our_own_pages(server, play, nobody):
    ann, bob, _ = play
    cookie = {"Cookie": f"sessionToken={ann.token}"}
    with pytest.raises(Refused) as refused:
        nobody.socket(f"/chats/{bob.login}", headers={**cookie, "Origin": "https://evil.example"})
    assert refused.value.status == 403
    nobody.socket(f"/chats/{bob.login}", headers={**cookie, "Origin": server.url}).close()


def test_logging_out_anywhere_closes_the_socket(play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as hers:
        assert ann.post("/user/logout").status == 200
        assert hers.hear_close().code == 1008
    with pytest.raises(Refused) as refused:
        ann.socket(f"/chats/{bob.login}")
    assert refused.value.status == 401


def test_names_with_any_letters_are_found_in_the_address(server):
    zoe = Person(server.url, "ann")
    made = zoe.stranger().post("/register", applicant(username=f"Зоя-{uuid.uuid4().int % 10**9}"))
    login = made.body["content"]["user"]["login"]
    other = Wire(server.url, made.body["content"]["token"])
    with zoe.socket(f"/chats/{quote(login)}") as hers, other.socket(f"/chats/{zoe.login.upper()}") as theirs:
        hers.say("hello")
        assert theirs.hear()["from"] == zoe.login


def test_notes_to_oneself_travel_between_ones_devices(play):
    ann, _, _ = play
    with ann.socket(f"/chats/{ann.login}") as desk, ann.elsewhere().socket(f"/chats/{ann.login}") as phone:
        desk.say("remember")
        assert phone.hear()["body"] == "remember"


def test_a_flood_is_answered_with_an_error_and_nothing_of_it_is_stored(play):
    ann, bob, _ = play
    with ann.socket(f"/chats/{bob.login}") as hers, bob.socket(f"/chats/{ann.login}") as his:
        for n in range(120):
            hers.say(f"{n}")
        assert "too fast" in hers.hear()["error"]
        heard = [int(his.hear()["body"]) for _ in range(30)]
        assert heard[:30] == list(range(30))


# What the others write arrives here


def test_a_message_written_over_http_in_another_protocol_arrives(play):
    ann, bob, _ = play
    with bob.socket(f"/chats/{ann.login}") as his:
        sent = ann.post("/message", {"Recipient": bob.login, "Message": "from elsewhere"})
        assert his.hear() == {
            "from": ann.login,
            "body": "from elsewhere",
            "sent_at": pytest.approx(time.time(), abs=60),
            "id": int(sent.body["Data"]),
        }


def test_what_a_socket_was_sent_counts_as_read(play):
    ann, bob, _ = play
    conversation = ann.post("/conversation", {"Recipient": bob.login}).body["Data"]
    with bob.socket(f"/chats/{ann.login}") as his:
        ann.post("/message", {"ConversationId": conversation, "Message": "read this"})
        his.hear()
    for _ in range(50):
        rows = {row["ConversationId"]: row for row in ann.get("/conversation").body["Data"]}
        if not rows[conversation]["NewMessage"][bob.login]:
            return
        time.sleep(0.05)
    raise AssertionError(rows[conversation])


# Bad input


def test_no_field_of_no_body_can_be_anything_else(serve):
    nobody = Wire(serve(LIMITS="off").url)
    for path, needed in (("/register", ["username", "password", "name"]), ("/login", ["username", "password"])):
        for words, body in hostile.bodies(applicant(), needed):
            answer = nobody.post(path, body)
            # A password of spaces is one, and logging in looks at no name.
            fine = {"password is only space"} if path == "/register" else set()
            expected = (200,) if words in fine else (400, 413) if path == "/register" else (400, 401, 413)
            assert answer.status in expected, (words, answer)
            assert answer.body["code"] == str(answer.status), (words, answer)
            assert set(answer.body) == {"code", "message", "content"}, (words, answer)


@pytest.mark.parametrize("path", ["/register", "/login"])
@pytest.mark.parametrize("words", hostile.WHOLE)
def test_no_body_can_be_no_object(nobody, path, words):
    answer = nobody.post(path, hostile.WHOLE[words])
    assert (answer.status, answer.body["code"], answer.body["content"]) == (400, "400", None), answer


def test_a_body_that_is_too_large_is_refused(nobody):
    answer = nobody.post("/register", b" " * 140_000)
    assert (answer.status, answer.body["code"]) == (413, "413")


def test_the_message_says_which_field_is_wrong(nobody):
    for name in ("name", "username", "password"):
        body = applicant()
        del body[name]
        assert name in nobody.post("/register", body).body["message"]
        assert name in nobody.post("/register", applicant(**{name: 5})).body["message"]


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/users", 405), ("GET", "/flash-chat/nothing", 404)])
def test_addresses_and_methods_that_do_not_exist_are_told_in_the_envelope(troupe, method, path, status):
    ann, _, _ = troupe
    answer = ann.ask(method, path)
    assert (answer.status, answer.body["code"], answer.body["content"]) == (status, str(status), None)
