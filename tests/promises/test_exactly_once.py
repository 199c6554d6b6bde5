"""G3, G4: a send with a client id stands once, however often, wherever and whenever it is repeated."""

import contextlib
import time

import pytest

from tests.promises.company import at_once, everything, move, people, say, whisper


class Http:
    """A call; the key in the body or in the header."""

    def __init__(self, name, path, place_of, field):
        self.name, self.path, self.place_of, self.field = name, path, place_of, field

    def send(self, me, other, text, key):
        body = self.place_of(other, text)
        more = {"headers": {"Idempotency-Key": key}} if self.field is None else {}
        if self.field:
            body[self.field] = key
        answer = me.stranger().post(
            self.path.format(other.login), body, **{**more, "headers": {**me.identity(), **more.get("headers", {})}}
        )
        return answer.status, answer.body.get("Data", answer.body.get("id")), answer.body

    def is_refused(self, answer):
        words = answer[2]
        return answer[0] == 409 and (words.get("Message") == "Error" or words.get("code") == "409") and _says_why(words)


class Upload:
    """netrox sends files over HTTP."""

    name = "netrox upload"

    def send(self, me, other, text, key):
        parts = [("receiver", (None, other.uid)), ("message", (None, text)), ("attached_file", ("a.txt", b"file"))]
        headers = {**me.identity(), "Idempotency-Key": key}
        answer = me.stranger().post("/chat/chat-attachment/", files=parts, headers=headers)
        said = (answer.body["entity"] or {}).get("message")
        return answer.status, said["id"] if isinstance(said, dict) else None, answer.body

    def is_refused(self, answer):
        return answer[0] == 409 and answer[2]["status"] == "failure" and bool(answer[2]["message"])


class Frame:
    """A frame on a socket; the first frame back that answers it."""

    def __init__(self, name, path, frame, answers):
        self.name, self.path, self.frame, self.answers = name, path, frame, answers

    def send(self, me, other, text, key):
        with me.socket(self.path.format(other.login)) as socket:
            socket.say(self.frame(other, text, key))
            heard = socket.hear_until(lambda frame: self.is_error(frame) or self.answers(frame, key))
        return (409, None, heard) if self.is_error(heard) else (201, _id_of(heard), heard)

    def is_error(self, frame):
        return frame.get("error") is True or "error" in (frame.get("type"), frame.get("action"))

    def is_refused(self, answer):
        return answer[0] == 409 and _says_why(answer[2])


def _id_of(frame):
    return frame.get("created_msg_id") or frame.get("payload", {}).get("id")


def _says_why(frame):
    words = frame.get("message") or frame.get("Data") or frame.get("payload", {}).get("message")
    return isinstance(words, str) and bool(words)


RECIPIENT = ("/message", lambda other, text: {"Recipient": other.login, "Message": text})
DIALOG = ("/dialog/{}", lambda other, text: {"text": text})
WAYS = (
    Http("websocket_messenger body", *RECIPIENT, "client_id"),
    Http("websocket_messenger header", *RECIPIENT, None),
    Http("gmessenger body", *DIALOG, "client_id"),
    Http("gmessenger header", *DIALOG, None),
    Frame(
        "gmessenger frame",
        "/dialog/{}/ws",
        lambda other, text, key: {"type": "send_message", "payload": {"text": text, "client_id": key}},
        lambda frame, key: frame["payload"].get("client_id") == key,
    ),
    Frame(
        "gmessenger frame of the list",
        "/chats/ws",
        lambda other, text, key: {
            "type": "send_message",
            "payload": {"text": text, "client_id": key, "chat": {"type": "dialog", "id": other.login}},
        },
        lambda frame, key: frame["payload"].get("client_id") == key,
    ),
    Frame(
        "netrox frame",
        "/ws/chat/room/",
        lambda other, text, key: {
            "action": "chat_message",
            "message_body": text,
            "receiver_id": other.uid,
            "client_id": key,
        },
        lambda frame, key: frame.get("client_id") == key,
    ),
    Frame(
        "mvp_messenger frame",
        "/",
        lambda other, text, key: {
            "type": "privateMessage",
            "params": {"receiverId": other.id, "content": text, "client_id": key},
        },
        lambda frame, key: frame.get("success") is True,
    ),
    Upload(),
)
EACH = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


