"""What a chat should be, and the picture that one client of it has by nothing but frames."""

from tests.wires import GONE, Closed


class Room:
    """Who is in it, and what was said there, by id; "" is a message taken back."""

    def __init__(self, *members):
        self.owner, self.members = members[0], set(members)
        self.said, self.authors = {}, {}

    def own(self, person):
        """What this person may change."""
        return sorted(number for number, author in self.authors.items() if author == person and self.said[number])


class Group(Room):
    """People come and go."""

    def __init__(self, number, owner):
        super().__init__(owner)
        self.number, self.path = number, f"/group/{number}"

    def at(self, person):
        """Where anybody finds it."""
        return self.path

    def row(self, person):
        """How it is named in lists."""
        return "group", str(self.number)


class Dialog(Room):
    """Two people, or one with himself: each finds it by the name of the other."""

    def __init__(self, one, other):
        super().__init__(one, other)
        self.pair = (one, other)

    @property
    def path(self):
        return "/dialog/" + "+".join(person.login for person in self.pair)

    def other(self, person):
        return self.pair[person == self.pair[0]]

    def at(self, person):
        return f"/dialog/{self.other(person).login}"

    def row(self, person):
        return "dialog", self.other(person).login


class Reader:
    """A socket on a room, and what its client knows."""

    def __init__(self, room, person, wire):
        self.room, self.person, self.wire = room, person, wire
        self.path = room.at(person)
        history = wire.get(f"{self.path}?limit=200")
        assert history.status == 200, history
        self.seen = pictured(history.body)
        # No frame has told the cursor yet: everything is asked for again, and must change nothing.
        self.cursor, self.socket = 0, None

    def come(self):
        """Open the socket behind what is known."""
        self.socket = self.wire.socket(f"{self.path}/ws?since={self.cursor}")

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
            self.seen = pictured(self.wire.get(f"{self.path}?limit=200").body)
        elif frame["type"] in ("new_message", "message_edited", "message_deleted"):
            self.seen |= pictured([payload])


def pictured(history):
    """What people said, by id; what a group says of itself is left out."""
    return {message["id"]: message["text"] for message in history if message["kind"] == "text"}
