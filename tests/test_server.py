"""The server as a process: how it starts, what it withstands, how it leaves."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import pytest

from messenger.web import patience
from tests.fixtures.server import HOME, environment_of


def say(server, text):
    """A connection on which these bytes were said."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(text)
    return connection


def test_every_line_of_its_log_is_an_object(server):
    server.get("/version?token=sesame")
    until = time.monotonic() + 10
    while '"/version"' not in server.log and time.monotonic() < until:
        time.sleep(0.02)  # the line is written when the answer has left
    assert len(server.lines) == len(server.log.splitlines())
    assert [line["path"] for line in server.lines if line["event"] == "request"][-1] == "/version"
    assert "sesame" not in server.log


def test_sigterm_ends_it_cleanly_and_in_time(serve):
    server = serve()
    began = time.monotonic()
    assert server.stop(timeout=10) == 0
    assert time.monotonic() - began < 10
    assert "Traceback" not in server.log


def test_sigterm_waits_for_no_silent_connection(serve):
    server = serve()
    silent = [say(server, b"") for _ in range(3)] + [say(server, b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n")]
    assert silent[-1].recv(100).startswith(b"HTTP/1.1 200")
    assert server.stop(timeout=10) == 0


def test_several_requests_on_one_connection(server):
    connection = say(server, b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    said = b""
    while said.count(b'"version"') < 2:
        piece = connection.recv(65536)
        assert piece
        said += piece
    assert said.count(b"HTTP/1.1 200") == 2


@pytest.mark.security("smuggling")
@pytest.mark.parametrize(
    "said",
    [
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 100 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 9000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=["long line", "many headers", "long header", "negative length", "two lengths", "TLS"],
)
def test_bytes_that_are_no_request_are_answered_and_hung_up_on(server, said):
    connection = say(server, said)
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
    assert answer.startswith(b"HTTP/1.1 4")
    assert server.get("/healthz")[0] == 200


@pytest.mark.security("hosts and proxies")
def test_a_forwarded_scheme_is_not_believed_without_a_proxy_of_ours(server):
    _, headers, _ = server.get("/version", **{"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"})
    assert "Strict-Transport-Security" not in headers


@pytest.mark.security("slowness")
def test_a_body_that_drips_is_given_up(serve, monkeypatch):
    """The clock is the server's; a body begun is cut when its time is over, and its connection with it."""
    body, connection = Dripping(), Dripping()
    patient = patience.PatientBody(body, connection, seconds=0.0)
    with pytest.raises(Exception, match="408"):
        patient.read()
    assert connection.was_shut


class Dripping:
    """A body and its connection: nothing ever comes."""

    was_shut = False

    def read(self, size):
        patience.gevent.sleep(5)
        return b""

    def shutdown(self, how):
        self.was_shut = True


def test_a_body_that_comes_steadily_earns_time():
    class Steady:
        left = 4

        def read(self, size):
            self.left -= 1
            return b"x" * size if self.left >= 0 else b""

    patient = patience.PatientBody(Steady(), None, seconds=5)
    before = patient._until
    assert len(patient.read()) == 4 * patience.PIECE
    assert patient._until - before == 4


def test_a_worker_that_cannot_serve_stops_the_server_with_78(tmp_path):
    """gunicorn would start such a worker again for ever."""
    conf = tmp_path / "conf.py"
    conf.write_text(
        (HOME / "gunicorn.conf.py").read_text()
        + "\ndef post_fork(server, worker):\n    os.environ['SECRET_KEY'] = 'short'\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", str(conf)],
        cwd=HOME, env=environment_of(tmp_path), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == os.EX_CONFIG
    assert done.stderr.count("SECRET_KEY: must have at least 32 bytes") == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_lifted_limits_are_warned_of_at_the_start(serve):
    server = serve(LIMITS="off", ADMIN_LOGIN="root", ADMIN_PASSWORD="a long enough one")
    assert [line["event"] for line in server.lines if line["level"] == "warning"] == [
        "LIMITS=off: every rate and cap is lifted. This is for load tests only."
    ]


def test_a_database_from_the_future_is_refused_with_what_to_do(serve, tmp_path, blank_database):
    folder = tmp_path / "server"
    folder.mkdir()
    shutil.copy(blank_database, folder / "messenger.db")
    with sqlite3.connect(folder / "messenger.db") as file:
        file.execute("UPDATE alembic_version SET version_num = 'ffff'")
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn"],
        cwd=HOME, env=environment_of(folder), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == os.EX_CONFIG
    assert len(done.stderr.splitlines()) == 1
    assert "newer version" in done.stderr


def test_a_killed_worker_is_replaced(serve):
    server = serve()
    worker = int(next(line["event"] for line in server.lines if "Booting worker" in line["event"]).split()[-1])
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while server.log.count("Booting worker") < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.get("/healthz")[0] == 200


@pytest.mark.long
@pytest.mark.security("slowness")
def test_a_real_body_that_never_comes_is_given_up_after_half_a_minute(server):
    connection = say(
        server, b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    )
    connection.settimeout(45)
    began, answer = time.monotonic(), b""
    while piece := connection.recv(65536):
        answer += piece
    assert answer.startswith(b"HTTP/1.1 4"), answer
    assert time.monotonic() - began < 40
