"""Plain clients for plays: HTTP by requests, sockets by websocket-client. They know no protocol and none of our code.

wire = Wire(server.url, token)
wire.post("/message", {"ConversationId": "3", "Message": "hello"}).body
with wire.socket("/chats/bob") as socket:
    socket.say("hello"); socket.hear()
"""

import json
import socket as sockets
import time
from contextlib import closing
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import requests
import websocket

from tests import planted

PATIENCE = 10.0
GONE = (ConnectionError, websocket.WebSocketConnectionClosedException)


class Answer(NamedTuple):
    """What came back over HTTP; `body` is the JSON, or the text where it is none."""

    status: int
    body: Any
    headers: Any


class Closed(Exception):
    """The server closed the socket; code and reason as it said."""

    def __init__(self, code: int, reason: str = "") -> None:
        self.code, self.reason = code, reason
        super().__init__(f"{code} {reason}")


class Refused(Exception):
    """The handshake was answered with ordinary HTTP."""

    def __init__(self, status: int, body: Any, headers: Any) -> None:
        self.status, self.body, self.headers = status, body, headers
        super().__init__(f"{status} {body}")


class Wire:
    """One client of one server, with or without a token."""

    def __init__(self, base: str, token: str | None = None) -> None:
        self.base = base.rstrip("/")
        self.token = token
        self.session = requests.Session()
        self.session.trust_env = False

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """One request. A dict or list leaves as JSON; text and bytes as they are, called text/plain."""
        headers = {**self.identity(), **more.pop("headers", {})}
        planted.note(body)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        elif body is not None:
            body = body.encode() if isinstance(body, str) else body
            headers.setdefault("Content-Type", "text/plain")
        answer = self.session.request(
            method, self.base + path, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False, **more
        )
        return Answer(answer.status_code, _decoded(answer.content), answer.headers)

    def get(self, path: str, **more: Any) -> Answer:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.ask("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.ask("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.ask("DELETE", path, **more)

    def identity(self) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def socket(self, path: str, headers: dict[str, str] | None = None, **more: Any) -> "Socket":
        """A websocket, open. Refused when the handshake is answered with anything but a 101."""
        given = {**self.identity(), **(headers or {})}
        try:
            inner = websocket.create_connection(
                self.base.replace("http", "ws", 1) + path,
                header=[f"{name}: {value}" for name, value in given.items()],
                timeout=PATIENCE,
                suppress_origin=True,
                http_no_proxy=["*"],
                **more,
            )
        except websocket.WebSocketBadStatusException as error:
            raise Refused(error.status_code, _decoded(error.resp_body or b""), error.resp_headers) from None
        return Socket(inner)

    def raw(self, request: bytes) -> bytes:
        """Bytes out, and everything that comes back until the server hangs up or is silent."""
        place = urlsplit(self.base)
        with closing(sockets.create_connection((place.hostname, place.port), PATIENCE)) as connection:
            connection.sendall(request)
            connection.settimeout(2)
            came = b""
            try:
                while part := connection.recv(65536):
                    came += part
            except (TimeoutError, ConnectionError):
                pass
            return came


class Socket:
    """An open websocket. `hear` waits for the next frame; a close frame raises Closed."""

    def __init__(self, inner: websocket.WebSocket) -> None:
        self.inner = inner

    @property
    def subprotocol(self) -> str | None:
        return self.inner.getsubprotocol()

    def say(self, words: Any) -> None:
        """A text frame: text as it is, anything else as JSON."""
        planted.note({"text": words} if isinstance(words, str) else words)
        self.inner.send(words if isinstance(words, str) else json.dumps(words))

    def say_bytes(self, content: bytes) -> None:
        """A binary frame."""
        self.inner.send_binary(content)

    def hear_text(self, patience: float = PATIENCE) -> str:
        """The next text frame as it came."""
        deadline = time.monotonic() + patience
        while True:
            # Pings are answered by the library, and do not make patience longer.
            self.inner.settimeout(max(0.001, deadline - time.monotonic()))
            opcode, content = self.inner.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                code = int.from_bytes(content[:2]) if content else 1005
                raise Closed(code, content[2:].decode())
            if opcode == websocket.ABNF.OPCODE_TEXT:
                return content.decode()

    def hear(self, patience: float = PATIENCE) -> Any:
        """The next frame as JSON."""
        return json.loads(self.hear_text(patience))

    def hear_until(self, fits: Any) -> Any:
        """The first frame for which `fits(frame)` is true; those before it are thrown away."""
        while not fits(frame := self.hear()):
            pass
        return frame

    def hear_close(self, patience: float = PATIENCE) -> Closed:
        """How the server closes; frames before that are thrown away."""
        while True:
            try:
                self.hear_text(patience)
            except Closed as closed:
                return closed
            except GONE:
                return Closed(1006)

    def is_silent(self, seconds: float = 0.4) -> bool:
        """Nothing comes for a moment. Better: have something else come, and see that it is the first."""
        try:
            self.hear(seconds)
        except websocket.WebSocketTimeoutException:
            return True
        return False

    def close(self) -> None:
        self.inner.close(timeout=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
