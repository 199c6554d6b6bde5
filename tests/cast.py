"""The small cast of every play: ann and bob, who talk, and cid the outsider. Each test gets people of its own.

ann, bob, cid = cast(server.url)
ann.login, ann.post("/conversation", {"Recipient": bob.login})
"""

import secrets

from tests.wires import Wire

PASSWORD = "secret"


class Person(Wire):
    """A registered person with one session; everything a Wire can, by his token."""

    def __init__(self, base: str, role: str, name: str | None = None) -> None:
        super().__init__(base)
        self.login = f"{role}-{secrets.token_hex(4)}"
        self.name = name or role.capitalize()
        self.password = PASSWORD
        made = self.post("/flash-chat/register", {"name": self.name, "username": self.login, "password": self.password})
        assert made.status == 200, made
        self.session.cookies.clear()
        self.token = made.body["content"]["token"]
        self.user = made.body["content"]["user"]
        self.id, self.uid = self.user["id"], self.user["uid"]

    def elsewhere(self) -> "Wire":
        """Another device of the same person: a second session."""
        answer = Wire(self.base).post("/flash-chat/login", {"username": self.login, "password": self.password})
        assert answer.status == 200, answer
        return Wire(self.base, answer.body["content"]["token"])

    def stranger(self) -> Wire:
        """Nobody, at the same server."""
        return Wire(self.base)


def cast(base: str) -> tuple[Person, Person, Person]:
    """Ann, bob and cid, fresh."""
    return Person(base, "ann"), Person(base, "bob"), Person(base, "cid")
