"""A plain model of a messenger, and the real one beside it: what is done to both must leave both alike."""

import itertools
import secrets
import traceback

from tests.scale.workers import at
from tests.wires import GONE, Closed, Wire

WORDS = itertools.count(1)


class Group:
    """What a group should be: who is in it, and what was said there, by id; "" is a message taken back."""

    def __init__(self, number, owner):
        self.number, self.owner = number, owner
        self.members = {owner}
        self.said = {}
        self.authors = {}

    @property
    def path(self):
        return f"/group/{self.number}"

    def own(self, person):
        """What this person may change."""
        return sorted(number for number, author in self.authors.items() if author == person and self.said[number])


class Reader:
    """A socket on a group, and the picture that its client has by nothing but frames."""

    def __init__(self, group, person, wire):
        self.group, self.person, self.wire = group, person, wire
        history = wire.get(f"{group.path}?limit=200")
        assert history.status == 200, history
        self.seen = pictured(history.body)
        # No frame has told the cursor yet: everything is asked for again, and must change nothing.
        self.cursor, self.socket = 0, None

    def come(self):
        """Open the socket behind what is known."""
        self.socket = self.wire.socket(f"{self.group.path}/ws?since={self.cursor}")

    def drop(self):
        """As when a train goes into a tunnel."""
        if self.socket is not None:
            self.socket.inner.sock.close()
            self.socket = None

    def hear_until(self, text):
        """Take in what is told, coming back whenever the line is cut, until this was said."""
        while True:
            try:
                if self.socket is None:
                    self.come()
                while True:
                    frame = self.socket.hear(30)
                    self.take(frame)
                    if frame["type"] == "new_message" and frame["payload"]["text"] == text:
                        return
            except (Closed, *GONE):
                self.socket = None

    def take(self, frame):
        """One frame."""
        payload = frame["payload"]
        self.cursor = payload.get("cursor", self.cursor)
        if frame["type"] == "reload":
            self.seen = pictured(self.wire.get(f"{self.group.path}?limit=200").body)
        elif frame["type"] in ("new_message", "message_edited", "message_deleted"):
            self.seen |= pictured([payload])


def pictured(history):
    """What people said, by id; what a group says of itself is left out."""
    return {message["id"]: message["text"] for message in history if message["kind"] == "text"}


