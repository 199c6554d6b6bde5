"""Every address of the map, filled in; and people at them, in this process."""

import re
from typing import NamedTuple

PASSWORD = "a password of our own"
ARGUMENT = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Address(NamedTuple):
    """One method of one route."""

    method: str
    rule: str
    endpoint: str
    is_socket: bool

    def path(self, **given):
        """The address with these arguments; where none is given, something that may or may not be there."""

        def fill(found):
            kind, options, name = found.groups()
            if kind == "any":
                return options.split(",")[0].strip()
            return str(given.get(name, 1 if kind == "int" else "x"))

        return ARGUMENT.sub(fill, self.rule)


def addresses(app, methods=None):
    """All of them, in the order of the map."""
    found = [
        Address(method, rule.rule, rule.endpoint, rule.websocket)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]
    return [one for one in found if methods is None or one.method in methods]


def register(app, login, **more):
    """A client that carries the cookie of a fresh account; `token` is what is in it."""
    client = app.test_client()
    answer = client.post("/register", json={"name": login, "username": login, "password": PASSWORD}, **more)
    assert answer.status_code == 200, answer.text
    client.token = answer.json["content"]["token"]
    client.user = answer.json["content"]["user"]
    return client


def sign_in(app, login, **more):
    """Another device of the same person."""
    client = app.test_client()
    answer = client.post("/login", json={"username": login, "password": PASSWORD}, **more)
    assert answer.status_code == 200, answer.text
    client.token = answer.json["content"]["token"]
    return client
