"""Sessions: what a token is worth, and how it ends."""

import jwt
import pytest

from messenger.core import accounts, clock, entrance, sessions
from messenger.core.facts import SessionEnded
from messenger.core.models import Session
from messenger.core.refusals import Unknown
from messenger.extensions import db
from tests.core.applicants import fresh, register
from tests.core.world import HERE


def test_a_token_is_worth_what_its_session_is(world):
    login = fresh()
    made = register(login)
    other = entrance.authenticate(login, "secret", HERE)
    sessions.end(made.actor, other.actor.session_id)
    assert sessions.resolve(other.token) is None
    assert sessions.resolve(made.token) is not None
    assert [fact.session_id for fact in world.heard(SessionEnded)] == [other.actor.session_id]
    with pytest.raises(Unknown):
        sessions.end(made.actor, other.actor.session_id)


def test_nobody_ends_the_session_of_another(world, ann, bob):
    with pytest.raises(Unknown):
        sessions.end(ann, bob.session_id)
    for number in (0, -1, 2**63, 2**70):
        with pytest.raises(Unknown):
            sessions.end(ann, number)
    world.look()
    assert db.session.get(Session, bob.session_id).ended_at is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda token, secret: token[:-2] + ("aa" if token[-2:] != "aa" else "bb"),
        lambda token, secret: jwt.encode(
            jwt.decode(token, secret, ["HS256"]), b"another key of thirty-two bytes!", "HS256"
        ),
        lambda token, secret: jwt.encode(jwt.decode(token, secret, ["HS256"]), "", "none"),
        lambda token, secret: jwt.encode(jwt.decode(token, secret, ["HS256"]) | {"sub": "1"}, secret, "HS256"),
        lambda token, secret: jwt.encode(jwt.decode(token, secret, ["HS256"]) | {"jti": "guess"}, secret, "HS256"),
        lambda token, secret: jwt.encode(jwt.decode(token, secret, ["HS256"]) | {"exp": 1}, secret, "HS256"),
        lambda token, secret: "x" * 100_000,
        lambda token, secret: "a.b.c",
        lambda token, secret: "",
        lambda token, secret: "ä.\ud800.\x00",
    ],
)
def test_a_token_that_is_not_ours_opens_nothing(world, forge):
    world.person()
    made = world.token(world.person())
    assert sessions.resolve(made.token) is not None
    assert sessions.resolve(forge(made.token, world.settings.jwt_secret)) is None


def test_a_token_with_a_life_of_its_own_ends_with_it(world, ann, monkeypatch):
    made = accounts.sign_in(ann.user_id, sessions.Device("api", minutes=10))
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + 9 * clock.MINUTE)
    assert sessions.resolve(made.token) is not None
    world.quiet()
    monkeypatch.setattr(clock, "now", lambda: start + 11 * clock.MINUTE)
    world.look()
    assert sessions.resolve(made.token) is None


def test_a_session_in_use_lives_on_and_one_in_disuse_ends(world, ann, monkeypatch):
    used, unused = world.token(ann), world.token(ann)
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + 89 * clock.DAY)
    sessions.touch(used.actor.session_id)
    monkeypatch.setattr(clock, "now", lambda: start + 91 * clock.DAY)
    assert sessions.resolve(used.token) is not None
    assert sessions.resolve(unused.token) is None


def test_a_read_goes_on_when_the_writer_is_full(world, ann, monkeypatch):
    made = world.token(ann)
    later = clock.now() + 2 * clock.MINUTE
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(world.writer, "limit", 0)
    assert sessions.resolve(made.token).user_id == ann.user_id


def test_logout_password_change_disabling_and_deletion_end_sessions_at_once(world):
    """G27, as far as the core goes: the next request is refused and every socket of the session hears that it ended."""
    figures = []
    for deed, stays in [
        (lambda a: sessions.end(a, a.session_id), "other"),
        (sessions.end_others, "own"),
        (lambda a: entrance.change_password(a, "secret", "another"), "own"),
        (lambda a: accounts.disable(a.user_id), None),
        (lambda a: accounts.remove(a.user_id), None),
    ]:
        login = fresh()
        own = register(login)
        other = entrance.authenticate(login, "secret", HERE)
        world.heard()
        deed(own.actor)
        open_now = {name for name, s in (("own", own), ("other", other)) if sessions.resolve(s.token)}
        assert open_now == ({stays} if stays else set())
        ended = {fact.session_id for fact in world.heard(SessionEnded)}
        assert ended == {s.actor.session_id for n, s in (("own", own), ("other", other)) if n != stays}
        figures.append(len(ended))
    print(f"G27: {sum(figures)} sessions ended by 5 deeds, all told and refused at once")
