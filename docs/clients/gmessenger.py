#!/usr/bin/env python3
"""A small client for gmessenger: everything by HTTP, and a websocket for each open chat or for all of them.

    python gmessenger.py http://localhost:8000 ann secret bob

signs ann in (or up), sends what is typed to bob, line by line, and prints what happens in their dialog. When the line
breaks it comes back by itself and misses nothing. Needs `websocket-client`.
"""

import json
import sys
import threading
import time
import uuid
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import websocket


class Refused(Exception):
    """The server said no; the sentence is the text of the exception, `code` the status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Client:
    """One signed-in user."""

    def __init__(self, base: str, token: str = "") -> None:
        self.base = base.rstrip("/")
        self.token = token

    def ask(self, method: str, path: str, body: dict | None = None):
        """One call; its answer."""
        request = Request(self.base + path, json.dumps(body).encode() if body is not None else None, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            return json.load(urlopen(request))
        except HTTPError as error:
            raise Refused(error.code, json.load(error)["message"]) from None

    def register(self, username: str, login: str, password: str) -> dict:
        body = {"username": username, "login": login, "password": password}
        return self._signed_in(self.ask("POST", "/register", body))

    def log_in(self, login: str, password: str) -> dict:
        return self._signed_in(self.ask("POST", "/login", {"login": login, "password": password}))

    def log_out(self) -> None:
        self.ask("POST", "/logout")
        self.token = ""

    def chats(self) -> list[dict]:
        """Dialogs, groups and people, those with the latest activity first."""
        return self.ask("GET", "/chats")

    def make_group(self, name: str, *logins: str, private: bool = True) -> str:
        """A group; its id."""
        return self.ask("POST", "/group", {"name": name, "private": private, "members": list(logins)})["id"]

    def dialog(self, login: str) -> "Chat":
        return Chat(self, f"/dialog/{quote(login, safe='')}")

    def group(self, group_id: str) -> "Chat":
        return Chat(self, f"/group/{group_id}")

    def everything(self, after: int | None = None) -> "Line":
        """What happens in all chats."""
        return Line(self, "/chats/ws", "after", after)

    def _signed_in(self, answer: dict) -> dict:
        self.token = answer["content"]["token"]
        return answer["content"]["user"]


class Chat:
    """One dialog or group."""

    def __init__(self, client: Client, path: str) -> None:
        self.client = client
        self.path = path

    def messages(self, **page: int) -> list[dict]:
        """The last 50, or a page: before, after (message ids), limit."""
        query = "&".join(f"{name}={value}" for name, value in page.items())
        return self.client.ask("GET", f"{self.path}?{query}")

    def send(self, text: str, **more: object) -> dict:
        """Say something, once: repeated after a lost answer, the same client id stores nothing new."""
        body = {"text": text, "client_id": str(uuid.uuid4()), **more}
        for pause in (1, 2, 4, None):
            try:
                return self.client.ask("POST", self.path, body)
            except OSError:
                if pause is None:
                    raise
                time.sleep(pause)
        raise AssertionError("never reached")

    def open(self, since: int | None = None) -> "Line":
        """What happens here, from a cursor on."""
        return Line(self.client, f"{self.path}/ws", "since", since)


class Line:
    """A websocket that comes back by itself: `say` frames, and `for frame in line` what comes."""

    def __init__(self, client: Client, path: str, name: str, known: int | None) -> None:
        self.client = client
        self.path = path
        self.name = name
        self.known = known
        self.is_open = True
        self.socket = self._connect()

    def say(self, kind: str, **payload: object) -> None:
        self.socket.send(json.dumps({"type": kind, "payload": payload}))

    def __iter__(self):
        while self.is_open:
            try:
                text = self.socket.recv()
            except (OSError, websocket.WebSocketException):
                text = ""
            if text:
                frame = json.loads(text)
                self._note(frame)
                yield frame
            elif self.is_open:
                self.socket = self._come_back()

    def close(self) -> None:
        self.is_open = False
        self.socket.close()

    def _note(self, frame: dict) -> None:
        """How far we know: the cursor of this chat, or the newest message of all."""
        if self.name == "since" or frame["type"] == "reload":
            newest = frame["payload"].get("cursor")
        else:
            newest = frame["payload"].get("id") if frame["type"] == "new_message" else None
        if newest is not None:
            self.known = newest

    def _connect(self) -> websocket.WebSocket:
        query = f"?token={self.client.token}" + (f"&{self.name}={self.known}" if self.known is not None else "")
        return websocket.create_connection(self.client.base.replace("http", "ws", 1) + self.path + query)

    def _come_back(self) -> websocket.WebSocket:
        pause = 0.5
        while True:
            time.sleep(pause)
            try:
                return self._connect()
            except websocket.WebSocketBadStatusException as error:
                if error.status_code != 503:
                    raise Refused(error.status_code, "The server does not let us in any more.") from None
            except OSError:
                pass
            pause = min(pause * 2, 30)


def show(line: Line) -> None:
    """Print what happens."""
    for frame in line:
        payload = frame["payload"]
        if frame["type"] in ("new_message", "message_edited"):
            print(f"{payload['sender']}: {payload['text']}")
        elif frame["type"] == "message_status":
            print(f"   ({payload['status']})")
        elif frame["type"] == "error":
            print(f"! {payload['message']}")


def main(base: str, login: str, password: str, other: str) -> None:
    client = Client(base)
    try:
        client.log_in(login, password)
    except Refused:
        client.register(login, login, password)
    line = client.dialog(other).open()
    threading.Thread(target=show, args=(line,), daemon=True).start()
    for text in sys.stdin:
        line.say("send_message", text=text.rstrip("\n"), client_id=str(uuid.uuid4()))
    time.sleep(0.5)
    line.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
