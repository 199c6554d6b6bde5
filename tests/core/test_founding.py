"""The first administrator: by the token alone, once, and by nobody else."""

from contextlib import ExitStack
from time import monotonic, sleep

import psycopg
import pytest
from sqlalchemy import text

from messenger.core import accounts, administration, audit, founding, people
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.refusals import Forbidden
from tests.core.world import HERE, World

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


@pytest.mark.parametrize("how", ["open", "closed", "inside"])
def test_of_two_who_come_with_the_token_to_two_processes_at_once_one_is_the_first(postgres, tmp_path, how):
    """Each has its own writer; both stand at the same lock before either goes on."""
    url = postgres.blank()
    settings = {"registration": "closed"} if how == "closed" else {}
    with psycopg.connect(url, autocommit=True) as other, ExitStack() as stack:
        other.execute("SELECT pg_advisory_lock(%s)", [founding.LOCK])
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        worlds = [stack.enter_context(World(url, tmp_path / name, **settings)) for name in ("one", "two")]
        key = founding.token()
        waits = [submitted(world, f"p{number}", key, how) for number, world in enumerate(worlds)]
        end = monotonic() + 20
        while other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (2,):
            assert monotonic() < end, "nobody waits"
            sleep(0.01)
        other.execute("SELECT pg_advisory_unlock(%s)", [founding.LOCK])
        outcomes = [wait()[0] for wait in waits]
        assert other.execute("SELECT count(*) FROM users WHERE is_admin").fetchone() == (1,)
        assert other.execute("SELECT count(*) FROM users").fetchone() == (1 if how == "closed" else 2,)
        assert other.execute("SELECT count(*) FROM audit_entries WHERE deed = 'founded'").fetchone() == (1,)
        assert [isinstance(outcome, Forbidden) for outcome in outcomes].count(True) == (0 if how == "open" else 1)


def submitted(world, login, key, how):
    """Waiting in the writer of this process."""
    with world.app.app_context():
        if how == "inside":
            steward = Steward(accounts.create(Application(login, "secret"), "none", HERE).actor, "192.0.2.7")
            return world.submitted([(founding.become, (steward, key))])
        return world.submitted([(accounts.join, (Application(login, "secret", token=key), "none", HERE))])
