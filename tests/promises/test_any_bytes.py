"""G36, G37: whatever bytes come on any protocol's socket or path, nobody else notices, nothing surprises the server.

Hypothesis invents them, the same ones in every run; the long form more, from a seed that it prints.
"""

import contextlib
import json
import random
import secrets
import socket as sockets
from urllib.parse import urlsplit

import jwt
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as some

from messenger.settings import Settings
from tests.fixtures.server import Server
from tests.live import wire as raw
from tests.promises.company import TOKEN, Ear, people, say, whisper
from tests.protocols.hostile import VALUES
from tests.wires import Refused, Wire

# Each protocol's sockets; what is said first on it; keys and words that its frames know.
LINES = {
    "websocket_messenger": ("/websocket", ["User", "Message", "ConvId"], ["Typing"]),
    "flash_chat": ("/chats/{bob}", ["from", "body"], ["text"]),
    "netrox": (
        "/ws/chat/room/",
        ["action", "message_body", "receiver_id", "chat_id", "client_id"],
        ["chat_message", "chat_message_file"],
    ),
    "mvp_messenger": (
        "/",
        ["type", "params", "limit", "page", "receiverId", "groupId", "userId", "content", "groupName", "client_id"],
        ["listLastMessage", "getlatestMessageDialog", "getlatestMessageGroup", "newGroup", "addUserInGroup",
         "leaveGroup", "messageInGroup", "privateMessage"],
    ),
    "gmessenger dialog": (
        "/dialog/{bob}/ws",
        ["type", "payload", "text", "client_id", "reply_to", "id", "status", "user_login", "is_typing", "chat"],
        ["send_message", "send message", "message_status", "typing", "user_activity", "read"],
    ),
    "gmessenger list": ("/chats/ws", ["type", "payload", "text", "chat", "id"], ["send_message", "message_status"]),
    "page": ("/dialog/{bob}/ws?page=1", ["type", "payload", "text", "id"], ["send_message", "message_status", "draft"]),
    "page list": ("/chats/ws?page=1", ["type", "payload"], ["user_activity"]),
}  # fmt: skip
PATHS = ["/message", "/message/1", "/user", "/user/login", "/conversation", "/register", "/login", "/chats",
         "/dialog/x",
         "/group", "/group/1", "/group/1/members", "/messages/new", "/messages/unsent", "/user/active/", "/upload",
         "/auth/sign-up", "/auth/login", "/profile/update", "/users/list", "/users", "/chat/messages/x/",
         "/chat/chat-attachment/", "/chat/get-user-threads/", "/ws/chat/room/", "/websocket", "/me", "/search?q=x",
         "/mediafiles/x", "/file/1", "/people", "/settings/privacy", "/logout", "/avatar"]  # fmt: skip
