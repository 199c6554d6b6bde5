"""One request hidden in another: what is unclear about where a request ends is answered once and hung up on."""

import contextlib
import socket

import pytest

pytestmark = pytest.mark.security("smuggling")
# What shall never be answered: it would have an id of its own in the answer.
HIDDEN = b"GET /version HTTP/1.1\r\nHost: x\r\nX-Request-ID: smuggled\r\n\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\n" + KEY
KNOCK = b"GET /websocket HTTP/1.1\r\nHost: x\r\n"
LENGTH = str(len(HIDDEN)).encode()


def post(*lines, body=b"0\r\n\r\n" + HIDDEN, path=b"/login"):
    """A POST with these lines in its head."""
    return b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked"
UNCLEAR = {
    "length and chunks": post(b"Content-Length: 5", CHUNKED),
    "chunks and length": post(CHUNKED, b"Content-Length: " + LENGTH),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: 5", body=HIDDEN),
    "the same length twice": post(b"Content-Length: 0", b"Content-Length: 0", body=HIDDEN),
    "a list of lengths": post(b"Content-Length: 0, 0", body=HIDDEN),
    "a signed length": post(b"Content-Length: +0", body=HIDDEN),
    "a negative length": post(b"Content-Length: -1", body=HIDDEN),
    "a length in hex": post(b"Content-Length: 0x0", body=HIDDEN),
    "a length with a fraction": post(b"Content-Length: 0.0", body=HIDDEN),
    "a length with an underscore": post(b"Content-Length: 0_0", body=HIDDEN),
    "a length with a letter": post(b"Content-Length: 0\x0b", body=HIDDEN),
    "no length at all": post(b"Content-Length: ", body=HIDDEN),
    "a space before the colon": post(b"Content-Length : 5", body=HIDDEN),
    "a tab before the colon": post(b"Transfer-Encoding\t: chunked"),
    "a folded line": post(b"X: y", b" Content-Length: 5", body=HIDDEN),
    "folded chunks": post(b"Transfer-Encoding:", b" chunked"),
    "chunks, misspelt": post(b"Transfer-Encoding: xchunked"),
    "chunks, quoted": post(b'Transfer-Encoding: "chunked"'),
    "chunks within": post(b"Transfer-Encoding: chunked, identity"),
    "chunks twice": post(CHUNKED, CHUNKED),
    "chunks and cow": post(CHUNKED, b"Transfer-Encoding: cow"),
    "chunks after a vertical tab": post(b"Transfer-Encoding: \x0bchunked"),
    "chunks, unknown before": post(b"Transfer-Encoding: cow, chunked"),
    "chunks in HTTP/1.0": post(CHUNKED).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "bare line feeds": post(b"X: y").replace(b"\r\n", b"\n"),
    "a bare line feed in a line": post(b"X: y\nContent-Length: 5", body=HIDDEN),
    "a bare carriage return": post(b"X: y\rContent-Length: 5", body=HIDDEN),
    "NUL in a line": post(b"X: y\x00z", body=HIDDEN),
    "no name": post(b": chunked", body=HIDDEN),
    "a name with a space": post(b"X Y: z", body=HIDDEN),
    "an underscore instead of a dash": post(b"Content_Length: 5", b"Content-Length: x", body=HIDDEN),
    "a chunk of unclear size": post(CHUNKED, body=b"0x0\r\n\r\n" + HIDDEN),
    "a signed chunk": post(CHUNKED, body=b"+0\r\n\r\n" + HIDDEN),
    "a negative chunk": post(CHUNKED, body=b"-1\r\n\r\n" + HIDDEN),
    "a chunk with an underscore": post(CHUNKED, body=b"0_0\r\n\r\n" + HIDDEN),
    "a chunk too short": post(CHUNKED, body=b"3\r\nabcde\r\n0\r\n\r\n" + HIDDEN),
    "a chunk ended by a line feed": post(CHUNKED, body=b"1\r\nx\n0\r\n\r\n" + HIDDEN),
    "an extension with a line feed": post(CHUNKED, body=b"1;x\nxx\r\n0\r\n\r\n" + HIDDEN),
    "a refused handshake": b"GET /chats/ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n" + HIDDEN,
    "a handshake of version 8": b"GET /websocket HTTP/1.1\r\nHost: x\r\n"
    + UPGRADE.replace(b"13", b"8")
    + b"\r\n"
    + HIDDEN,
    "a handshake without key": KNOCK + UPGRADE.replace(KEY, b"") + b"\r\n" + HIDDEN,
    "a handshake with a body": b"GET /websocket HTTP/1.1\r\nHost: x\r\n"
    + UPGRADE
    + b"Content-Length: 5\r\n\r\n"
    + HIDDEN,
    "an upgrade where there is no socket": b"GET /version HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n" + HIDDEN,
    "HTTP/2 asked for": b"GET /version HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    "HTTP/2 from the start": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
    "HTTP/0.9": b"GET /version\r\n" + HIDDEN,
    "a version of its own": b"GET /version HTTP/1.9999\r\nHost: x\r\n\r\n",
    "a method with a space": b"GET  /version HTTP/1.1\r\nHost: x\r\n\r\n" + HIDDEN,
    "a proxy's line": b"PROXY TCP4 6.6.6.6 1.1.1.1 1 1\r\n" + HIDDEN,
}


def answers(server, said):
    """All that comes back until it hangs up, or says nothing more for a moment."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as line:
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
        came = b""
        with contextlib.suppress(ConnectionError):
            while part := line.recv(65536):
                came += part
        return came


def test_what_hides_in_a_request_is_never_answered(server, attack):
    for words, said in UNCLEAR.items():
        came = answers(server, said)
        assert b"X-Request-ID: smuggled" not in came, (words, came)
        assert came.count(b"HTTP/1.1 ") <= 1, (words, came)
        assert b"HTTP/1.1 5" not in came or b"HTTP/1.1 501" in came, (words, came)
        if came:
            assert b"\r\nX-Content-Type-Options: nosniff\r\n" in came or b"HTTP/1.1 101" in came, (words, came)
        attack.tried()
    assert server.get("/healthz")[0] == 200
    assert "Traceback" not in server.log


def test_what_is_clear_is_answered_one_after_the_other(server):
    """So a second answer would have been seen."""
    for first in (
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        post(b"Content-Length: 2", b"Content-Type: application/json", body=b"{}"),
        post(CHUNKED, b"Content-Type: application/json", body=b"2\r\n{}\r\n0\r\n\r\n"),
    ):
        came = answers(server, first + HIDDEN)
        assert came.count(b"HTTP/1.1 ") == 2, came
        assert b"X-Request-ID: smuggled" in came
