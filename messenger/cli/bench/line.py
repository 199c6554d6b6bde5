"""One websocket of the load generator: frames out with an empty mask, frames in counted by their heads only."""

import base64
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack, unpack_from

RECEIVE = 256 * 1024


class Line:
    """A connection that is read when there is something, and written without waiting."""

    __slots__ = ("buffer", "name", "own", "received", "sent", "sock", "unsent")

    def __init__(self, port: int, path: str, token: str = "") -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), 30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.unsent = b""
        self.name = b""
        self.sent = self.received = self.own = 0
        self._shake_hands(path, token)
        self.sock.setblocking(False)

    def _shake_hands(self, path: str, token: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        self.sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{authorization}"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            got = self.sock.recv(4096)
            if not got:
                break
            answer += got
        head, _, self.buffer = answer.partition(b"\r\n\r\n")
        if b" 101 " not in head[:20]:
            raise ConnectionError(head[:200].decode("latin-1"))

    def fileno(self) -> int:
        """For a selector."""
        return self.sock.fileno()

    def say(self, *texts: bytes) -> None:
        """Send these, as much of them as goes."""
        frames = b"".join(framed(text) for text in texts)
        self.unsent += frames
        self.sent += len(texts)
        self.push()

    def push(self) -> None:
        """Go on sending what is left."""
        if self.unsent:
            try:
                self.unsent = self.unsent[self.sock.send(self.unsent) :]
            except BlockingIOError:
                return

    def hear(self) -> list[bytes]:
        """The texts that have arrived."""
        try:
            got = self.sock.recv(RECEIVE)
        except BlockingIOError:
            return []
        if not got:
            raise ConnectionError("the server closed a connection")
        heard, came, at = [], self.buffer + got if self.buffer else got, 0
        end = len(came)
        while end - at >= 2:
            length, start = came[at + 1], at + 2
            if length == 126:
                if end - at < 4:
                    break
                (length,), start = unpack_from("!H", came, at + 2), at + 4
            elif length == 127:
                if end - at < 10:
                    break
                (length,), start = unpack_from("!Q", came, at + 2), at + 10
            if end < start + length:
                break
            if came[at] & 15 == 1:
                heard.append(came[start : start + length])
            at = start + length
        self.buffer = came[at:]
        return heard

    def close(self) -> None:
        """Go without a word."""
        self.sock.close()


@contextmanager
def closing(lines: list[Line]) -> Iterator[list[Line]]:
    """For as long as they are needed: a server that ends would wait for them."""
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def framed(text: bytes) -> bytes:
    """A client's text frame. The mask is empty: legal, and free."""
    length = len(text)
    if length < 126:
        return pack("!BBI", 0x81, 0x80 | length, 0) + text
    return pack("!BBHI", 0x81, 0x80 | 126, length, 0) + text