CLOSINGS = {None, 1000, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1012, 1013}
HOSTILE = [json.loads(value) for _, value in VALUES if not value.startswith("[[[")]
QUICK = settings(
    derandomize=True, max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
LONG = settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture(scope="module")
def pair(stand):
    """Ann, who says anything at all, and bob with cid, who only want to talk to each other."""
    ann, bob, cid = people(stand.url, "ann", "bob", "cid")
    say(ann, f"/dialog/{bob.login}", whisper("first"))
    return ann, bob, cid


def words_of(name):
    """A strategy of whole frames: bytes, texts, JSON of anything, and JSON that is nearly right."""
    _, keys, kinds = LINES[name]
    leaf = some.one_of(some.sampled_from(HOSTILE + kinds), some.text(max_size=20), some.integers(), some.floats())
    value = some.recursive(
        leaf, lambda one: some.lists(one, max_size=3) | some.dictionaries(some.text(max_size=9), one)
    )
    near = some.dictionaries(some.sampled_from(keys), value, min_size=1)
    typed = some.builds(
        lambda kind, rest, inner: {**rest, keys[0]: kind, keys[1]: inner}, some.sampled_from(kinds), near, near
    )
    doubled = some.builds(
        lambda kind: f'{{"{keys[0]}":"{kind}","{keys[0]}":1,"{keys[0]}":"{kind}"}}', some.sampled_from(kinds)
    )
    said = (
        (near | typed | value).map(json.dumps) | doubled | some.sampled_from(["[" * 100_000, '{"a":' * 20_000, "NaN"])
    )
    opcode = some.sampled_from(
        [raw.TEXT, raw.TEXT, raw.TEXT, raw.BINARY, raw.PING, raw.PONG, raw.CONT, raw.CLOSE, 3, 11]
    )
    proper = some.builds(lambda words: raw.text(words.encode("utf-8", "surrogatepass")[:70_000]), said)
    anything = some.builds(raw.frame, opcode, some.binary(max_size=100), fin=some.booleans(), masked=some.booleans())
    return some.lists(proper | proper | anything | some.binary(min_size=1, max_size=40), min_size=1, max_size=12)


def throw(ann, bob, name, frames):
    """Say all of it on a fresh socket, then a ping and a close; how it ended."""
    path = LINES[name][0].format(bob=bob.login)
    place = urlsplit(ann.base)
    lines = [f"Authorization: Bearer {ann.token}"]
    with contextlib.closing(sockets.create_connection((place.hostname, place.port), 10)) as line:
        line.sendall(raw.request(place.port, path, *lines))
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(4096)
        assert head.startswith(b"HTTP/1.1 101"), head
        if name == "websocket_messenger":
            line.sendall(raw.text(ann.token))
        with contextlib.suppress(ConnectionError):
            for frame in frames:
                line.sendall(frame)
            line.sendall(raw.close(1000))
            line.shutdown(sockets.SHUT_WR)
        return how_it_ended(line, head.partition(b"\r\n\r\n")[2])


def how_it_ended(line, came):
    """The close code; every frame until then must be whole and unmasked."""
    with contextlib.suppress(ConnectionError):
        while part := line.recv(65536):
            came += part
    assert b"Traceback" not in came
    assert b"HTTP/1.1 500" not in came
    code = None
    while len(came) >= 2:
        opcode, length = came[0] & 15, came[1]
        start = 2 if length < 126 else 4 if length == 126 else 10
        length = length if length < 126 else int.from_bytes(came[2:start])
        content, came = came[start : start + length], came[start + length :]
        if opcode == raw.CLOSE:
            code = int.from_bytes(content[:2]) if content else 1005
    return code


@pytest.mark.security("any bytes")
@pytest.mark.parametrize("name", LINES)
def test_no_frames_harm(stand, pair, name):
    bombard(stand, pair, name, QUICK)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", LINES)
def test_no_frames_harm_however_many(stand, pair, name):
    number = secrets.randbelow(10**9)
    print("seed", number)
    bombard(stand, pair, name, LONG, seed(number))


def bombard(stand, pair, name, profile, start=lambda test: test):
    """What hypothesis invents; the neighbours talk all the while."""
    ann, bob, cid = pair
    ends = []

    @start
    @profile
    @given(words_of(name))
    def attempt(frames):
        code = throw(ann, bob, name, frames)
        assert code in CLOSINGS, code
        ends.append(code)

    with bob.socket(f"/dialog/{cid.login}/ws") as his:
        ear = Ear(his)  # somebody who answers no ping for a minute is taken for gone
        attempt()
        check_neighbours(stand, ear, cid, bob)
    print(f"G36 {name}: {len(ends)} conversations, closed with {sorted({str(end) for end in ends})}, neighbours well")


def check_neighbours(stand, ear, cid, bob):
    """They hear each other as if nothing were, and the log is quiet."""
    say(cid, f"/dialog/{bob.login}", text := whisper("undisturbed"))
    ear.until(lambda words: text in words)
    assert ear.code is None
    assert "Traceback" not in stand.log
    assert "failed" not in stand.log
    assert "unexpected error" not in stand.log


BODIES = some.one_of(
    some.binary(max_size=200),
    some.recursive(
        some.sampled_from(HOSTILE) | some.integers() | some.text(max_size=30),
        lambda one: some.lists(one, max_size=3)
        | some.dictionaries(
            some.sampled_from(["text", "login", "username", "password", "Message", "MessageId", "ConversationId",
                               "name",
                               "members", "email", "receiver_userID", "client_id", "reply_to", "attachments", "role"]),
            one,
        ),
    ).map(lambda value: json.dumps(value).encode()),
    some.sampled_from([b"[" * 100_000, b'{"text":NaN}', b'{"text":1e999}', b'{"a":1,"a":2}', b"\xff\xfe{}"]),
)  # fmt: skip
REQUESTS = some.tuples(
    some.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    some.sampled_from(PATHS),
    BODIES,
    some.sampled_from(["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                       "multipart/form-data; boundary=x", "", "\xff"]),
    some.sampled_from(["*/*", "text/html"]),
)  # fmt: skip


def ask_anything(stand, pair, profile, start=lambda test: test):
    """Requests that hypothesis invents, on every path of every protocol."""
    ann, bob, cid = pair
    statuses = []

    @start
    @profile
    @given(some.lists(REQUESTS, min_size=5, max_size=5))
    def attempt(requests):
        for method, path, body, kind, accept in requests:
            wire = Wire(ann.base, ann.token if path != "/logout" else "dead")
            headers = {"Content-Type": kind.encode("latin-1"), "Accept": accept}
            answer = wire.ask(method, path, body, headers=headers)
            assert 200 <= answer.status < 500, (method, path, body, answer)
            assert "Traceback" not in str(answer.body)
            statuses.append(answer.status)

    with bob.socket(f"/dialog/{cid.login}/ws") as his:
        ear = Ear(his)  # somebody who answers no ping for a minute is taken for gone
        attempt()
        check_neighbours(stand, ear, cid, bob)
    print(f"G36 {len(statuses)} requests on {len(PATHS)} paths: {sorted(set(statuses))}, never 5xx")


@pytest.mark.security("any bytes")
def test_no_request_harms(stand, pair):
    ask_anything(stand, pair, settings(QUICK, max_examples=60))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_request_harms_however_many(stand, pair):
    number = secrets.randbelow(10**9)
    print("seed", number)
    ask_anything(stand, pair, LONG, seed(number))


@pytest.mark.security("any bytes")
def test_no_bytes_on_the_port_harm(stand, pair):
    _, bob, cid = pair
    chance = random.Random(36)
    good = raw.request(0, "/websocket").decode()
    starts = [b"GET /", b"POST /message HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"\x16\x03\x01",
              b"PRI * HTTP/2.0",
              b"POST /message HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
              b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
              b"GET /\x00 HTTP/1.1\r\n\r\n", b"GET /dialog/%ff%fe HTTP/1.1\r\nHost: a\r\n\r\n"]  # fmt: skip
    starts += [good.replace(*change).encode() for change in (("13", "12"), ("Upgrade\r\n", "close\r\n"), ("dGhl", "x"),
               ("GET", "POST"), ("websocket\r\n", "h2c\r\n"), ("HTTP/1.1", "HTTP/1.0"))]  # fmt: skip
    answers = set()
    place = urlsplit(stand.url)
    with bob.socket(f"/dialog/{cid.login}/ws") as his:
        ear = Ear(his)  # somebody who answers no ping for a minute is taken for gone
        for start in [*starts, *(chance.randbytes(chance.randint(1, 300)) for _ in range(20))]:
            with contextlib.closing(sockets.create_connection((place.hostname, place.port), 5)) as line:
                line.sendall(start)
                line.shutdown(sockets.SHUT_WR)
                came = b""
                with contextlib.suppress(ConnectionError):
                    while part := line.recv(65536):
                        came += part
                answers.add(came[9:12].decode("latin-1"))
                assert b"Traceback" not in came
        check_neighbours(stand, ear, cid, bob)
    assert not {status for status in answers if status.startswith("5")}, answers
    print(f"G36 {len(starts) + 20} starts of requests: answered {sorted(answers)}")


JWT_KEY = "the-key-that-only-the-server-should-know-0123456789"
KEY = Settings.for_tests(jwt_key=JWT_KEY).jwt_secret


@pytest.fixture(scope="module")
def keyed(tmp_path_factory, blank_database):
    """A server whose key the attacker knows: even then only the row of a session lets somebody in."""
    server = Server(tmp_path_factory.mktemp("keyed"), blank_database, LIMITS="off", JWT_KEY=JWT_KEY).start()
    yield server
    server.kill()
    assert not TOKEN.search(server.log)
    assert "Traceback" not in server.log


def forgeries(ann, bob):
    """Tokens that say they are ann's, and are not."""
    claims = jwt.decode(ann.token, KEY, algorithms=["HS256"])
    his = jwt.decode(bob.token, KEY, algorithms=["HS256"])
    gone = ann.elsewhere()
    assert gone.post("/user/logout").status == 200

    def signed(key=KEY, algorithm="HS256", headers=None, **changed):
        kept = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return jwt.encode(kept, key, algorithm=algorithm, headers=headers)

    head, body, signature = ann.token.split(".")
    return {
        "alg none": signed(None, "none"),
        "alg none, old signature": f"{signed(None, 'none')}{signature}",
        "no signature": f"{head}.{body}.",
        "another key": signed("x" * 48),
        "an empty key": signed("\0" * 32),
        "another algorithm": signed(algorithm="HS512"),
        "expired": signed(exp=claims["iat"] - 10),
        "no end": signed(exp=None),
        "no session": signed(jti=None),
        "an unknown session": signed(jti=secrets.token_urlsafe(24)),
        "bob's session": signed(jti=his["jti"]),
        "bob by ann's session": signed(sub=his["sub"]),
        "nobody": signed(sub="999999999"),
        "sub is no number": signed(sub="ann"),
        "sub is huge": signed(sub="9" * 400),
        "not yet": signed(nbf=claims["iat"] + 10**6),
        "a critical header": signed(headers={"crit": ["b64"], "b64": False}),
        "an ended session": gone.token,
        "changed body": f"{head}.{body[:-2]}AA.{signature}",
        "twice": ann.token + ann.token,
        "long": ann.token + "A" * 3_000,
        "empty": "",
        "not ASCII": "é.é.é",
        "dots": "..",
    }


@pytest.mark.security("tokens")
def test_no_forged_token_is_believed_anywhere(keyed):
    ann, bob = people(keyed.url, "ann", "bob")
    doors = ["/conversation", "/users", "/chat/get-user-threads/", "/users/list", "/chats", "/me", "/settings/sessions"]
    lines = [f"/dialog/{bob.login}/ws", "/chats/ws", "/chats/ws?page=1", "/ws/chat/room/", "/", f"/chats/{bob.login}"]
    for path in doors:
        assert ann.get(path).status == 200, path
    asked = 0
    for name, token in forgeries(ann, bob).items():
        for path in doors:
            for headers in (
                {"Authorization": f"Bearer {token}"},
                {"Authorization": token},
                {"Cookie": f"sessionToken={token}"},
            ):
                coded = {key: value.encode() for key, value in headers.items()}
                answer = Wire(keyed.url).get(path, headers=coded)
                assert answer.status in (302, 303, 401), (name, path, answer)
                asked += 1
        if not token.isascii():
            continue
        for path in lines:
            joint = "&" if "?" in path else "?"
            for more in (
                {"headers": {"Authorization": f"Bearer {token}"}},
                {"subprotocols": ["auth", token or "x"]},
                None,
            ):
                with pytest.raises(Refused) as refused:
                    Wire(keyed.url).socket(path if more else f"{path}{joint}token={token}", **(more or {}))
                assert refused.value.status in (400, 401, 403), (name, path, refused.value)
                asked += 1
        with Wire(keyed.url).socket("/websocket") as socket:
            assert socket.hear() == {"Message": "Websocket Open"}
            socket.say(token)
            assert socket.hear_close().code == 1008, name
    print(f"JWT: {len(forgeries(ann, bob))} forgeries, {asked} doors, 0 opened")
