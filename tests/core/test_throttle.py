"""Guessing waits ever longer, wherever it comes from; the owner's own device never waits for it."""

import pytest

from messenger.core import accounts, devices, entrance, sessions, throttle
from messenger.core.accounts import Application
from messenger.core.refusals import Forbidden, TooMany, Unauthenticated
from messenger.core.sessions import Device
from messenger.core.throttle import Throttle
from messenger.live.tallies import SWEEP, OwnTallies
from tests.core.world import NUMBER

pytestmark = [pytest.mark.security("guessing"), pytest.mark.parametrize("kind", ["sqlite"], scope="module")]
ATTACKER, OWNER, HOTEL = "203.0.113.9", "192.0.2.1", "198.51.100.7"


class Clock:
    """A time that passes when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(world):
    """The time that this world's guesses are counted by."""
    made = Clock()
    before, world.app.extensions["throttle"] = (
        world.app.extensions["throttle"],
        Throttle(OwnTallies(made)),
    )
    yield made
    world.app.extensions["throttle"] = before


@pytest.fixture
def owner(world, clock):
    """Somebody with a password, who has signed in from his own address."""
    login = f"owner{next(NUMBER)}"
    return accounts.register(Application(login, "right one", email=f"{login}@example.org"), Device("test", "", OWNER))


def guess(login, address, password="wrong", mark=""):
    """What a try comes to: in, out, or the seconds to wait."""
    try:
        return entrance.authenticate(login, password, Device("test", "", address, mark=mark)) and "in"
    except TooMany as later:
        return later.retry_after
    except Unauthenticated:
        return "out"


def test_after_five_failures_each_further_one_doubles_the_wait(clock, owner):
    login = owner.actor.login
    assert [guess(login, ATTACKER) for _ in range(5)] == ["out"] * 5
    assert guess(login, ATTACKER) == 10
    assert guess(login.upper(), ATTACKER, "right one") == 10, "while one waits not even the right one is looked at"
    waits = []
    for _ in range(5):
        clock.now += guess(login, ATTACKER)
        assert guess(login, ATTACKER) == "out"
        waits.append(guess(login, ATTACKER))
    assert waits == [20, 40, 80, 160, 320]
    clock.now += 320
    assert guess(login, ATTACKER, "right one") == "in", "nobody is locked out"
    assert guess(login, ATTACKER) == "out"


def test_who_guesses_elsewhere_does_not_keep_the_owner_out(clock, owner):
    login, mark = owner.actor.login, devices.mark(owner.actor.user_id)
    for n in range(12):
        guess(login, f"203.0.113.{n}")
        clock.now += 3
    assert isinstance(guess(login, ATTACKER), int)
    assert guess(login, HOTEL, "right one", mark) == "in", "a browser that is known"
    assert guess(login, OWNER, "right one") == "in", "an address that is known"
    wait = guess(login, "2001:db8::9", "right one")
    assert 0 < wait <= 60
    clock.now += wait
    assert guess(login, "2001:db8::9", "right one") == "in", "a new place, a little later"


def test_a_known_browser_has_no_more_guesses_than_others(clock, owner):
    login, mark = owner.actor.login, devices.mark(owner.actor.user_id)
    assert [guess(login, HOTEL, mark=mark) for _ in range(6)] == [*["out"] * 5, 10]
    for forged in (devices.mark(owner.actor.user_id + 1), mark[:-1] + "x", ".", "x" * 5000, "\ud800"):
        fresh = f"198.51.100.{next(NUMBER)}"
        clock.now += 61
        assert guess(login, fresh, mark=forged) == "out"
    assert isinstance(guess(login, "198.51.100.200"), int), "counted with everybody"


def test_one_address_guesses_at_few_accounts(clock):
    tried = [guess(f"somebody{n}", ATTACKER) for n in range(21)]
    assert tried == [*["out"] * 20, 10]
    assert guess("somebody-else", HOTEL) == "out"


def test_unknown_people_are_counted_like_known_ones(clock, owner):
    for n in range(6):
        for login in (owner.actor.login, "nobody-at-all", f"nobody{owner.actor.login}@example.org"):
            assert guess(login, f"203.0.113.{n}") in ("out", 2)
    waits = {guess(login, HOTEL) for login in (owner.actor.login, "nobody-at-all")}
    assert len(waits) == 1, "neither by words nor by waiting"


def test_many_guesses_at_once_are_not_more_than_five(world, clock, owner):
    guesses = throttle.guessing("password x", ATTACKER)
    refused = 0
    for _ in range(50):
        try:
            throttle.enter(guesses)
        except TooMany:
            refused += 1
    assert refused == 45


def test_what_was_right_is_not_counted(clock, owner):
    for _ in range(6):
        assert guess(owner.actor.login, HOTEL, "right one") == "in"
    assert guess(owner.actor.login, HOTEL) == "out"


def test_counts_fade_after_a_quarter_of_an_hour_and_are_forgotten(clock, owner):
    for _ in range(5):
        guess(owner.actor.login, ATTACKER)
    clock.now += throttle.WINDOW
    assert [guess(owner.actor.login, ATTACKER) for _ in range(5)] == ["out"] * 5
    tallies = OwnTallies(clock)
    for n in range(SWEEP):
        tallies.add(f"a{n}", 10)
    clock.now += 11
    tallies.add("b", 10)
    assert len(tallies) == 1


def test_the_password_is_not_guessed_on_a_device_that_was_left_open(world, clock, owner):
    other = world.again(owner.actor)
    for _ in range(5):
        with pytest.raises(Forbidden):
            entrance.confirm(owner.actor, "wrong")
    with pytest.raises(TooMany):
        entrance.change_password(owner.actor, "right one", "another one")
    entrance.confirm(other, "right one")
    assert sessions.resolve(owner.token) is not None


def test_accounts_are_not_made_by_the_hundred(world, clock, monkeypatch):
    most = throttle.registering(ATTACKER, 3)
    for _ in range(3):
        throttle.enter(most)
    with pytest.raises(TooMany) as refused:
        throttle.enter(most)
    assert refused.value.retry_after == 3600
    assert "60 minutes" in refused.value.message
    clock.now += 3600
    throttle.enter(most)
    assert throttle.registering("", 3) == ()


def test_limits_off_lifts_it_all(world):
    free = Throttle(OwnTallies(), is_on=False)
    for _ in range(100):
        free.enter(throttle.guessing("password x", ATTACKER))
    free.passed(throttle.guessing("password x", ATTACKER))
