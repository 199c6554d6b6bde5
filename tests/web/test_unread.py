"""What is answered to bytes that no application has seen."""

import socket

import pytest

from messenger import logs
from messenger.web import unread
from messenger.web.headers import ALWAYS

pytestmark = pytest.mark.security("headers")


@pytest.mark.security("logs")
def test_what_could_not_be_read_is_not_quoted():
    quoted = "Invalid request from ip=::1: Invalid chunk size: b'a whisper'"
    assert logs.unquoted(quoted) == "Invalid request from ip=::1: Invalid chunk size"
    assert logs.unquoted("something else: b'x'") == "something else: b'x'"


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "Bad Request"), (431, "Request Header Fields Too Large"), (500, "X")]
)
def test_it_says_little_and_is_dressed(status, reason):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        unread.answer(ours, status, reason, "Invalid Header '<script>'")
        said = theirs.recv(65536).decode()
    head, _, words = said.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} {reason}\r\n")
    assert "script>" not in said
    assert f"Content-Length: {len(words.encode())}" in head
    for name, value in ALWAYS.items():
        assert f"\r\n{name}: {value}" in head
