"""The first administrator: by the token alone, once, and by nobody else."""

import pytest
from sqlalchemy import text

from messenger.core import accounts, administration, audit, founding, people
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.refusals import Forbidden
from tests.core.world import HERE

pytestmark = pytest.mark.security("administration")


def register(login, token=""):
    return accounts.register(Application(login, "secret", token=token), HERE).actor


def test_the_first_account_is_a_person_like_others(empty_world):
    assert accounts.is_fresh_server()
    assert not register("ann").is_admin
    assert not register("bob", "x" * 24).is_admin
    empty_world.look()
    assert not accounts.is_fresh_server()
    assert founding.is_open()


def test_the_token_makes_an_administrator_once_and_is_kept_in_the_trail(empty_world):
    key = founding.token()
    assert founding.is_key(key)
    ann = register("ann", key)
    assert ann.is_admin
    empty_world.look()
    assert not founding.is_key(key)
    assert not register("bob", key).is_admin
    empty_world.look()
    assert [(trace.deed, trace.object) for trace in audit.traces()] == [("founded", "@ann")]


def test_who_is_signed_in_already_may_bring_the_token_too(empty_world):
    key = founding.token()
    ann, bob = (Steward(register(name), "192.0.2.7") for name in ("ann", "bob"))
    with pytest.raises(Forbidden):
        founding.become(ann, "x" * 24)
    with pytest.raises(Forbidden):
        founding.become(ann, "\ud800")
    assert founding.become(ann, key).login == "ann"
    with pytest.raises(Forbidden):
        founding.become(bob, key)


def test_an_old_token_is_worthless_even_when_no_administrator_is_left(empty_world):
    key = founding.token()
    ann = register("ann")
    administration.promote(Steward(), ann.user_id)
    with empty_world.writer.engine.begin() as connection:
        connection.execute(text("UPDATE users SET is_admin = false"))
    empty_world.look()
    assert not founding.is_key(key)
    assert not register("bob", key).is_admin


@pytest.mark.parametrize("registration", ["invite", "closed"])
def test_a_server_that_takes_nobody_takes_its_administrator(empty_world, monkeypatch, registration):
    object.__setattr__(empty_world.app.extensions["settings"], "registration", registration)
    with pytest.raises(Forbidden):
        register("ann")
    assert register("ann", founding.token()).is_admin
    empty_world.look()
    with pytest.raises(Forbidden):
        register("bob", founding.token())
    assert people.by_login("ann").login == "ann"