@EACH
def test_twins_at_the_same_moment_are_one_message(stand, way):
    repeat(stand, way, 3, 8)


def repeat(stand, way, rounds, twins):
    """So many twins at once, so often."""
    ann, bob = people(stand.url, "ann", "bob")
    said = []
    for number in range(rounds):
        text, key = whisper(f"{number}"), f"key-{number}"
        answers = at_once([lambda t=text, k=key: way.send(ann, bob, t, k)] * twins)
        assert len({answer[:2] for answer in answers}) == 1, answers
        assert answers[0][0] in (200, 201)
        said.append(text)
    assert [message["text"] for message in everything(bob, f"/dialog/{ann.login}")] == said
    print(f"G3 {way.name}: {rounds} rounds of {twins} twins, {len(said)} rows")


@pytest.mark.long
@pytest.mark.timeout(900)
@EACH
def test_fifty_twins_a_hundred_times_are_a_hundred_messages(stand, way):
    repeat(stand, way, 100, 50)


@EACH
def test_the_same_id_for_something_else_is_refused_and_stores_nothing(stand, way):
    ann, bob, cid = people(stand.url, "ann", "bob", "cid")
    text = whisper("first")
    assert way.send(ann, bob, text, "k")[0] in (200, 201)
    assert way.is_refused(way.send(ann, bob, whisper("other"), "k")), "another text"
    assert way.is_refused(way.send(ann, cid, text, "k")), "another chat"
    assert [message["text"] for message in everything(bob, f"/dialog/{ann.login}")] == [text]
    assert everything(cid, f"/dialog/{ann.login}") == []
    assert way.send(bob, ann, text, "k")[0] in (200, 201), "another person's ids are his own"


def test_the_same_id_over_all_wires_together_is_one_message(stand):
    rounds = 3
    ways = [way for way in WAYS if not isinstance(way, Upload)]
    ann, bob = people(stand.url, "ann", "bob")
    for number in range(rounds):
        text = whisper("anywhere")
        answers = at_once([lambda w=way, t=text, k=f"k{number}": w.send(ann, bob, t, k) for way in ways])
        ids = {int(answer[1]) for answer in answers if answer[1] is not None}
        assert {answer[0] for answer in answers} <= {200, 201}, answers
        assert len(ids) == 1, answers
    assert len(everything(bob, f"/dialog/{ann.login}")) == rounds
    print(f"G3 {len(ways)} ways at once over four wires: {rounds} rounds, {rounds} rows")


def test_what_was_sent_before_and_while_the_server_was_killed_stands_once(guarded):
    server = guarded()
    ann, bob = people(server.url, "ann", "bob")
    say(ann, f"/dialog/{bob.login}", whisper("begin"))
    first = [(way, whisper(way.name), f"k-{number}") for number, way in enumerate(WAYS)]
    under_way = [(way, whisper(f"{number}"), f"{way.name}-{number}") for way in WAYS for number in range(2)]
    before = [way.send(ann, bob, text, key)[:2] for way, text, key in first]

    def attempt(way, text, key):
        with contextlib.suppress(Exception):
            return way.send(ann, bob, text, key)

    deeds = [lambda order=order: attempt(*order) for order in under_way]
    told = at_once([*deeds, lambda: (time.sleep(0.1), server.kill())])[:-1]
    server.start()
    move(server, ann, bob)
    assert [way.send(ann, bob, text, key)[:2] for way, text, key in first] == before
    assert [way.is_refused(way.send(ann, bob, whisper("other"), key)) for way, _, key in first] == [True] * len(WAYS)
    again = at_once([lambda w=way, t=text, k=key: w.send(ann, bob, t, k) for way, text, key in under_way])
    assert [a[:2] for a, t in zip(again, told, strict=True) if t] == [t[:2] for t in told if t]
    stored = [message["text"] for message in everything(bob, f"/dialog/{ann.login}")][1:]
    assert stored[: len(first)] == [text for _, text, _ in first]
    assert sorted(stored[len(first) :]) == sorted(text for _, text, _ in under_way)
    print(
        f"G3 {len(before)} ways before a kill, {sum(map(bool, told))} of {len(under_way)} answered during it,"
        f" all sent again: {len(stored)} rows"
    )
