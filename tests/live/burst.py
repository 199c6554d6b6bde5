"""A load generator of raw sockets, run as a process of its own; prints one JSON line.

`python -m tests.live.burst PORT echo|fanout CONNECTIONS SECONDS DEPTH`
"""

import base64
import json
import os
import select
import socket
import sys
import time
from contextlib import suppress

from websockets.frames import Frame, Opcode


def connect(port: int, path: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=10)
    key = base64.b64encode(os.urandom(16)).decode()
    sock.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += sock.recv(4096)
    assert b" 101 " in answer, answer
    sock.setblocking(False)
    return sock


def echo(port: int, connections: int, seconds: float, depth: int) -> dict[str, float]:
    """Each connection keeps `depth` messages of 46 bytes under way."""
    frame = Frame(Opcode.TEXT, b'{"action":"send","text":"hello there","to": 5}').serialize(mask=True)
    size = len(frame) - 4
    socks = {sock.fileno(): sock for sock in (connect(port, "/echo") for _ in range(connections))}
    left = dict.fromkeys(socks, 0)
    poll = select.epoll()
    for number, sock in socks.items():
        poll.register(number, select.EPOLLIN)
        sock.send(frame * depth)
    begun = time.perf_counter()
    end, done = begun + seconds, 0
    while time.perf_counter() < end:
        for number, _ in poll.poll(1):
            got = len(socks[number].recv(1 << 18)) + left[number]
            back, left[number] = divmod(got, size)
            done += back
            if back:
                socks[number].send(frame * back)
    return {"per_second": done / (time.perf_counter() - begun)}


def fanout(port: int, connections: int, seconds: float, batch: int) -> dict[str, float]:
    """One of them has `batch` texts told to all, again and again; everybody counts bytes."""
    wish = json.dumps({"do": "tell", "text": "y" * 100, "times": batch}).encode()
    frame = Frame(Opcode.TEXT, wish).serialize(mask=True)
    size = 102
    socks = {sock.fileno(): sock for sock in (connect(port, "/json") for _ in range(connections))}
    time.sleep(1)
    poll = select.epoll()
    for number, sock in socks.items():
        with suppress(BlockingIOError):
            sock.recv(4096)  # hello, unless it came with the handshake
        poll.register(number, select.EPOLLIN)
    teller = next(iter(socks))
    begun = time.perf_counter()
    end, got, told, buffer = begun + seconds, 0, 0, bytearray(1 << 18)
    while time.perf_counter() < end:
        if told * connections * size - got < 3 * batch * connections * size:
            socks[teller].send(frame)
            told += batch
        for number, _ in poll.poll(0.01):
            got += socks[number].recv_into(buffer)
    return {"per_second": got / size / (time.perf_counter() - begun)}


if __name__ == "__main__":
    what = {"echo": echo, "fanout": fanout}[sys.argv[2]]
    print(json.dumps(what(int(sys.argv[1]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))))
