"""RFC 6455, case by case, against the real server: what is sent, and the frames that must come back until the end."""

# ruff: noqa: E501 the tables are wide

from __future__ import annotations

import random
import struct
import threading
import time

import pytest

from tests.live.wire import BINARY, CLOSE, CONT, PING, PONG, TEXT, Frame, Wire, close, frame, request, text

LIMIT = 64 * 1024
CASES: dict[str, tuple[list[bytes], list[tuple[int, bytes] | int]]] = {}
BYE = close(1000)
ECHO_BYE = (CLOSE, b"\x03\xe8")


def case(name: str, sent: list[bytes] | bytes, *back: tuple[int, bytes] | int) -> None:
    """`back`: frames in full, or the code of the close frame. Frames in `sent` leave in pieces as listed."""
    assert name not in CASES
    CASES[name] = ([sent] if isinstance(sent, bytes) else sent, list(back))


def says(words: bytes) -> tuple[int, bytes]:
    return TEXT, words


# 1. Lengths, each boundary of the three forms.
for size in (0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 1000, 4096, 32767, 65535, LIMIT):
    case(f"text of {size} bytes", text(b"*" * size) + BYE, says(b"*" * size), ECHO_BYE)
for size in (0, 1, 125, 126, 127, 128, 1000, LIMIT // 4):
    case(f"binary of {size} bytes", frame(BINARY, b"\xfe" * size) + BYE, says(b"fe" * size), ECHO_BYE)
for size in (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65):
    words = bytes(33 + n % 90 for n in range(size))
    case(f"masking of {size} bytes", text(words) + BYE, says(words), ECHO_BYE)
for size in (0, 1, 5, 125):
    case(f"length {size} in two bytes", text(b"*" * size, width=2), 1002)
for size in (0, 1, 125, 126, 127, 1000, 65535):
    case(f"length {size} in eight bytes", text(b"*" * size, width=8), 1002)
case("length with the highest bit", b"\x81\xff\x80" + bytes(7) + b"abcd", 1002)

# 2. Limits.
case("one byte too big", text(b"*" * (LIMIT + 1)), 1009)
case("a head that promises a gigabyte", b"\x81\xff" + struct.pack("!Q", 1 << 30) + b"abcd", 1009)
case("a head that promises the most there is", b"\x82\xff" + struct.pack("!Q", (1 << 63) - 1) + b"abcd", 1009)
case("fragments too big together", [text(b"*" * 40000, fin=False), frame(CONT, b"*" * 30000)], 1009)
case(
    "fragments just not too big",
    [text(b"*" * 40000, fin=False), frame(CONT, b"*" * (LIMIT - 40000)), BYE],
    says(b"*" * LIMIT),
    ECHO_BYE,
)
case("many fragments too big together", [text(b"", fin=False), *[frame(CONT, b"*" * 8192, fin=False)] * 9], 1009)
case("binary fragments too big together", [frame(BINARY, b"*" * 65000, fin=False), frame(CONT, b"*" * 537)], 1009)

# 3. Masking, reserved bits, opcodes.
for opcode, name in (
    (TEXT, "text"),
    (BINARY, "binary"),
    (PING, "ping"),
    (PONG, "pong"),
    (CLOSE, "close"),
    (CONT, "continuation"),
):
    case(f"unmasked {name}", frame(opcode, b"\x03\xe8", masked=False), 1002)
for rsv in range(1, 8):
    case(f"reserved bits {rsv} on text", text("hi", rsv=rsv), 1002)
    case(f"reserved bits {rsv} on a ping", frame(PING, b"hi", rsv=rsv), 1002)
    case(f"reserved bits {rsv} on a close", frame(CLOSE, b"\x03\xe8", rsv=rsv), 1002)
for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
    case(f"opcode {opcode}", frame(opcode, b"hi"), 1002)
    case(f"opcode {opcode} without content", frame(opcode), 1002)
    case(f"opcode {opcode} after a text", text("first") + frame(opcode), says(b"first"), 1002)
case("reserved bits inside a fragmented text", text("a", fin=False) + frame(CONT, b"b", rsv=2), 1002)
case("a mask of zeros", b"\x81\x82\0\0\0\0hi" + BYE, says(b"hi"), ECHO_BYE)

# 4. Pings and pongs.
for size in (0, 1, 4, 124, 125):
    case(f"ping of {size} bytes", frame(PING, b"\xff" * size) + BYE, (PONG, b"\xff" * size), ECHO_BYE)
for size in (126, 127, 1000):
    case(f"ping of {size} bytes is too long", frame(PING, b"*" * size), 1002)
    case(f"pong of {size} bytes is too long", frame(PONG, b"*" * size), 1002)
case(
    "ten pings in one segment",
    b"".join(frame(PING, b"%d" % n) for n in range(10)) + BYE,
    *[(PONG, b"%d" % n) for n in range(10)],
    ECHO_BYE,
)
case("an unasked pong", frame(PONG, b"well") + BYE, ECHO_BYE)
case("ten unasked pongs", frame(PONG, b"well") * 10 + text("hi") + BYE, says(b"hi"), ECHO_BYE)
case("a fragmented ping", frame(PING, b"a", fin=False), 1002)
case("a fragmented pong", frame(PONG, b"a", fin=False), 1002)
case("a fragmented close", frame(CLOSE, b"\x03\xe8", fin=False), 1002)
case("a ping with two length bytes", frame(PING, b"abc", width=2), 1002)

# 5. Fragmentation, with control frames in between.
for pieces in (1, 2, 3, 5, 17, 100):
    words = b"fragment " * pieces
    parts = [words[n::pieces] for n in range(pieces)]
    sent = [
        text(parts[0], fin=pieces == 1),
        *(frame(CONT, part, fin=n == pieces - 1) for n, part in enumerate(parts[1:], 1)),
    ]
    case(f"text in {pieces} fragments", [*sent, BYE], says(b"".join(parts)), ECHO_BYE)
    case(f"text in {pieces} fragments of one segment", b"".join(sent) + BYE, says(b"".join(parts)), ECHO_BYE)
    pings = b"".join(part + frame(PING, b"?") for part in sent[:-1]) + sent[-1]
    case(
        f"text in {pieces} fragments with {pieces - 1} pings",
        pings + BYE,
        *[(PONG, b"?")] * min(pieces - 1, 16),
        says(b"".join(parts)),
        ECHO_BYE,
    )
case(
    "binary in 3 fragments",
    frame(BINARY, b"\1", fin=False) + frame(CONT, b"\2", fin=False) + frame(CONT, b"\3") + BYE,
    says(b"010203"),
    ECHO_BYE,
)
case("empty fragments", text(b"", fin=False) + frame(CONT, fin=False) * 3 + frame(CONT) + BYE, says(b""), ECHO_BYE)
case("only the last fragment has words", text(b"", fin=False) + frame(CONT, b"end") + BYE, says(b"end"), ECHO_BYE)
case("a pong between fragments", text("a", fin=False) + frame(PONG) + frame(CONT, b"b") + BYE, says(b"ab"), ECHO_BYE)
case("two fragmented texts", (text("a", fin=False) + frame(CONT, b"b")) * 2 + BYE, says(b"ab"), says(b"ab"), ECHO_BYE)
case(
    "a text after a fragmented one",
    text("a", fin=False) + frame(CONT, b"b") + text("c") + BYE,
    says(b"ab"),
    says(b"c"),
    ECHO_BYE,
)
for fin in (True, False):
    case(f"continuation of nothing, fin {fin}", frame(CONT, b"x", fin=fin), 1002)
    case(f"continuation after a whole text, fin {fin}", text("a") + frame(CONT, b"x", fin=fin), says(b"a"), 1002)
    case(f"text inside a fragmented text, fin {fin}", text("a", fin=False) + text("b", fin=fin), 1002)
    case(f"binary inside a fragmented text, fin {fin}", text("a", fin=False) + frame(BINARY, b"b", fin=fin), 1002)
    case(f"text inside a fragmented binary, fin {fin}", frame(BINARY, b"a", fin=False) + text("b", fin=fin), 1002)
case("close between fragments", text("a", fin=False) + BYE, ECHO_BYE)

# 6. UTF-8.
KOSME = "κόσμε".encode()
GOOD = {
    "greek": KOSME, "umlauts": "äöüß".encode(), "emoji": "😀👩‍👩‍👧".encode(), "nul": b"\0", "delete": b"\x7f", "first of two": b"\xc2\x80", "last of two": b"\xdf\xbf",
    "first of three": b"\xe0\xa0\x80", "last before the surrogates": b"\xed\x9f\xbf", "first after the surrogates": b"\xee\x80\x80",
    "replacement": b"\xef\xbf\xbd", "non-character fffe": b"\xef\xbf\xbe", "non-character ffff": b"\xef\xbf\xbf", "first of four": b"\xf0\x90\x80\x80", "the last": b"\xf4\x8f\xbf\xbf",
    "byte order mark": b"\xef\xbb\xbf", "right to left": "שלום".encode(),
}  # fmt: skip
BAD = {
    "lone continuation": b"\x80", "lone last continuation": b"\xbf", "two continuations": b"\x80\xbf", "cut after one of two": b"\xc2", "cut after two of three": b"\xe2\x82",
    "cut after three of four": b"\xf0\x9f\x98", "start and space": b"\xc3 ", "overlong slash in two": b"\xc0\xaf", "overlong slash in three": b"\xe0\x80\xaf",
    "overlong slash in four": b"\xf0\x80\x80\xaf", "overlong nul": b"\xc0\x80", "overlong last of two": b"\xc1\xbf", "overlong last of three": b"\xe0\x9f\xbf",
    "overlong last of four": b"\xf0\x8f\xbf\xbf", "high surrogate": b"\xed\xa0\x80", "low surrogate": b"\xed\xbf\xbf", "surrogate pair": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond the last": b"\xf4\x90\x80\x80", "five bytes": b"\xf8\x88\x80\x80\x80", "six bytes": b"\xfc\x84\x80\x80\x80\x80", "fe": b"\xfe", "ff": b"\xff",
    "good and then bad": KOSME + b"\xed\xa0\x80edited", "bad at the end": b"hello \xff",
}  # fmt: skip
for name, words in GOOD.items():
    case(f"good UTF-8, {name}", text(words) + BYE, says(words), ECHO_BYE)
    cut = max(1, len(words) - 1)
    case(
        f"good UTF-8 split, {name}",
        text(words[:cut], fin=False) + frame(CONT, words[cut:]) + BYE,
        says(words),
        ECHO_BYE,
    )
for name, words in BAD.items():
    case(f"bad UTF-8, {name}", text(words), 1007)
    cut = len(words) // 2
    case(f"bad UTF-8 split, {name}", text(words[:cut], fin=False) + frame(CONT, words[cut:]), 1007)
case(
    "greek byte by byte",
    [
        text(KOSME[:1], fin=False),
        *(frame(CONT, KOSME[n : n + 1], fin=n == len(KOSME) - 1) for n in range(1, len(KOSME))),
        BYE,
    ],
    says(KOSME),
    ECHO_BYE,
)
case("bad UTF-8 is noticed before the last fragment", text(b"ok \xff", fin=False), 1007)
case("bad UTF-8 in a long text", text(b"*" * 5000 + b"\xff"), 1007)
case("good bytes as binary, bad as text", frame(BINARY, b"\xff") + BYE, says(b"ff"), ECHO_BYE)

# 7. Closing.
case("close without a code", close(None), (CLOSE, b""))
case("close with one byte", frame(CLOSE, b"\x03"), 1002)
for code in (
    1000,
    1001,
    1002,
    1003,
    1007,
    1008,
    1009,
    1010,
    1011,
    1012,
    1013,
    1014,
    3000,
    3001,
    3999,
    4000,
    4001,
    4999,
):
    case(f"close code {code}", close(code), (CLOSE, struct.pack("!H", code)))
for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
    case(f"close code {code} is none", close(code), 1002)
case("close with a reason", close(1000, b"bye"), (CLOSE, b"\x03\xe8bye"))
case("close with the longest reason", close(1000, b"*" * 123), (CLOSE, b"\x03\xe8" + b"*" * 123))
case("close with a reason too long", frame(CLOSE, b"\x03\xe8" + b"*" * 124), 1002)
case("close with a greek reason", close(1000, KOSME), (CLOSE, b"\x03\xe8" + KOSME))
for name in ("high surrogate", "ff", "cut after two of three"):
    case(f"close with a bad reason, {name}", close(1000, BAD[name]), 1007)
case("two closes", BYE + close(1001), ECHO_BYE)
case("a text after the close is not heard", BYE + text("hello?"), ECHO_BYE)
case("a ping after the close is not answered", BYE + frame(PING), ECHO_BYE)
case("garbage after the close", BYE + b"\xff" * 100, ECHO_BYE)
case("a text after a mistake is not heard", frame(3) + text("hello?"), 1002)
case("a text before the close is heard", text("hello") + BYE, says(b"hello"), ECHO_BYE)
case("forty texts before the close are heard", text("hello") * 40 + BYE, *[says(b"hello")] * 40, ECHO_BYE)
case("texts before a mistake are heard", text("hello") * 3 + frame(TEXT, b"\xff"), *[says(b"hello")] * 3, 1007)
case("HTTP instead of frames", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1002)

# 8. Pieces: the same bytes in other segments.
HELLO = text("Hello, world! " * 20)
for step in (1, 2, 3, 7, 50, 130, 200):
    pieces = [HELLO[n : n + step] for n in range(0, len(HELLO), step)]
    case(f"a text in segments of {step}", [*pieces, BYE], says(b"Hello, world! " * 20), ECHO_BYE)
for cut in (1, 2, 4, 6):
    short = text("Hello")
    case(f"a short text cut after {cut}", [short[:cut], short[cut:], BYE], says(b"Hello"), ECHO_BYE)
    case(
        f"two texts, the second cut after {cut}",
        [short + short[:cut], short[cut:] + BYE],
        says(b"Hello"),
        says(b"Hello"),
        ECHO_BYE,
    )
case("a thousand texts in one segment", text("*") * 1000 + BYE, *[says(b"*")] * 1000, ECHO_BYE)


def test_there_are_at_least_two_hundred_cases() -> None:
    print(f"\nRFC 6455: {len(CASES) + len(HANDSHAKES)} cases")
    assert len(CASES) >= 200


def play(port: int, name: str, path: str = "/echo") -> None:
    """One case, to the end of the stream."""
    sent, back = CASES[name]
    with Wire(port, path) as wire:
        for piece in sent:
            wire.send(piece)
            if 1 < len(sent) <= 20:
                time.sleep(0.001)
        check(wire.story(), back)


def check(story: list[Frame], back: list[tuple[int, bytes] | int]) -> None:
    story = [found for found in story if found != (PING, b"")]
    if isinstance(back[-1], int):
        assert story, "no close frame"
        assert (story[-1].opcode, story[-1].code) == (CLOSE, back[-1]), story[-1]
        story, back = story[:-1], back[:-1]
    assert story == back


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_answered_as_the_rfc_says(lab, name: str) -> None:
    play(lab.port, name)


def test_all_cases_hold_beside_a_paused_reader_and_concurrent_writers(lab) -> None:
    """G35: while one reader sleeps on its full socket and others write as fast as they can."""
    stop = threading.Event()

    def write() -> None:
        with Wire(lab.port, "/echo", timeout=20) as wire:
            while not stop.is_set():
                wire.send(text("busy") * 20)
                for _ in range(20):
                    assert wire.words() == "busy"

    paused = Wire(lab.port, "/json", timeout=1)
    paused.send(*[text('{"do":"big","size":60000}')] * 30)
    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    failed = []
    try:
        for name in CASES:
            try:
                play(lab.port, name)
            except (AssertionError, OSError) as error:
                failed.append((name, error))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
        paused.sock.close()
    print(f"\nG35 beside a paused reader and 3 writers: {len(CASES)} cases, {len(failed)} failed")
    assert not failed


HANDSHAKES = {
    "no key": (request(1, "/echo", without=("Sec-WebSocket-Key",)), 400),
    "an empty key": (request(1, "/echo", "Sec-WebSocket-Key:", without=("Sec-WebSocket-Key",)), 400),
    "a short key": (request(1, "/echo", "Sec-WebSocket-Key: YWJj", without=("Sec-WebSocket-Key",)), 400),
    "a long key": (request(1, "/echo", f"Sec-WebSocket-Key: {'YWJj' * 6}", without=("Sec-WebSocket-Key",)), 400),
    "a key that is no base64": (request(1, "/echo", "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==", without=("Sec-WebSocket-Key",)), 400),
    "two keys": (request(1, "/echo", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="), 400),
    "no version": (request(1, "/echo", without=("Sec-WebSocket-Version",)), 426),
    "version 8": (request(1, "/echo", "Sec-WebSocket-Version: 8", without=("Sec-WebSocket-Version",)), 426),
    "version 14": (request(1, "/echo", "Sec-WebSocket-Version: 14", without=("Sec-WebSocket-Version",)), 426),
    "a version that is no number": (request(1, "/echo", "Sec-WebSocket-Version: x", without=("Sec-WebSocket-Version",)), 426),
    "no upgrade": (request(1, "/echo", without=("Upgrade",)), 426),
    "another upgrade": (request(1, "/echo", "Upgrade: irc", without=("Upgrade",)), 426),
    "no connection header": (request(1, "/echo", without=("Connection",)), 400),
    "connection keep-alive": (request(1, "/echo", "Connection: keep-alive", without=("Connection",)), 400),
    "HTTP/1.0": (request(1, "/echo").replace(b"HTTP/1.1", b"HTTP/1.0", 1), 400),
    "POST": (request(1, "/echo").replace(b"GET", b"POST", 1), 405),
    "with a body": (request(1, "/echo", "Content-Length: 4") + b"body", 400),
    "with a chunked body": (request(1, "/echo", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
    "an unknown address": (request(1, "/nowhere"), 404),
    "the address of a page": (request(1, "/healthz"), 400),
    "somebody unwelcome": (request(1, "/echo?forbidden"), 403),
    "a page of another site": (request(1, "/echo?cookie", "Origin: https://evil.example"), 403),
    "a page of the same host on another port": (request(1, "/echo?cookie", "Origin: http://localhost:2"), 403),
    "a page without an origin of its own": (request(1, "/echo?cookie", "Origin: null"), 403),
    "the plain address in a browser": (b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 426),
    "a proper one": (request(1, "/echo"), 101),
    "the key with spaces around": (request(1, "/echo").replace(b"dGhl", b"  dGhl").replace(b"Y2U=", b"Y2U= ", 1), 101),
    "headers in other letters": (request(1, "/echo").replace(b"websocket", b"WebSocket", 1).replace(b": Upgrade", b": keep-alive, upgrade", 1), 101),
    "its own page": (request(1, "/echo?cookie", "Origin: http://localhost:1"), 101),
    "a program with a cookie": (request(1, "/echo?cookie"), 101),
    "with compression offered": (request(1, "/echo", "Sec-WebSocket-Extensions: permessage-deflate"), 101),
    "with subprotocols": (request(1, "/echo", "Sec-WebSocket-Protocol: auth, token"), 101),
}  # fmt: skip


@pytest.mark.parametrize("name", HANDSHAKES)
def test_a_handshake_is_answered_before_anything_else(lab, name: str) -> None:
    """A refusal is one plain HTTP answer, and the connection ends with it."""
    sent, status = HANDSHAKES[name]
    with Wire(lab.port) as wire:
        wire.sock.close()
        import socket

        wire.sock, wire.rest = socket.create_connection(("127.0.0.1", lab.port), timeout=5), b""
        wire.send(sent)
        head = wire.until(b"\r\n\r\n").decode().lower()
        assert head.split(" ")[1] == str(status), head
        if status == 101:
            assert "sec-websocket-extensions" not in head
            assert ("sec-websocket-protocol: auth\r\n" in head) == ("subprotocols" in name)
            wire.send(text("hello"))
            assert wire.words() == "hello"
        elif status not in (404, 405):
            wire.send(request(1, "/healthz"))
            size = int(head.split("content-length: ")[1].split("\r\n")[0])
            wire.exactly(size)
            assert wire.read() is None, "the connection goes on after the refusal"


def test_frames_glued_to_the_handshake_are_heard(lab) -> None:
    with Wire(lab.port, glued=text("first") + text("second")) as wire:
        assert wire.words() == "first"
        assert wire.words() == "second"


def test_a_large_text_glued_to_the_handshake_is_heard(lab) -> None:
    with Wire(lab.port, glued=text("*" * 60000)) as wire:
        assert wire.words() == "*" * 60000


def test_random_bytes_get_a_close_code_and_the_neighbour_notices_nothing(lab) -> None:
    """G36 for the socket: whatever comes, one close frame or the end of the stream; the seed is printed."""
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    codes: dict[int | None, int] = {}
    with Wire(lab.port) as neighbour:
        for _ in range(300):
            noise = dice.randbytes(dice.choice((1, 5, 20, 200, 5000)))
            if dice.random() < 0.5:  # a sound beginning, so that the noise is content
                noise = frame(dice.choice((0, 1, 2, 8, 9)), noise[:125], fin=dice.random() < 0.5) + noise
            with Wire(lab.port) as wire:
                wire.send(noise)
                with_end = wire.sock
                with_end.shutdown(1)
                story = wire.story()
                code = story[-1].code if story and story[-1].opcode == CLOSE else 1006
                codes[code] = codes.get(code, 0) + 1
                assert code in (None, 1000, 1002, 1006, 1007, 1009) or 1000 <= code < 5000
            neighbour.send(text("still here"))
            assert neighbour.words() == "still here"
    print(f"\nG36 random bytes, seed {seed}: {codes}")
