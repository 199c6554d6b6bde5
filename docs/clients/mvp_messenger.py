#!/usr/bin/env python3
"""A small client for mvp_messenger: accounts by HTTP, everything else by requests and answers on one websocket.

    python mvp_messenger.py http://localhost:8000 ann@mail.com password 2

signs ann in (or up), sends what is typed to the user with the id 2, line by line, and prints what comes.
Needs `websocket-client`.
"""

import json
import queue
import sys
import threading
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import websocket


class Refused(Exception):
    """The server said no; the sentence is the text of the exception."""


class Client:
    """One user, signed in with `log_in`."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.token = ""

    def ask(self, method: str, path: str, **fields):
        """One call; its answer."""
        request = Request(self.base + path, json.dumps(fields).encode() if fields else None, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            return json.load(urlopen(request))
        except HTTPError as error:
            answer = json.load(error)
            raise Refused(answer if isinstance(answer, str) else answer["message"]) from None

    def sign_up(self, email: str, password: str, **names: str) -> None:
        self.ask("POST", "/auth/sing-up", userEmail=email, password=password, **names)

    def log_in(self, email: str, password: str) -> None:
        self.token = self.ask("POST", "/auth/login", email=email, password=password)["token"]

    def users(self) -> list[dict]:
        return self.ask("GET", "/users/list")

    def update(self, **fields: str) -> None:
        self.ask("PATCH", "/profile/update", **fields)

    def change_password(self, old: str, new: str) -> None:
        self.ask("PATCH", "/profile/change-password", oldPassword=old, newPassword=new, repeatNewPassword=new)

    def destroy(self) -> None:
        self.ask("DELETE", "/profile/destroy")

    def talk(self) -> "Talk":
        return Talk(self)


class Talk:
    """The socket: `ask` waits for the answer; `pushes` is a queue of what others said and did."""

    def __init__(self, client: Client) -> None:
        address = client.base.replace("http", "ws", 1) + "/"
        self.socket = websocket.create_connection(address, header=[f"Authorization: Bearer {client.token}"])
        self.answers: queue.Queue[dict] = queue.Queue()
        self.pushes: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, kind: str, **params):
        """One request; the data of its answer. Answers come in the order of the requests."""
        self.socket.send(json.dumps({"type": kind, "params": params}))
        answer = self.answers.get(timeout=10)
        if answer.get("error"):
            raise Refused(answer["message"])
        return answer["params"]["data"]

    def close(self) -> None:
        self.socket.close()

    def _listen(self) -> None:
        """A push looks like an answer of the same type, but carries a message."""
        try:
            while heard := self.socket.recv():
                frame = json.loads(heard)
                is_push = not frame.get("error") and frame["params"]["message"] is not None
                (self.pushes if is_push else self.answers).put(frame)
        except (OSError, websocket.WebSocketException):
            pass


def show(talk: Talk) -> None:
    while True:
        said = talk.pushes.get()["params"]
        print(f"{said['senderName']}: {said['message']}")


def main(base: str, email: str, password: str, other: str) -> None:
    client = Client(base)
    try:
        client.log_in(email, password)
    except Refused:
        client.sign_up(email, password)
        client.log_in(email, password)
    talk = client.talk()
    threading.Thread(target=show, args=(talk,), daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            talk.ask("privateMessage", receiverId=int(other), content=line.rstrip("\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])
