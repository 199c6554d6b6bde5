"""A server on which everybody, every group, every file and every message is called something that wants to run."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from messenger import create_app
from messenger.core import accounts, groups
from messenger.core.accounts import Application
from messenger.core.sessions import Device
from messenger.settings import Settings
from tests.fixtures.apps import leave
from tests.fixtures.server import Server
from tests.security.corpus import PAYLOADS
from tests.wires import Wire

VIEWERS = 4
OLDER = {"HX-Request": "true", "HX-Target": "older", "Accept": "text/html"}
SHOWN = re.compile(r'<div class="message-text" hx-disable>(.*?)</div><span class="message-meta">', re.DOTALL)


class Guest(Wire):
    """Somebody who was registered without his password being hashed; speaks every wire."""

    def __init__(self, signed_in):
        super().__init__("", signed_in.token)
        person = signed_in.actor.person
        self.actor, self.login, self.uid, self.id = signed_in.actor, person.login, person.uid, person.user_id

    def stranger(self):
        """Nobody, at the same server."""
        return Wire(self.base)


class Stage:
    """ann, who looks; bob, who writes; four who have the groups in their lists; and the guests with their names."""

    def __init__(self, folder, blank_database):
        settings = Settings.for_tests(instance_dir=str(folder / "app"))
        self.server = Server(folder, blank_database, LIMITS="off", SECRET_KEY=settings.secret_key)
        database = f"sqlite:///{folder / 'messenger.db'}"
        app = create_app(Settings.for_tests(instance_dir=str(folder / "app"), database_url=database))
        with app.app_context():
            self.ann, self.bob = called("ann", "Ann"), called("bob", PAYLOADS[0])
            self.guests = [called(f"p{number}", name) for number, name in enumerate(PAYLOADS)]
            self.viewers = [called(f"v{number}", "Viewer") for number in range(VIEWERS)]
            everybody = [guest.actor.person for guest in (self.bob, *self.guests)]
            self.choir = groups.create(self.ann.actor, PAYLOADS[10], False, everybody).chat_id
            for number, name in enumerate(PAYLOADS):
                groups.create(self.viewers[number % VIEWERS].actor, line(name), True, [])
        leave(app)
        self.server.start()
        for guest in (self.ann, self.bob, *self.guests, *self.viewers):
            guest.base = self.server.url

    def say_everything(self, speakers):
        """Bob says each payload to ann by each of these doors."""
        wanted = self.position() + len(speakers) * len(PAYLOADS)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._speak, speakers))
        until = time.monotonic() + 60
        while self.position() < wanted:
            assert time.monotonic() < until
            time.sleep(0.1)

    def read_everything(self):
        """Ann has seen it all: her page opens at the end."""
        place = f"/dialog/{self.bob.login}"
        last = self.ann.get(f"{place}?limit=1").body[0]["id"]
        assert self.ann.ask("PATCH", place, {"read": last}).status == 200

    def position(self):
        """How much has been said between the two."""
        rows = self.bob.get(f"/dialog/{self.ann.login}?limit=1").body
        return rows[0]["position"] if rows else 0

    def _speak(self, speaker):
        if speaker is None:
            for text in PAYLOADS:
                answer = self.bob.session.post(
                    f"{self.server.url}/dialog/{self.ann.login}",
                    data={"text": text}, headers={**self.bob.identity(), "HX-Request": "true"}, timeout=20,
                )  # fmt: skip
                assert answer.status_code == 201, answer.text
            return
        writer = Guest.__new__(Guest)
        writer.__dict__.update(self.bob.__dict__)
        with speaker.open(writer, self.ann) as socket:
            for text in PAYLOADS:
                speaker.say(socket, writer, self.ann, text)
            # A close frame waits its turn behind all that was said.
            socket.inner.send_close()
            socket.hear_close(60)

    def shown(self):
        """What the page writes for all that was said, and how often: the same whatever door it came by."""
        found = Counter()
        for before in range(self.position() + 1, 1, -50):
            found.update(SHOWN.findall(self.ann.get(f"/dialog/{self.bob.login}?before={before}", headers=OLDER).body))
        return found

    def send_files(self):
        """200 files of these names, twenty to a message."""
        for start in range(0, len(PAYLOADS), 20):
            ids = []
            for name in PAYLOADS[start : start + 20]:
                answer = self.bob.post(f"/upload?name={quote(name, safe='')}", b"x")
                assert answer.status == 201, answer
                ids.append(answer.body[0]["id"])
            assert self.bob.post(f"/dialog/{self.ann.login}", {"text": "", "attachments": ids}).status == 201


def called(login, name):
    """Somebody of that name."""
    application = accounts.checked(Application(login, "", line(name)))
    return Guest(accounts.create(application, "none", Device("tests")))


def line(name):
    """As one line, as names are."""
    return " ".join(name.replace("\u200b", "").split())
