"""Errors are reported to whom SENTRY_DSN names, without a word that anybody wrote."""

import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from messenger import sentry
from messenger.settings import Settings
from tests.fixtures.server import HOME, environment_of

WORDS = "sesame of the forty thieves"


UNPACKED = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    def do_POST(self):
        """One envelope: lines of JSON, perhaps packed."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = UNPACKED[self.headers.get("Content-Encoding")](body)
        self.server.heard.append((self.path, body.decode()))
        self.server.came.set()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def receiver():
    """A server that takes reports."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.heard, server.came = [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


FAULTY = """
import logging
from app import app
import sentry_sdk

@app.get("/fault/<word>")
def fault(word):
    local = word
    raise RuntimeError(f"about {local}")

for _ in range(2):
    secrets = {"Authorization": "Bearer sesame", "Cookie": "a=sesame"}
    app.test_client().get("/fault/sesame?token=sesame", headers=secrets)
logging.getLogger("messenger.live").error("said %s", "sesame")
logging.getLogger("messenger.live").warning("no error")
sentry_sdk.flush(20)
"""


def test_an_error_arrives_and_nothing_that_anybody_wrote(receiver, tmp_path):
    environment = environment_of(tmp_path, SENTRY_DSN=f"http://key@127.0.0.1:{receiver.server_port}/7")
    command = [sys.executable, "-c", FAULTY]
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert {path for path, _ in receiver.heard} == {"/api/7/envelope/"}
    events = [json.loads(line) for _, body in receiver.heard for line in body.splitlines() if '"release"' in line]
    faults = [event for event in events if event.get("exception", {}).get("values")]
    assert len(events) == 3
    assert [fault["exception"]["values"][-1]["type"] for fault in faults] == ["RuntimeError"] * 2
    assert faults[0]["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "fault"
    assert "sesame" not in json.dumps(receiver.heard)
    assert str(tmp_path) not in json.dumps(receiver.heard)


def test_whatever_stands_in_an_event_only_the_code_is_left():
    frame = {
        "function": "send",
        "lineno": 7,
        "vars": {"text": WORDS},
        "context_line": WORDS,
        "abs_path": "/home/ann/x.py",
    }
    event = {
        "event_id": "1", "level": "error", "logger": "messenger", "message": WORDS, "logentry": {"message": WORDS},
        "request": {"url": WORDS, "cookies": WORDS}, "user": {"id": WORDS}, "extra": {"a": WORDS}, "tags": {"a": WORDS},
        "breadcrumbs": {"values": [{"message": WORDS}]}, "server_name": WORDS, "contexts": {"a": WORDS},
        "exception": {"values": [{"type": "ValueError", "value": WORDS, "stacktrace": {"frames": [frame]}}]},
    }  # fmt: skip
    left = sentry.scrubbed(event)
    assert WORDS not in json.dumps(left)
    assert left["exception"]["values"][0]["type"] == "ValueError"
    assert left["exception"]["values"][0]["stacktrace"]["frames"] == [{"function": "send", "lineno": 7}]
    assert sentry.scrubbed({"logger": "x", "message": WORDS})["message"] == "an error was logged by x"


def test_without_a_setting_nothing_is_loaded(monkeypatch):
    loaded = []
    monkeypatch.setattr(sentry.importlib, "import_module", loaded.append)
    sentry.install(Settings.for_tests())
    assert loaded == []
