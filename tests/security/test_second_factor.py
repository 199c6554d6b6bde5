"""Somebody who knows ann's password, and not what her authenticator shows: by every door, with codes of every kind."""

import pyotp
import pytest

from messenger.core import clock, factors, people
from messenger.core.snapshots import Actor
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, register
from tests.security.test_enumeration import DOORS, EMAIL

pytestmark = pytest.mark.security("second factor")


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


@pytest.fixture
def secret(app):
    """What ann's authenticator knows; its first code is spent."""
    ann = register(app, "ann")
    ann.patch("/profile/update", json={"email": EMAIL})
    with app.app_context():
        actor = Actor(people.by_login("ann"))
        secret = factors.begin(actor).secret
        app.recovery = factors.confirm(actor, pyotp.TOTP(secret).now())
    return secret


def code(secret, steps=1):
    """The code of the next half minute: a clock may be a little fast."""
    return pyotp.TOTP(secret).at(clock.now() // clock.SECOND + 30 * steps)


def native(app, given):
    """Signing in by the native protocol with such a code."""
    return app.test_client().post("/gmessenger/login", json={"login": "ann", "password": PASSWORD, "code": given})


def lets_in(answer):
    """Is there anything in it with which one could come in?"""
    cookies = "".join(line for line in answer.headers.get_all("Set-Cookie") if line.startswith("sessionToken"))
    return "eyJ" in answer.text or "eyJ" in cookies


@pytest.mark.parametrize("name", DOORS)
def test_the_password_alone_opens_no_door(app, secret, name, attack):
    answer = DOORS[name](app.test_client(), "ann", PASSWORD)
    assert not lets_in(answer), answer.text
    attack.tried()
    with app.app_context():
        factors.switch_off(people.by_login("ann").user_id)
    assert lets_in(DOORS[name](app.test_client(), "ann", PASSWORD)), "without the second factor it would"


def test_no_code_counts_twice_nor_any_but_the_right_one(app, secret, attack):
    right = code(secret)
    wrong = ["", " ", "000000", "0" * 400, "-1", "null", right + "0", right[:5], pyotp.TOTP(secret).at(0),
             code(secret, 9), code(secret, -9), secret, app.recovery[0][:-1], "٠١٢٣٤٥", "\x00", "🔑"]  # fmt: skip
    for given in (*wrong, None, 123, True, [right], {"code": right}):
        answer = native(app, given)
        assert answer.status_code in (400, 401, 403), (given, answer.text)
        assert not lets_in(answer), given
        attack.tried()
    for given in (right, app.recovery[0]):
        assert lets_in(native(app, given)), "the right one does"
        assert not lets_in(native(app, given)), "once"
        attack.tried()


def test_a_ticket_of_the_first_step_is_nobody_else_s_and_no_session(app, secret, attack):
    bob = register(app, "bob")
    thief = app.test_client()
    thief.post("/login", data={"login": "ann", "password": PASSWORD})
    ticket = thief.get_cookie("secondStep").value
    assert app.test_client().get("/me", headers={"Authorization": f"Bearer {ticket}"}).status_code == 401
    for stolen in (bob.token, ticket[:-2] + "AA", "", "x.y.z", ticket.split(".")[0] + ".e30."):
        client = app.test_client()
        client.set_cookie("secondStep", stolen)
        answer = client.post("/login/code", data={"code": code(secret)})
        assert not lets_in(answer), stolen
        attack.tried()
    assert lets_in(thief.post("/login/code", data={"code": code(secret)})), "with the ticket it does"
