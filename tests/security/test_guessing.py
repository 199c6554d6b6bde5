"""Whoever guesses passwords: at one account, at many, from one place, from many; and the owner all the while."""

import pytest

from messenger import create_app
from messenger.core import passwords
from messenger.settings import Settings
from tests.fixtures.apps import leave
from tests.security.addresses import PASSWORD, register
from tests.security.test_enumeration import DOORS, EMAIL

pytestmark = pytest.mark.security("guessing")
# The time stands still: nobody has waited for a sixth guess.
FREE = 5


@pytest.fixture
def app(app):
    """Ann has two names, her login and her e-mail. The throttle's clock does not move."""
    app.extensions["throttle"].tallies.own.clock = lambda: 1000.0
    assert register(app, "ann").patch("/profile/update", json={"email": EMAIL}).status_code == 201
    return app


@pytest.fixture
def looks(monkeypatch):
    """Every look at a hash: a guess that was answered in earnest."""
    done = []
    really = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda stored, word: done.append(word) or really(stored, word))
    return done


def guess(app, number, login="ann", address="6.6.6.6", **headers):
    """One wrong password, by one door after the other."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.environ_base |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return list(DOORS.values())[number % len(DOORS)](client, login, f"guess {number}")


def test_one_place_has_few_guesses_whatever_door_it_takes(app, looks, attack):
    answers = [guess(app, number) for number in range(60)]
    assert len(looks) == FREE
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    attack.tried(60)


def test_saying_that_one_is_somewhere_else_helps_nothing(app, looks, attack):
    for number in range(40):
        away = f"10.0.0.{number}"
        guess(app, number, x_forwarded_for=away, x_real_ip=away, forwarded=f"for={away}", client_ip=away)
        attack.tried()
    assert len(looks) == FREE


def test_one_place_has_few_guesses_at_many_accounts(app, looks, attack):
    for number in range(80):
        guess(app, number, login=f"somebody-{number}")
        attack.tried()
    assert len(looks) == 20


def test_many_places_have_few_guesses_at_one_account_and_its_owner_comes_in(app, looks, attack):
    """The owner's browser is known; so is the place from which she signed in before."""
    owner = app.test_client()
    owner.environ_base["REMOTE_ADDR"] = "7.7.7.7"
    assert owner.post("/login", data={"login": "ann", "password": PASSWORD}).status_code == 303
    looks.clear()
    for number in range(60):
        guess(app, number, address=f"10.0.1.{number}")
        attack.tried()
    assert len(looks) == FREE
    owner.delete_cookie("sessionToken")
    owner.environ_base["REMOTE_ADDR"] = "8.8.8.8"
    assert owner.post("/login", data={"login": "ann", "password": PASSWORD}).status_code == 303, "her browser is known"
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "7.7.7.7"
    assert elsewhere.post("/login", data={"login": "ann", "password": PASSWORD}).status_code == 303, "and her address"
    forged = app.test_client()
    forged.environ_base["REMOTE_ADDR"] = "9.9.9.9"
    forged.set_cookie("knownDevice", "nonce.0123456789abcdef0123456789abcdef")
    assert forged.post("/login", data={"login": "ann", "password": PASSWORD}).status_code == 429, (
        "a mark of one's own is none"
    )


def test_where_nobody_counts_every_guess_is_answered(instance, blank_database, looks):
    app = create_app(Settings.for_tests(instance_dir=str(instance), limits=False))
    app.extensions["settings"].sqlite_path.write_bytes(blank_database.read_bytes())
    register(app, "ann")
    for number in range(FREE * 3):
        guess(app, number)
    assert len(looks) == FREE * 3
    leave(app)
