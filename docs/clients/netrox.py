#!/usr/bin/env python3
"""A small client for netrox: dialogs with people known by their uid; files go up by HTTP, the socket announces them.

    python netrox.py http://localhost:8000 <token> <uid of the other one>

prints what was said, sends what is typed, line by line, and prints what comes; `/file <path>` sends a file.
Signing in is not part of this protocol: any other one gives the token. Needs `websocket-client`.
"""

import json
import sys
import threading
import uuid
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import websocket


class Refused(Exception):
    """The server said no; the sentence is the text of the exception."""


class Client:
    """One signed-in user."""

    def __init__(self, base: str, token: str) -> None:
        self.base = base.rstrip("/")
        self.token = token

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"):
        """One call. Returns the entity of the answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        try:
            return json.load(urlopen(Request(self.base + path, body, headers, method=method)))["entity"]
        except HTTPError as error:
            answer = json.load(error)
            raise Refused(answer.get("message") or answer.get("detail")) from None

    def messages(self, uid: str, limit: int = 50) -> list[dict]:
        """The dialog with this person, oldest message first."""
        return self.ask("GET", f"/chat/messages/{quote(uid, safe='')}/?limit={limit}")["messages"]

    def threads(self) -> list[dict]:
        return self.ask("GET", "/chat/get-user-threads/")

    def upload(self, uid: str, path: str, text: str = "") -> dict:
        """A message with a file; the other one hears of it when `Room.announce` says so."""
        mark = uuid.uuid4().hex
        fields = {"receiver": uid, "message": text}
        parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
        head = f'Content-Disposition: form-data; name="attached_file"; filename="{Path(path).name}"\r\n\r\n'
        body = "".join(f"--{mark}\r\n{part}\r\n" for part in parts).encode()
        body += f"--{mark}\r\n{head}".encode() + Path(path).read_bytes() + f"\r\n--{mark}--\r\n".encode()
        return self.ask("POST", "/chat/chat-attachment/", body, f"multipart/form-data; boundary={mark}")["message"]

    def room(self) -> "Room":
        return Room(self)


class Room:
    """The socket: `send` and `announce`, and `for frame in room` what comes."""

    def __init__(self, client: Client) -> None:
        address = client.base.replace("http", "ws", 1) + f"/ws/chat/room/?token={client.token}"
        self.socket = websocket.create_connection(address)

    def say(self, action: str, **fields) -> None:
        self.socket.send(json.dumps({"action": action, **fields}))

    def send(self, uid: str, text: str) -> None:
        self.say("chat_message", message_body=text, receiver_id=uid)

    def send_once(self, uid: str, text: str) -> int:
        """Send, wait for the acknowledgement and return the message's id. Repeating it would store nothing new."""
        client_id = uuid.uuid4().hex
        self.say("chat_message", message_body=text, receiver_id=uid, client_id=client_id)
        return next(frame["created_msg_id"] for frame in self if frame.get("client_id") == client_id)

    def announce(self, message_id: int) -> None:
        self.say("chat_message_file", message_body="", chat_id=str(message_id))

    def __iter__(self):
        while heard := self.socket.recv():
            yield json.loads(heard)

    def close(self) -> None:
        self.socket.close()


def show(room: Room) -> None:
    for frame in room:
        if frame["action"] == "error":
            print(f"! {frame['message']}")
        elif frame["action"].startswith("re_message"):
            file = f" [{frame['attached_file_name']}]" if "attached_file_name" in frame else ""
            print(f"{frame['sender_id']}: {frame['message_body']}{file}")


def main(base: str, token: str, uid: str) -> None:
    client = Client(base, token)
    for message in client.messages(uid):
        print(f"{message['sender']['id']}: {message['message']}")
    room = client.room()
    threading.Thread(target=show, args=(room,), daemon=True).start()
    for line in sys.stdin:
        if line.startswith("/file "):
            room.announce(client.upload(uid, line.removeprefix("/file ").strip())["id"])
        elif line.strip():
            room.send(uid, line.rstrip("\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])
