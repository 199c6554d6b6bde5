"""What the plays of gmessenger share: how its sockets are opened and what their frames hold."""

import re

from tests.cast import Person
from tests.wires import Wire

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def two(base):
    """Ann and bob, without an outsider."""
    return Person(base, "ann"), Person(base, "bob")


def line(person, path):
    """A socket the documented way: the token in the address."""
    joint = "&" if "?" in path else "?"
    return Wire(person.base).socket(f"{path}{joint}token={person.token}")


def say(socket, kind, **payload):
    """A frame of the client."""
    socket.say({"type": kind, "payload": payload})


def hear(socket, kind):
    """The payload of the next frame of that type; what comes before it is let go."""
    return socket.hear_until(lambda frame: frame["type"] == kind)["payload"]


def send(person, place, text, **more):
    """A message over HTTP."""
    answer = person.post(place, {"text": text, **more})
    assert answer.status == 201, answer
    return answer.body


def texts(answer):
    """What a page of history says."""
    assert answer.status == 200, answer
    return [message["text"] for message in answer.body]


def make_group(owner, *members, private=True):
    """A group; its id."""
    logins = [member.login for member in members]
    answer = owner.post("/group", {"name": "Choir", "private": private, "members": logins})
    assert answer.status == 201, answer
    return answer.body["id"]


def is_error(answer, status):
    """Is it this status, in this wire's envelope?"""
    body = answer.body
    return (
        answer.status == status
        and isinstance(body, dict)
        and {**body, "message": None} == {"code": str(status), "message": None, "content": None}
        and isinstance(body["message"], str)
        and bool(body["message"])
    )
