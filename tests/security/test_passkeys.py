"""Passkeys made and proved by a device that lies: about where it is, whose it is, what it counted and was asked."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from messenger.core import challenges, clock, passkeys, people
from messenger.core.snapshots import Actor
from messenger.extensions import db
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, register, sign_in
from tests.security.authenticator import ATTESTED, EXTENDED, PRESENT, VERIFIED, Authenticator, text

pytestmark = pytest.mark.security("passkeys")
HOME = "/settings/security/passkeys"
DEEP, ENDLESS, LONG = b"\x81" * 9_000, b"\x9f" * 9_000, b"\x5b\x7f" + b"\xff" * 7
BOMBS = [
    DEEP,
    ENDLESS,
    LONG,
    b"\x9b\x7f" + b"\xff" * 7,
    b"\xbb" + b"\0" * 3 + b"\xff" * 5,
    b"\xa1\x01" * 4_000,
    b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\xd8\x1c\x81\xd8\x1d\x00",
    b"\xff",
    b"",
    b"\xa0",
    b"\xf6",
    b"\x01",
    b"\xa1\x61\xff\x01",
    b"\xa2\x01\x01\x01\x01",
    b"\xd8\x23\x68(a+)+$((",
]
ORIGINS = [
    "https://evil.example",
    "http://localhost.evil.example",
    "http://localhost:81",
    "https://localhost",
    "null",
    "",
    "http://LOCALHOST",
    "http://localhost/",
    "http://evil@localhost",
    None,
    ["http://localhost"],
    {},
]
HOSTS = ["evil.example", "localhos", "localhost.", "", "LOCALHOST", "http://localhost"]


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


class Owner:
    """Somebody with a device, at a browser."""

    def __init__(self, app, login):
        self.app, self.login = app, login
        self.client = register(app, login)
        self.device = Authenticator()

    def making(self, client=None):
        """What it takes to make one."""
        answer = (client or self.client).post(f"{HOME}/options", json={"password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.json["options"], answer.json["ticket"]

    def made(self, ticket, answer, client=None):
        """Whether it was kept."""
        return (client or self.client).post(HOME, json={"ticket": ticket, "answer": answer, "name": "My phone"})

    def arm(self):
        """A passkey, rightly made."""
        options, ticket = self.making()
        self.device.handle = options["user"]["id"]
        answer = self.made(ticket, self.device.make(options))
        assert answer.status_code == 201, answer.text
        return self

    def kept(self):
        """How many are kept of this person."""
        with self.app.app_context():
            count = len(passkeys.of(Actor(people.by_login(self.login))))
            db.session.remove()
        return count


def asking(client):
    """What it takes to prove one."""
    answer = client.post("/login/passkey/options", json={})
    return answer.json["options"], answer.json["ticket"]


def proved(client, ticket, answer):
    return client.post("/login/passkey", json={"ticket": ticket, "answer": answer})


def refused(answer, status, about=""):
    """A plain no, in words, with which nobody comes in."""
    assert answer.status_code == status, (str(about)[:200], answer.text[:200])
    assert answer.json["message"]
    assert "Traceback" not in answer.text
    assert "sessionToken" not in str(answer.headers.getlist("Set-Cookie"))


def odd_proofs(ann, bob):
    """Everything that is wrong with a proof, each wrong in one thing alone."""
    device, stranger = ann.device, ec.generate_private_key(ec.SECP256R1())
    truly = PRESENT | VERIFIED
    yield from ({"origin": origin} for origin in ORIGINS)
    yield from ({"host": host} for host in HOSTS)
    yield from ({"type": kind} for kind in ("webauthn.create", "payment.get", "", None))
    yield from ({"flags": flags} for flags in (PRESENT, VERIFIED, 0, truly | ATTESTED, truly | EXTENDED))
    yield from ({"credential": one} for one in (bob.device.credential, device.credential[:-1], b"", b"\0" * 900))
    yield from (
        {"credential": bob.device.credential, "handle": handle} for handle in (bob.device.handle, device.handle, None)
    )
    yield from ({"handle": handle} for handle in (bob.device.handle, text(b"x"), "====", "\u00e9", "x" * 9_000))
    yield from ({"key": key} for key in (bob.device.key, stranger))
    yield from (
        {"signature": signature} for signature in (b"", b"\0", b"\x30\x06\x02\x01\0\x02\x01\0", b"\xff" * 9_000)
    )
    yield from ({"challenge": challenge} for challenge in ("", "x", text(b"\0" * 64), None, 7))
    yield from ({"place": place} for place in (b"", b"\0" * 36, b"\xff" * 37, b"\0" * 9_000))
    yield from ({"flags": truly | EXTENDED, "more": bomb} for bomb in BOMBS if bomb not in (b"\xa0", b"\xf6", b"\x01"))
    yield from (
        {"answer": more}
        for more in (
            {"rawId": text(bob.device.credential)},
            {"id": text(bob.device.credential)},
            {"type": "password"},
            {"response": None},
            {"response": {}},
            {"id": 7},
            {"id": None},
            {"id": "' OR 1=1 --"},
            {"authenticatorAttachment": "none such"},
            {"padding": "x" * 20_000},
            {"clientExtensionResults": [[]] * 6_000},
        )
    )
    yield {"said_instead": b"{}"}
    yield {"said_instead": b"[" * 9_000}
    yield {"said_instead": b"\xff\xfe"}
    yield {"place_instead": b"\0" * 37}
    yield {"client": {"tokenBinding": {"status": "not-supported"}}}


def test_a_proof_that_is_wrong_in_anything_opens_nothing(app, attack):
    ann, bob = Owner(app, "ann").arm(), Owner(app, "bob").arm()
    door = app.test_client()
    options, ticket = asking(door)
    for odd in odd_proofs(ann, bob):
        refused(proved(door, ticket, ann.device.prove(options, **odd)), 401, odd)
        attack.tried()
    for answer in (None, [], "x", 7, {}, "x" * 100_000, {"id": {}}):
        refused(proved(door, ticket, answer), 401)
        attack.tried()
    refused(proved(door, ticket, "x" * 200_000), 413)
    right = ann.device.prove(options)
    opened = proved(door, ticket, right)
    assert opened.status_code == 200, "with the same ticket the right one does"
    assert door.get("/me").json["login"] == "ann"
    refused(proved(app.test_client(), ticket, right), 401)
    attack.tried(2)


def test_a_challenge_is_for_one_browser_one_purpose_and_a_few_minutes(app, attack, monkeypatch):
    ann = Owner(app, "ann").arm()
    mine, theirs = app.test_client(), app.test_client()
    options, ticket = asking(mine)
    elsewhere, other_ticket = asking(theirs)
    proof = ann.device.prove(options)
    refused(proved(theirs, ticket, proof), 401)
    refused(proved(app.test_client(), ticket, proof), 401)
    refused(proved(mine, other_ticket, proof), 401)
    refused(proved(mine, ticket, ann.device.prove(elsewhere)), 401)
    for forged in ("", "x", ticket[:-3] + "AAA", "a.b.c", "x" * 9_000, ann.making()[1], ann.client.token):
        refused(proved(mine, forged, proof), 401)
        attack.tried()
    long_ago = clock.now() - (challenges.SECONDS + 5) * clock.SECOND
    with monkeypatch.context() as patch:
        patch.setattr(challenges.clock, "now", lambda: long_ago)
        with app.app_context():
            late = challenges.written("prove x", challenges.raw(options["challenge"]))
    refused(proved(mine, late, proof), 401)
    attack.tried(5)
    assert proved(mine, ticket, ann.device.prove(options)).status_code == 200, "in its own browser, in time, it opens"


def test_a_copy_of_a_device_shows_by_its_count(app, attack):
    ann = Owner(app, "ann").arm()
    ann.device.count = 40
    door = app.test_client()
    options, ticket = asking(door)
    assert proved(door, ticket, ann.device.prove(options)).status_code == 200
    for count in (41, 40, 1, 0):
        options, ticket = asking(door)
        refused(proved(door, ticket, ann.device.prove(options, count=count)), 401)
        attack.tried()
    options, ticket = asking(door)
    assert proved(door, ticket, ann.device.prove(options, count=42)).status_code == 200


def odd_makings(ann):
    """Everything that is wrong with a new passkey, each wrong in one thing alone."""
    truly = PRESENT | VERIFIED | ATTESTED
    yield from ({"origin": origin} for origin in ORIGINS)
    yield from ({"host": host} for host in HOSTS)
    yield from ({"type": kind} for kind in ("webauthn.get", "", None))
    yield from (
        {"flags": flags} for flags in (PRESENT | ATTESTED, VERIFIED | ATTESTED, PRESENT | VERIFIED, 0, truly | EXTENDED)
    )
    yield from ({"challenge": challenge} for challenge in ("", text(b"\0" * 64), None))
    yield from ({"credential": credential} for credential in (b"", b"x" * 1_024, b"x" * 9_000))
    yield from (
        {"public": public} for public in ({3: -8}, {3: 5}, {3: None}, {1: 99}, {3: "none"}, {-2: b""}, {-1: 99})
    )
    yield from ({"cose": bomb} for bomb in BOMBS)
    yield from ({"object": bomb} for bomb in BOMBS)
    yield from (
        {"sworn": sworn}
        for sworn in (
            {"fmt": "packed"},
            {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x"}},
            {"fmt": "none such"},
            {"fmt": 7},
            {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x", "x5c": [b"\x30" * 900]}},
            {"attStmt": {"sig": b"x"}},
            {
                "fmt": "tpm",
                "attStmt": {"ver": "2.0", "certInfo": b"x", "pubArea": b"x", "sig": b"x", "x5c": [b"x"], "alg": -7},
            },
            {"fmt": "android-safetynet", "attStmt": {"ver": "1", "response": b"a.b.c"}},
            {"fmt": "apple", "attStmt": {"x5c": [b"x"]}},
            {"fmt": "fido-u2f", "attStmt": {"x5c": [b"x"], "sig": b"x"}},
            {"authData": None},
            {"authData": "x"},
            {"attStmt": None},
        )
    )
    yield from (
        {"answer": more} for more in ({"rawId": "x"}, {"type": "x"}, {"response": []}, {"padding": "x" * 20_000})
    )


def test_a_passkey_that_is_wrong_in_anything_is_not_kept(app, attack):
    ann = Owner(app, "ann")
    options, ticket = ann.making()
    for odd in odd_makings(ann):
        refused(ann.made(ticket, ann.device.make(options, **odd)), 400, odd)
        attack.tried()
    whole = ann.device.make(options)
    for part in ("clientDataJSON", "attestationObject"):
        said = whole["response"][part]
        for length in range(0, len(said), 17):
            refused(ann.made(ticket, whole | {"response": whole["response"] | {part: said[:length]}}), 400)
            attack.tried()
    assert ann.kept() == 0
    assert ann.made(ticket, whole).status_code == 201, "with the same ticket the right one is"
    assert ann.kept() == 1


def test_a_passkey_is_made_once_by_the_session_that_asked_and_is_one_person_s(app, attack, monkeypatch):
    ann, bob = Owner(app, "ann"), Owner(app, "bob")
    options, ticket = ann.making()
    made = ann.device.make(options)
    for client in (bob.client, sign_in(app, "ann")):
        refused(ann.made(ticket, made, client), 401)
    refused(ann.made(ticket, made, app.test_client()), 401)
    refused(ann.made(asking(ann.client)[1], made), 401)
    long_ago = clock.now() - (challenges.SECONDS + 5) * clock.SECOND
    with monkeypatch.context() as patch:
        patch.setattr(challenges.clock, "now", lambda: long_ago)
        late_options, late = ann.making()
    refused(ann.made(late, ann.device.make(late_options)), 401)
    assert ann.kept() == 0
    assert ann.made(ticket, made).status_code == 201
    refused(ann.made(ticket, made), 400)
    for owner in (ann, bob):
        options, ticket = owner.making()
        refused(owner.made(ticket, ann.device.make(options)), 409)
    assert (ann.kept(), bob.kept()) == (1, 0)
    attack.tried(8)
