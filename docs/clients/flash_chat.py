#!/usr/bin/env python3
"""A small client for flash_chat: an account by HTTP, and one websocket for each dialog, on which raw text travels.

    python flash_chat.py http://localhost:8000 ann secret bob

signs ann in (or up), sends what is typed to bob, line by line, and prints what he writes. Needs `websocket-client`.
"""

import json
import sys
import threading
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import websocket


class Refused(Exception):
    """The server said no; the sentence is the text of the exception."""


class Client:
    """One signed-in user."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.token = ""

    def ask(self, method: str, path: str, **fields):
        """One call. Returns the content of the answer."""
        request = Request(self.base + path, json.dumps(fields).encode() if fields else None, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            return json.load(urlopen(request))["content"]
        except HTTPError as error:
            raise Refused(json.load(error)["message"]) from None

    def register(self, name: str, username: str, password: str) -> None:
        self.token = self.ask("POST", "/register", name=name, username=username, password=password)["token"]

    def log_in(self, username: str, password: str) -> None:
        self.token = self.ask("POST", "/login", username=username, password=password)["token"]

    def users(self) -> list[dict]:
        return self.ask("GET", "/users")

    def chat(self, username: str, after: int | None = None) -> "Chat":
        """The dialog with this person; `after` a message's id first replays what came since."""
        return Chat(self, username, after)


class Chat:
    """One dialog: `send` text, and `for message in chat` what comes."""

    def __init__(self, client: Client, username: str, after: int | None = None) -> None:
        address = client.base.replace("http", "ws", 1) + f"/chats/{quote(username, safe='')}"
        if after is not None:
            address += f"?after={after}"
        self.last = after
        self.socket = websocket.create_connection(address, header=[f"Authorization: Bearer {client.token}"])

    def send(self, text: str) -> None:
        self.socket.send(text)

    def __iter__(self):
        while said := self.socket.recv():
            message = json.loads(said)
            self.last = message.get("id", self.last)
            yield message

    def close(self) -> None:
        self.socket.close()


def show(chat: Chat) -> None:
    for message in chat:
        print(f"! {message['error']}" if "error" in message else f"{message['from']}: {message['body']}")


def main(base: str, username: str, password: str, other: str) -> None:
    client = Client(base)
    try:
        client.log_in(username, password)
    except Refused:
        client.register(username, username, password)
    chat = client.chat(other)
    threading.Thread(target=show, args=(chat,), daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            chat.send(line.rstrip("\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])
