"""The search through the logs of a whole run finds what it is to find, and a real server gives it nothing to find."""

import json
import logging

import pytest
import structlog

from messenger import logs
from messenger.settings import Settings
from tests import planted
from tests.cast import cast
from tests.fixtures.silence import leaks
from tests.wires import Wire

pytestmark = pytest.mark.security("logs")
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
TEXT = 'meet me "at" the old bridge at nine'
SECRETS = {
    "a token": TOKEN,
    "a token in an address": f"/ws/chat/room/?token={TOKEN}",
    "a cookie": "Cookie: sessionToken=0123456789abcdef",
    "a password": json.dumps({"password": "sesame-open"}),
    "a password in a form": "login=ann&password=sesame-open",
    "a text": json.dumps({"event": TEXT}, ensure_ascii=False),
    "a text in words": f"could not store {TEXT!s}".replace('"', '\\"'),
}


@pytest.mark.parametrize("name", SECRETS)
def test_each_kind_of_secret_would_be_found(name, tmp_path, monkeypatch):
    monkeypatch.setattr(planted, "said", {TEXT, "something else that was said"})
    monkeypatch.setattr(planted, "words", {"sesame-open"})
    log = tmp_path / "server.log"
    log.write_text('{"event": "Starting"}\n')
    assert leaks([log]) == []
    log.write_text(f'{{"event": "Starting"}}\n{SECRETS[name]}\n')
    (found,) = leaks([log, log, tmp_path / "none.log"])
    assert TEXT not in found, "and is not told again"


def test_what_leaves_by_the_wires_is_noted(monkeypatch):
    monkeypatch.setattr(planted, "said", set())
    monkeypatch.setattr(planted, "words", set())
    planted.note({"type": "send_message", "payload": {"text": TEXT, "client_id": "c"}, "password": "sesame-open"})
    planted.note({"text": "short"})
    planted.note([1, None])
    assert (planted.said, planted.words) == ({TEXT}, {"sesame-open"})


def test_what_goes_wrong_on_a_server_tells_nothing_of_what_was_said(server, attack):
    """Every way in which a request goes wrong and leaves a line: broken bytes, refused words, faults of the door."""
    ann, bob, _ = cast(server.url)
    text, word = "a whisper that nobody else may read", "a-password-of-ann-s"
    before = len(planted.said)
    for path, body in (
        (f"/dialog/{bob.login}", {"text": text}),
        (f"/dialog/{bob.login}", {"text": text, "client_id": text, "reply_to": 10**30}),
        ("/login", {"login": ann.login, "password": word}),
        ("/register", {"login": ann.login, "username": "x", "password": word}),
        ("/message", {"ConversationId": "999999", "Message": text}),
        ("/message", {"Message": text * 500}),
    ):
        assert ann.post(path, body).status < 500
        attack.tried()
    assert len(planted.said) > before
    said = text.encode()
    place = f"/dialog/{bob.login}?token={ann.token}".encode()
    for bytes_ in (
        b"POST " + place + b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + said + b"\r\n\r\n",
        b"POST " + place + b" HTTP/7.1\r\nHost: x\r\n\r\n" + said,
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie : sessionToken=" + ann.token.encode() + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + said + b": x\r\n\r\n",
        said + b"\r\n\r\n",
        b"GET /" + place + said.replace(b" ", b"%20") + b"\n\n",
    ):
        Wire(server.url).raw(bytes_)
        attack.tried()
    with ann.socket(f"/dialog/{bob.login}/ws") as socket:
        socket.say(text)
        socket.say({"type": "send_message", "payload": {"text": text * 400}})
        socket.hear()
        attack.tried(2)
    assert server.get("/version")[0] == 200
    assert leaks([server.log_file]) == []
    assert text[:16] not in server.log


def test_without_the_cleaning_a_token_would_stand_there(capsys, instance, monkeypatch):
    settings = Settings.for_tests(instance_dir=str(instance), log_format="json")
    for defence, stands_there in ((logs.redact, False), (lambda _logger, _name, event: event, True)):
        monkeypatch.setattr(logs, "redact", defence)
        logs.configure(settings)
        capsys.readouterr()
        structlog.get_logger("x").info("asked", path=f"/ws?token={TOKEN}")
        logging.getLogger("y").warning("nothing")
        assert bool(list(planted.leaks(capsys.readouterr().out, set(), set()))) is stands_there
