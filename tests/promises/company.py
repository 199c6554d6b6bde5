"""What the promises share: people, groups and sockets by the handful, and the words by which a secret is recognised."""

import concurrent.futures
import re
import secrets
import threading
import time

from tests.cast import PASSWORD, Person
from tests.wires import GONE, Closed, Wire

# Everything that is said or set in these tests holds this word: it must never stand in a log.
WHISPER = "whisper"
TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}")


def secrets_in(log):
    """The lines of a log that tell a token, a cookie, a password or what somebody wrote."""
    return [line for line in log.splitlines() if WHISPER in line or TOKEN.search(line) or f'"{PASSWORD}"' in line]


def whisper(words=""):
    """A text that nobody else has."""
    return f"{WHISPER} {words} {secrets.token_hex(6)}".replace("  ", " ")


def people(base, *roles):
    """These people, freshly registered."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda role: Person(base, role), roles))


def crowd(base, number):
    """So many people."""
    return people(base, *(f"p{n}" for n in range(number)))


def move(server, *persons):
    """The server has another port since it was started again."""
    for person in persons:
        person.base = server.url


def group_of(owner, *members, private=True):
    """A group; its number as text."""
    logins = [member.login for member in members]
    answer = owner.post("/group", {"name": whisper("choir"), "private": private, "members": logins})
    assert answer.status == 201, answer
    return answer.body["id"]


def say(person, place, text):
    """A message over the native wire."""
    answer = person.post(place, {"text": text})
    assert answer.status == 201, answer
    return answer.body


def everything(person, place):
    """All messages of a chat, page by page, oldest first."""
    found = person.get(f"{place}?limit=200").body
    while found and found[0]["position"] > 1:
        found = person.get(f"{place}?limit=200&before={found[0]['id']}").body + found
    return found


def at_once(deeds):
    """All of these at the same moment, each in a thread; what they returned."""
    with concurrent.futures.ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result() for future in [pool.submit(deed) for deed in deeds]]


def line(person, path):
    """A socket, the token in its address."""
    return Wire(person.base).socket(f"{path}{'&' if '?' in path else '?'}token={person.token}")


class Ear(threading.Thread):
    """Listens to a socket all the time, keeps what it hears, and how and when it was closed."""

    def __init__(self, socket):
        super().__init__(daemon=True)
        self.socket, self.heard, self.code, self.moment = socket, [], None, None
        self.start()

    def run(self):
        try:
            while True:
                self.heard.append(self.socket.hear_text(600))
        except Closed as closed:
            self.code = closed.code
        except (OSError, *GONE):
            self.code = 1006
        self.moment = time.monotonic()

    def until(self, fits, patience=10.0):
        """All that was heard, as soon as it fits."""
        end = time.monotonic() + patience
        while not fits(words := "".join(self.heard)):
            assert time.monotonic() < end, words
            time.sleep(0.02)
        return words
