#!/usr/bin/env python3
"""A small client for websocket_messenger: everything by HTTP, news and "… is typing" by one websocket.

    python websocket_messenger.py http://localhost:8000 ann secret bob

signs ann in (or up), shows her conversation with bob and sends what is typed, line by line. Needs `websocket-client`.
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
        self.username = ""
        self.token = ""

    def ask(self, method: str, path: str, **fields):
        """One call. Returns the Data of the answer."""
        request = Request(self.base + path, json.dumps(fields).encode() if fields else None, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            answer = json.load(urlopen(request))
        except HTTPError as error:
            answer = json.load(error)
            raise Refused(f"{answer['Message']}: {answer['Data']}" if answer["Data"] else answer["Message"]) from None
        return answer["Data"]

    def sign_up(self, username: str, password: str) -> None:
        self.token = self.ask("POST", "/user", Username=username, Password=password)
        self.username = username

    def log_in(self, username: str, password: str) -> None:
        self.token = self.ask("POST", "/user/login", Username=username, Password=password)
        self.username = username

    def log_out(self) -> None:
        self.ask("POST", "/user/logout")
        self.token = ""

    def profile(self, username: str) -> dict:
        return self.ask("GET", f"/user/{quote(username, safe='')}")

    def start(self, *recipients: str) -> str:
        """The id of the conversation with one person, or of a new one with several."""
        if len(recipients) == 1:
            return self.ask("POST", "/conversation", Recipient=recipients[0])
        return self.ask("POST", "/conversation", Recipients=list(recipients))

    def conversations(self) -> list[dict]:
        return self.ask("GET", "/conversation")

    def messages(self, conversation: str) -> list[dict]:
        return self.ask("GET", f"/message/{conversation}")

    def send(self, conversation: str, text: str) -> str:
        return self.ask("POST", "/message", ConversationId=conversation, Message=text)

    def edit(self, message: str, text: str) -> None:
        self.ask("PUT", "/message", MessageId=message, Message=text)

    def delete(self, message: str) -> None:
        self.ask("DELETE", f"/message{message}")

    def listen(self) -> "Ear":
        """The open, authenticated socket."""
        return Ear(self)


class Ear:
    """What the others do, one object after the other: `for news in client.listen(): …`"""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.socket = websocket.create_connection(client.base.replace("http", "ws", 1) + "/websocket")
        self.expect("Websocket Open")
        self.socket.send(client.token)
        self.expect("Websocket Authenticated")

    def expect(self, message: str) -> None:
        said = self.socket.recv()
        if not said or json.loads(said) != {"Message": message}:
            raise Refused(said or "the server closed the socket")

    def typing(self, conversation: str) -> None:
        self.socket.send(json.dumps({"User": self.client.username, "Message": "Typing", "ConvId": conversation}))

    def __iter__(self):
        while said := self.socket.recv():
            yield json.loads(said)

    def close(self) -> None:
        self.socket.close()


def show(ear: Ear, conversation: str) -> None:
    for news in ear:
        if news["Message"] == "Typing":
            print(f"… {news['User']} is typing")
        elif news.get("ConversationId") == conversation:
            print(f"[{news['Message']}] {news['Data']['Sender']}: {news['Data']['Message']}")


def main(base: str, username: str, password: str, other: str) -> None:
    client = Client(base)
    try:
        client.log_in(username, password)
    except Refused:
        client.sign_up(username, password)
    conversation = client.start(other)
    for message in client.messages(conversation):
        print(f"{message['Sender']}: {message['Message']}")
    ear = client.listen()
    threading.Thread(target=show, args=(ear, conversation), daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            client.send(conversation, line.rstrip("\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])