class Chorus:
    """Some people, some workers, and the model. Every deed asks one worker, and notes what must be so afterwards."""

    def __init__(self, workers, people):
        self.workers, self.people = workers, people
        self.wires = {person: [Wire(person.base, person.token)] for person in people}
        self.groups, self.readers = [], []
        self.checked = 0

    def wire(self, person, worker, device=0):
        """One of his devices, at this worker."""
        devices = self.wires[person]
        return at(devices[device % len(devices)], self.workers[worker % len(self.workers)])

    def found(self, person, worker):
        answer = self.wire(person, worker).post("/group", {"name": word(), "private": True})
        assert answer.status == 201, answer
        self.groups.append(Group(answer.body["id"], person))

    def add(self, group, person, worker):
        answer = self.wire(group.owner, worker).post(f"{group.path}/members", {"login": person.login})
        # The owner's own login is a wish to join, which is granted to who is in already.
        is_in = person in group.members and person is not group.owner
        assert answer.status == (409 if is_in else 201), answer
        group.members.add(person)

    def send(self, group, person, worker, times=1, device=0):
        """The same thing `times` times, with one client id: one message."""
        text, client_id = word(), secrets.token_hex(8)
        body = {"text": text, "client_id": client_id}
        answers = [self.wire(person, worker + n, device).post(group.path, body) for n in range(times)]
        wanted = 201 if person in group.members else 403
        assert {answer.status for answer in answers} == {wanted}, answers
        if wanted == 201:
            (number,) = {answer.body["id"] for answer in answers}
            group.said[number], group.authors[number] = text, person
        return text

    def change(self, group, person, worker, number, text):
        """Edit one's message; "" takes it back."""
        wire, path = self.wire(person, worker), f"/message/{number}"
        answer = wire.put(path, {"text": text}) if text else wire.delete(path)
        may = person in group.members and group.authors[number] == person and group.said[number]
        assert answer.status == (200 if may else answer.status), answer
        assert may or answer.status in (401, 403, 404), answer
        if may:
            group.said[number] = text

    def leave(self, group, person, worker, removed):
        """By himself, or taken out by the owner; his sockets there end."""
        if removed:
            answer = self.wire(group.owner, worker).delete(f"{group.path}/members/{person.login}")
        else:
            answer = self.wire(person, worker).delete(f"{group.path}/members")
        assert answer.status == (200 if person in group.members else answer.status), answer
        group.members.discard(person)
        for reader in [reader for reader in self.readers if (reader.group, reader.person) == (group, person)]:
            self.readers.remove(reader)
            if reader.socket is not None:
                ended(reader.socket)

    def log_in(self, person, worker):
        answer = at(person, self.workers[worker]).elsewhere()
        self.wires[person].append(answer)

    def log_out(self, person, worker):
        """The first device, when there is another; its sockets end, and its token is worth nothing at any worker."""
        if len(self.wires[person]) < 2:
            return
        gone = self.wires[person].pop(0)
        assert at(gone, self.workers[worker]).post("/user/logout").status == 200
        for number in range(len(self.workers)):
            assert at(gone, self.workers[number]).get("/me").status == 401
        for reader in [reader for reader in self.readers if reader.wire.token == gone.token]:
            self.readers.remove(reader)
            if reader.socket is not None:
                ended(reader.socket)

    def read(self, group, person, worker):
        reader = Reader(group, person, self.wire(person, worker))
        reader.come()
        self.readers.append(reader)

    def kill(self, worker):
        """The whole process, without a word; it comes back on another port."""
        server = self.workers[worker]
        before = server.url
        server.kill()
        server.start()
        for reader in self.readers:
            if reader.wire.base == before:
                reader.wire.base, reader.socket = server.url, None

    def check(self):
        """Every reader's picture, and what every worker answers, is what the model says."""
        for group in self.groups:
            text = self.send(group, group.owner, 0)
            for reader in [reader for reader in self.readers if reader.group is group]:
                reader.hear_until(text)
                same(dict(sorted(reader.seen.items())), group.said)
            for number in range(len(self.workers)):
                history = self.wire(group.owner, number).get(f"{group.path}?limit=200").body
                assert [m["position"] for m in history] == list(range(1, len(history) + 1))
                same(pictured(history), group.said)
                for person in self.people:
                    answer = self.wire(person, number).get(f"{group.path}?limit=1")
                    assert answer.status == (200 if person in group.members else 403), (person.login, answer)
            self.checked += 1

    def end(self):
        for reader in self.readers:
            reader.drop()


def same(found, said):
    """The same messages with the same words, in the same order."""
    assert list(found.items()) == sorted(said.items())


def ended(socket):
    """Closed by the server, soon; the line may have been cut before."""
    assert socket.hear_close(20).code in (1008, 1006, 1001)


def word():
    return f"word {next(WORDS)} {secrets.token_hex(4)}"


class Noted:
    """A chorus whose deeds are written down: what a failure under load was, and what had led to it, can be read."""

    def __init__(self, chorus, notes):
        self.chorus, self.notes, self.deeds = chorus, notes, []

    def __getattr__(self, name):
        found = getattr(self.chorus, name)
        return self._noted(name, found) if callable(found) else found

    def _noted(self, name, deed):
        def do(*given):
            self.deeds.append(f"{name}({', '.join(shown(one) for one in given)})")
            try:
                return deed(*given)
            except Exception as error:
                if not self.notes:
                    self.notes.extend([*self.deeds, "".join(traceback.format_exception(error))])
                raise

        return do


def shown(one):
    return getattr(one, "login", None) or getattr(one, "path", None) or repr(one)
