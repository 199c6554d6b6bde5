"""A plain model of a messenger, and the real one beside it: what is done to both must leave both alike."""

import itertools
import secrets
import traceback
from concurrent.futures import ThreadPoolExecutor

from tests.scale.rooms import Dialog, Group, Reader, pictured
from tests.scale.workers import at
from tests.wires import Wire

WORDS = itertools.count(1)


class Chorus:
    """Some people, some workers, and the model. Every deed asks one worker, and notes what must be so afterwards."""

    def __init__(self, workers, people):
        self.workers, self.people = workers, people
        self.wires = {person: [Wire(person.base, person.token)] for person in people}
        self.groups, self.dialogs, self.readers = [], [], []
        self.checked = 0

    @property
    def rooms(self):
        return [*self.groups, *self.dialogs]

    def wire(self, person, worker, device=0):
        """One of his devices, at this worker."""
        devices = self.wires[person]
        return at(devices[device % len(devices)], self.workers[worker % len(self.workers)])

    def found(self, person, worker):
        answer = self.wire(person, worker).post("/group", {"name": word(), "private": True})
        assert answer.status == 201, answer
        self.groups.append(Group(answer.body["id"], person))

    def meet(self, one, other, worker):
        """Both say something at the same moment, at different workers: it may be the first words between them."""
        dialog = next((dialog for dialog in self.dialogs if set(dialog.pair) == {one, other}), None)
        if dialog is None:
            self.dialogs.append(dialog := Dialog(one, other))
        with ThreadPoolExecutor(2) as pool:
            saying = [pool.submit(self.send, dialog, who, worker + n) for n, who in enumerate((one, other))]
        for said in saying:
            said.result()

    def add(self, group, person, worker):
        answer = self.wire(group.owner, worker).post(f"{group.path}/members", {"login": person.login})
        # The owner's own login is a wish to join, which is granted to who is in already.
        is_in = person in group.members and person is not group.owner
        assert answer.status == (409 if is_in else 201), answer
        group.members.add(person)

    def send(self, room, person, worker, times=1, device=0):
        """The same thing `times` times, with one client id: one message."""
        text, client_id = word(), secrets.token_hex(8)
        body = {"text": text, "client_id": client_id}
        wires = [self.wire(person, worker + n, device) for n in range(times)]
        answers = [Wire(wire.base, wire.token).post(room.at(person), body) for wire in wires]
        wanted = 201 if person in room.members else 403
        assert {answer.status for answer in answers} == {wanted}, answers
        if wanted == 201:
            (number,) = {answer.body["id"] for answer in answers}
            room.said[number], room.authors[number] = text, person
        return text

    def change(self, room, person, worker, number, text):
        """Edit one's message; "" takes it back."""
        wire, path = self.wire(person, worker), f"/message/{number}"
        answer = wire.put(path, {"text": text}) if text else wire.delete(path)
        may = person in room.members and room.authors[number] == person and room.said[number]
        assert answer.status == (200 if may else answer.status), answer
        assert may or answer.status in (401, 403, 404), answer
        if may:
            room.said[number] = text

    def leave(self, group, person, worker, removed):
        """By himself, or taken out by the owner; his sockets there end."""
        if removed:
            answer = self.wire(group.owner, worker).delete(f"{group.path}/members/{person.login}")
        else:
            answer = self.wire(person, worker).delete(f"{group.path}/members")
        assert answer.status == (200 if person in group.members else answer.status), answer
        group.members.discard(person)
        self._end([reader for reader in self.readers if (reader.room, reader.person) == (group, person)])

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
        self._end([reader for reader in self.readers if reader.wire.token == gone.token])

    def read(self, room, person, worker):
        reader = Reader(room, person, self.wire(person, worker))
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
        """Every reader's picture, and what every worker answers to everybody, is what the model says."""
        for room in self.rooms:
            text = self.send(room, room.owner, 0)
            for reader in [reader for reader in self.readers if reader.room is room]:
                reader.hear_until(text)
                same(dict(sorted(reader.seen.items())), room.said)
            self.checked += 1
        for number in range(len(self.workers)):
            for person in self.people:
                self._check_at(number, person)

    def _check_at(self, number, person):
        """Nothing is there twice, nothing is missing, nothing is there that he may not see."""
        wire = self.wire(person, number)
        for room in self.rooms:
            if person in room.members:
                history = wire.get(f"{room.at(person)}?limit=200").body
                assert [m["position"] for m in history] == list(range(1, len(history) + 1))
                same(pictured(history), room.said)
            elif room in self.groups:
                answer = wire.get(f"{room.path}?limit=1")
                assert answer.status == 403, (person.login, answer)
        listed = [(row["type"], str(row["id"])) for row in wire.get("/chats?limit=50").body if row["last_id"]]
        assert sorted(listed) == sorted(room.row(person) for room in self.rooms if person in room.members)

    def _end(self, readers):
        """Closed by the server, soon; the line may have been cut before."""
        for reader in readers:
            self.readers.remove(reader)
            if reader.socket is not None:
                assert reader.socket.hear_close(20).code in (1008, 1006, 1001)

    def end(self):
        for reader in self.readers:
            reader.drop()


def same(found, said):
    """The same messages with the same words, in the same order."""
    assert list(found.items()) == sorted(said.items())


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
