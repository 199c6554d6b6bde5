"""Who is here, on the socket of all chats: told once, however many facts say it. In this process, fact by fact."""

import json
import socket
import threading
import time

import pytest

from messenger.core import accounts, presence, profiles
from messenger.core.accounts import Application
from messenger.core.facts import PersonArrived, PresenceChanged
from messenger.core.facts.people import EVERYBODY
from messenger.core.sessions import Device
from messenger.protocols.gmessenger.listening import ListLine
from messenger.protocols.gmessenger.memory import ListMemory
from messenger.reception.listener import opening
from tests.live.wire import Wire


@pytest.fixture
def cast(app):
    """Ann, who has her list open, bob, and cid, whose coming ends each scene."""
    with app.app_context():
        made = [
            accounts.create(Application(login, "secret", login.capitalize()), "none", Device("tests"))
            for login in ("ann", "bob", "cid")
        ]
        yield [one.actor for one in made]


class List:
    """Ann's socket of all chats."""

    def __init__(self, app, actor):
        self.board = app.extensions["switchboard"]
        self.presence = app.extensions["presence"]
        self.mailbox = self.board.open(opening(actor, memory=ListMemory()), ListLine(), "here")
        for topic in (("presence", EVERYBODY), ("everyone", 0)):
            self.mailbox.follow(topic)

    def begin(self):
        """The handshake is over."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.settimeout(20)
        self.board.begin(self.mailbox, ours, b"")
        self.wire = Wire.__new__(Wire)
        self.wire.sock, self.wire.rest = theirs, b""

    def turn(self, function, *given):
        """Have this done in a turn, and wait for it."""
        done = threading.Event()
        self.board.loop.soon(function, *given)
        self.board.loop.soon(done.set)
        assert done.wait(20)

    def told(self, person, is_here):
        """Wait until everybody has been told that he is here, or is not."""
        until = time.monotonic() + 20
        while self.presence.is_told(person.user_id) is not is_here:
            assert time.monotonic() < until
            time.sleep(0.005)

    def statuses(self, marker):
        """What was said of anybody's being here until somebody new comes."""
        self.turn(self.board.bus.deliver, [PersonArrived(marker)])
        heard = []
        while (frame := json.loads(self.wire.words()))["type"] != "chat_updated":
            heard.append((frame["payload"]["user_login"], frame["payload"]["is_online"]))
        return heard

    def close(self):
        self.wire.sock.close()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """No change waits for the five seconds of the one before."""
    monkeypatch.setattr(presence, "QUIET_SECONDS", 0.0)


def test_who_hides_or_shows_himself_or_has_another_name_is_told_of_once(app, cast):
    ann, bob, cid = cast
    hers = List(app, ann)
    hers.begin()
    hers.turn(hers.presence.active, bob.person)
    hers.told(bob, True)
    assert hers.statuses(cid.person) == [("bob", True)]
    for is_shown in (False, True):
        profiles.prefer(bob, True, is_shown, {})
        hers.told(bob, is_shown)
        assert hers.statuses(cid.person) == [("bob", is_shown)]
    profiles.describe(bob, "Bobby", "")
    assert hers.statuses(cid.person) == [("bob", True)]
    for is_here in (False, True, False):
        hers.turn(hers.board.bus.deliver, [PresenceChanged(bob.person, is_here, None)])
        assert hers.statuses(cid.person) == [("bob", is_here)], "what is news is told, whatever was said with the name"
    hers.close()


def test_who_comes_while_the_list_opens_is_told_of_once(app, cast):
    ann, bob, cid = cast
    early = List(app, ann)
    early.turn(early.presence.active, bob.person)
    early.told(bob, True)
    early.begin()
    assert early.statuses(cid.person) == [("bob", True)], "it waited behind the handshake"
    late = List(app, ann)
    late.begin()
    heard = [status for status in late.statuses(cid.person) if status[0] == "bob"]
    assert heard == [("bob", True)], "who was here before is greeted with"
    early.close()
    late.close()
