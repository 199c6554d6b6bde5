"""A raw websocket client that can do everything wrong on purpose, and checks that what it reads is whole frames."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import struct
from typing import NamedTuple

TEXT, BINARY, CLOSE, PING, PONG, CONT = 1, 2, 8, 9, 10, 0
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def mask(content: bytes, key: bytes) -> bytes:
    return bytes(byte ^ key[index % 4] for index, byte in enumerate(content))


def frame(
    opcode: int, content: bytes = b"", fin: bool = True, rsv: int = 0, masked: bool = True, width: int | None = None
) -> bytes:
    """Any frame. `width` forces the size of the length field: 1, 2 or 8 bytes."""
    head = (0x80 if fin else 0) | rsv << 4 | opcode
    size = len(content)
    width = width or (1 if size < 126 else 2 if size < 65536 else 8)
    bit = 0x80 if masked else 0
    start = {
        1: lambda: struct.pack("!BB", head, bit | size),
        2: lambda: struct.pack("!BBH", head, bit | 126, size),
        8: lambda: struct.pack("!BBQ", head, bit | 127, size),
    }[width]()
    if not masked:
        return start + content
    key = os.urandom(4)
    if size > 4096:  # a zero key is a key too, and quick
        key = bytes(4)
        return start + key + content
    return start + key + mask(content, key)


def text(words: str | bytes, **more) -> bytes:
    return frame(TEXT, words.encode() if isinstance(words, str) else words, **more)


def close(code: int | None = 1000, reason: bytes = b"") -> bytes:
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


def torn(rest: bytes) -> None:
    """The end of the stream, where no frame may have begun."""
    assert not rest, "the stream ends inside a frame"


class Frame(NamedTuple):
    opcode: int
    content: bytes

    @property
    def code(self) -> int | None:
        return struct.unpack("!H", self.content[:2])[0] if len(self.content) >= 2 else None


def request(port: int, path: str, *lines: str, without: tuple[str, ...] = ()) -> bytes:
    """A handshake; `lines` are added, `without` names headers to leave out."""
    headers = {
        "Host": f"localhost:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    kept = [f"{name}: {value}" for name, value in headers.items() if name not in without]
    return "\r\n".join([f"GET {path} HTTP/1.1", *kept, *lines, "", ""]).encode()


class Wire:
    """One connection."""

    def __init__(self, port: int, path: str = "/echo", glued: bytes = b"", timeout: float = 5, window: int = 0) -> None:
        self.sock = socket.socket()
        self.sock.settimeout(timeout)
        if window:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.sock.connect(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.sock.sendall(request(port, path) + glued)
        head = self.until(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        self.status = int(self.head.split(" ", 2)[1])
        if self.status == 101:
            wanted = base64.b64encode(hashlib.sha1(f"dGhlIHNhbXBsZSBub25jZQ=={GUID}".encode()).digest()).decode()
            assert f"Sec-WebSocket-Accept: {wanted}" in self.head

    @classmethod
    def over(cls, sock: socket.socket) -> Wire:
        """On a connection that somebody else has made, after its handshake."""
        wire = cls.__new__(cls)
        wire.sock, wire.rest = sock, b""
        return wire

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def until(self, end: bytes) -> bytes:
        while end not in self.rest:
            more = self.sock.recv(65536)
            if not more:
                raise EOFError(self.rest)
            self.rest += more
        found, _, self.rest = self.rest.partition(end)
        return found + end

    def exactly(self, size: int) -> bytes:
        while len(self.rest) < size:
            more = self.sock.recv(1 << 20)
            if not more:
                raise EOFError(self.rest)
            self.rest += more
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def send(self, *frames: bytes) -> None:
        self.sock.sendall(b"".join(frames))

    def read(self) -> Frame | None:
        """The next frame, which must be well-formed; None at the end of the stream."""
        try:
            head, length = self.exactly(2)
        except EOFError as cut:
            return torn(cut.args[0])
        except ConnectionResetError:
            return None
        assert head & 0x80, "our server never fragments"
        assert not head & 0x70, "no extension was agreed"
        assert head & 15 in (TEXT, BINARY, CLOSE, PING, PONG)
        assert not length & 0x80, "a server does not mask"
        if length == 126:
            (length,) = struct.unpack("!H", self.exactly(2))
            assert length >= 126
        elif length == 127:
            (length,) = struct.unpack("!Q", self.exactly(8))
            assert length >= 65536
        found = Frame(head & 15, self.exactly(length))
        if found.opcode == TEXT:
            found.content.decode()
        return found

    def words(self) -> str:
        """The next text, pings left aside."""
        while (found := self.read()) and found.opcode == PING:
            self.send(frame(PONG, found.content))
        assert found, "the stream has ended"
        assert found.opcode == TEXT, found
        return found.content.decode()

    def story(self) -> list[Frame]:
        """Everything until the end."""
        frames = []
        while found := self.read():
            frames.append(found)
        return frames
