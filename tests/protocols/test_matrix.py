"""Everything travels: what one wire writes, each of the others hears live and finds in history, under one id."""

import pytest

from tests.cast import Person
from tests.fixtures.databases import KINDS, blank
from tests.fixtures.server import Server
from tests.protocols.speakers import SPEAKERS

NAMES = [speaker.name for speaker in SPEAKERS]


@pytest.fixture(scope="module", params=KINDS)
def base(request, tmp_path_factory):
    """The real server, on each database, with room for many sockets from one address."""
    folder = tmp_path_factory.mktemp(request.param)
    for url in blank(request, folder, request.param):
        server = Server(folder, DATABASE_URL=url, SOCKETS_PER_ADDRESS=500).start()
        yield server.url
        server.kill()


@pytest.mark.parametrize("sender", SPEAKERS, ids=NAMES)
def test_what_one_wire_writes_the_other_four_hear_and_keep(base, sender):
    ann, bob = Person(base, "ann"), Person(base, "bob")
    assert ann.post(f"/dialog/{bob.login}", {"text": "first"}).status == 201
    ears = {speaker.name: (speaker, speaker.open(bob, ann)) for speaker in SPEAKERS}
    mouth = sender.open(ann, bob)
    text = f"hello from {sender.name} ✓"
    sender.say(mouth, ann, bob, text)
    ids = set()
    for speaker, socket in ears.values():
        heard = speaker.heard(socket.hear_until(lambda frame, s=speaker: s.heard(frame) is not None))
        assert heard[0] == text
        ids.add(heard[1])
    ids.discard(None)
    assert len(ids) == 1, "one message, one id"
    for speaker in SPEAKERS:
        for reader, other in ((bob, ann), (ann, bob)):
            told = [(said, number) for said, number in speaker.history(reader, other) if said == text]
            assert len(told) == 1, (speaker.name, reader.login)
            assert told[0][1] in ids | {None}
    for _, socket in ears.values():
        socket.close()
    mouth.close()


@pytest.mark.parametrize("door", SPEAKERS, ids=NAMES)
def test_signing_out_through_one_closes_the_sockets_of_all(base, door):
    ann, bob = Person(base, "ann"), Person(base, "bob")
    assert ann.post(f"/dialog/{bob.login}", {"text": "first"}).status == 201
    sockets = [speaker.open(bob, ann) for speaker in SPEAKERS]
    spared = door.open(bob_elsewhere := _as_person(bob), ann)
    assert bob.post("/user/logout").status == 200
    codes = [socket.hear_close(5).code for socket in sockets]
    assert codes == [1008] * len(SPEAKERS)
    assert bob.get("/me").status == 401
    assert bob_elsewhere.get("/me").status == 200
    ann.post(f"/dialog/{bob.login}", {"text": "still there?"})
    heard = spared.hear_until(lambda frame: door.heard(frame) is not None)
    assert door.heard(heard)[0] == "still there?"
    spared.close()


def _as_person(person):
    """The same person on another device, with everything a Person knows."""
    wire = person.elsewhere()
    for name in ("login", "name", "id", "uid", "user", "password"):
        setattr(wire, name, getattr(person, name))
    wire.stranger = person.stranger
    return wire
