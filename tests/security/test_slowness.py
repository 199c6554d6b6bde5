"""Who sends slowly: the head of a request, its body, nothing at all. The bounds are settings, here a second each."""

import contextlib
import socket

import pytest

from tests.fixtures.server import Server

pytestmark = pytest.mark.security("slowness")
JSON = b"Content-Type: application/json\r\n"
LOGIN = b"POST /login HTTP/1.1\r\nHost: x\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=x\r\n"
# What is sent, and how the server is to end it: without an answer, or with one that begins so.
SLOW = {
    "nothing at all": (b"", b""),
    "half a line": (b"GET /ver", b""),
    "half a head": (b"GET /version HTTP/1.1\r\nHost: x\r\nA: ", b""),
    "a head without an end": (b"GET /version HTTP/1.1\r\nHost: x\r\nA: b\r\n", b""),
    "no body": (LOGIN + JSON + b"Content-Length: 9\r\n\r\n", b"HTTP/1.1 4"),
    "half a body": (b"POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", b"HTTP/1.1 4"),
    "half a chunk": (
        LOGIN + JSON + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 4",
    ),
    "half a form": (
        b"POST /upload HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 999\r\n\r\n--x\r\n",
        b"HTTP/1.1 4",
    ),
    "an answer, then nothing": (b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200"),
}


@pytest.fixture(scope="module")
def hasty(tmp_path_factory, blank_database):
    """A server that waits a second."""
    folder = tmp_path_factory.mktemp("hasty")
    server = Server(folder, blank_database, LIMITS="off", HEAD_SECONDS=1, BODY_SECONDS=1).start()
    yield server
    server.kill()


def test_nobody_is_waited_for_for_ever(hasty, attack):
    """All at once; each of them is hung up on, and meanwhile others are answered."""
    with contextlib.ExitStack() as stack:
        lines = {}
        for name, (said, _) in SLOW.items():
            lines[name] = stack.enter_context(
                contextlib.closing(socket.create_connection(("127.0.0.1", hasty.port), 30))
            )
            lines[name].sendall(said)
        assert hasty.get("/version")[0] == 200
        for name, (_, wanted) in SLOW.items():
            came = b""
            with contextlib.suppress(ConnectionError):
                while part := lines[name].recv(65536):
                    came += part
            assert came.startswith(wanted), (name, came)
            assert bool(came) is bool(wanted), (name, came)
            attack.tried()
    assert "Traceback" not in hasty.log


def test_drops_are_no_way_to_stay(hasty, attack):
    """A byte now and then does not begin the waiting anew: the head is bounded as a whole, so is the body."""
    for start in (b"GET /version HTTP/1.1\r\nHost: x\r\nA: ", SLOW["half a body"][0]):
        with contextlib.closing(socket.create_connection(("127.0.0.1", hasty.port), 30)) as line:
            line.sendall(start)
            line.settimeout(0.2)
            sent = 0
            while sent < 100:  # twenty seconds, were it waited for
                try:
                    if not line.recv(65536):
                        break
                except TimeoutError:
                    with contextlib.suppress(ConnectionError):
                        line.sendall(b"a")
                    sent += 1
                except ConnectionError:
                    break
            assert sent < 100
            attack.tried()


def test_who_is_patient_with_us_is_waited_for(hasty):
    """The same in one piece, on a line that stays open for the next."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", hasty.port), 30)) as line:
        for _ in range(2):
            line.sendall(SLOW["no body"][0] + b'{"a": 12}')
            came = b""
            while not came.endswith(b"}"):
                part = line.recv(65536)
                assert part, "hung up on"
                came += part
            assert came.startswith(b"HTTP/1.1 400")
