"""Accounts: made, signed in to, changed, found."""

import pytest
from argon2 import PasswordHasher

from messenger.core import accounts, entrance, passwords, people, profiles, sessions
from messenger.core.accounts import Application
from messenger.core.facts import PersonArrived, PersonChanged
from messenger.core.models import User
from messenger.core.refusals import Blank, Forbidden, Invalid, Taken, TooLong, Unauthenticated
from messenger.extensions import db
from tests.core.applicants import fresh, register
from tests.core.world import HERE


def test_registering_signs_in_and_is_told(world):
    login = fresh()
    made = register(login, name="Ann  Ä. ", email=f"{login}@example.org", first_name="Ann")
    person = made.actor.person
    assert (person.login, person.name, person.email, person.first_name) == (
        login,
        "Ann Ä.",
        f"{login}@example.org",
        "Ann",
    )
    assert sessions.resolve(made.token) == made.actor
    assert [fact.person for fact in world.heard(PersonArrived)] == [person]


def test_signing_in_by_login_in_any_case_or_by_email(world):
    login = fresh()
    made = register(login, email=f"{login}@Example.org")
    for name in (login, login.upper(), f"{login}@example.ORG", login.replace("a", "\uff41")):
        assert entrance.authenticate(name, "secret", HERE).actor.user_id == made.actor.user_id


@pytest.mark.parametrize("password", ["wrong", "", "Secret", "secret ", "x" * 10_000, "\ud800", None, 7])
def test_a_wrong_password_and_an_unknown_user_are_refused_alike(world, password):
    login = fresh()
    register(login)
    for name in (login, "nobody@example.org" if password else "a\x00"):
        with pytest.raises(Unauthenticated) as refused:
            entrance.authenticate(name, password, HERE)
        assert refused.value.message == accounts.WRONG


def test_a_hash_with_other_parameters_is_renewed_at_the_next_sign_in(world):
    login = fresh()
    made = register(login)
    weak = PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1).hash("secret")
    accounts.set_password(made.actor.user_id, weak)
    entrance.authenticate(login, "secret", HERE)
    world.look()
    stored = db.session.get(User, made.actor.user_id).password_hash
    assert stored != weak
    assert not passwords.is_outdated(stored)
    assert stored.startswith("$argon2id$")
    entrance.authenticate(login, "secret", HERE)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [("", Invalid), ("ab", Invalid), ("x" * 129, TooLong), (None, Invalid), ("a\x00bc", Invalid)],
)
def test_passwords_have_bounds(world, password, refusal):
    with pytest.raises(refusal) as refused:
        register(fresh(), password)
    assert refused.value.field == "password"
    with pytest.raises(Invalid):
        accounts.register(Application(fresh(), "short77"), HERE, least_password=8)


def test_a_taken_login_is_refused_however_it_is_written(world):
    login = fresh("paco")
    register(login)
    for twin in (login.upper(), login.replace("a", "а"), login.replace("o", "ο"), login.replace("p", "\uff50")):
        with pytest.raises((Taken, Invalid)) as refused:
            register(twin)
        assert refused.value.field == "login"
    for twin in (login.upper(), login.translate(str.maketrans("paco", "расо"))):
        with pytest.raises(Taken):
            register(twin)
        with pytest.raises(Taken):
            accounts.create(Application(twin, "x"), "hash")


@pytest.mark.parametrize(
    "login",
    ["", " ", "a b", "a/b", "a@b", "ws", "Admin", "NEW", ".", "...", "x" * 33, "аnn", "annа", "a\u200bb", "a\u202eb",
     "🙂", "a\x00", "\ud800", "a\nb", None, 7, "<b>", "a'b", "%", "\u0332\u0332", "a\u0332nn", "½", "adм"],
)  # fmt: skip
def test_logins_that_are_none(world, login):
    with pytest.raises((Invalid, Taken)) as refused:
        accounts.create(accounts.checked(Application(login, "secret", email=None)), "hash")
    assert refused.value.field == "login"


@pytest.mark.parametrize(
    "login", ["a", "x" * 32, "ann.lee-3_", "мария", "Ωμέγα", "李小龙", "たろう", "ΑΒΓ", "josé", "ﬁona", "1", "_", "ß"]
)
def test_logins_in_any_script(empty_world, login):
    made = accounts.create(accounts.checked(Application(login, "secret")), "hash")
    assert people.by_login(login).user_id == made.actor.user_id
    assert people.by_login(login.upper()).user_id == made.actor.user_id


def test_without_a_login_one_is_made_from_the_email(world):
    local = fresh("zoe")
    first = register(None, email=f"{local}+chat@example.org").actor
    second = register(None, email=f"{local}-chat@example.org").actor
    third = register(None, email=f"{local}chat@example.com").actor
    assert (first.login, third.login) == (f"{local}chat", f"{local}chat2")
    assert second.login == f"{local}-chat"
    assert register(None, email=f"ws@{local}.org").actor.login not in ("ws", "")
    with pytest.raises(Taken) as refused:
        register(None, email=f"{local.upper()}+chat@example.org")
    assert refused.value.field == "email"
    with pytest.raises(Invalid):
        register(None)


@pytest.mark.parametrize(
    "email", ["x", "a@b", "a b@c.de", "@c.de", "a@@c.de", "a@c.de\nBcc: x", "a" * 65 + "@c.de", "<a@c.de>"]
)
def test_emails_that_are_none(world, email):
    with pytest.raises(Invalid) as refused:
        register(fresh(), email=email)
    assert refused.value.field == "email"


def test_twins_registering_at_once_are_one(world):
    login = fresh()
    made = world.at_once([(accounts.create, (Application(login, "x"), "hash", HERE)) for _ in range(10)])
    assert sorted(type(outcome).__name__ for outcome in made) == ["SignedIn"] + ["Taken"] * 9


def test_changing_the_password_needs_the_old_one(world):
    login = fresh()
    made = register(login)
    with pytest.raises(Forbidden):
        entrance.change_password(made.actor, "wrong", "another")
    entrance.change_password(made.actor, "secret", "another")
    with pytest.raises(Unauthenticated):
        entrance.authenticate(login, "secret", HERE)
    assert entrance.authenticate(login, "another", HERE).actor.login == login


def test_profiles(world, ann, bob):
    assert profiles.rename(ann, "  Ann\u202e  Lee ", "Ann", "Lee").name == "Ann Lee"
    assert profiles.describe(ann, "Ann Lee", "I sing.").about == "I sing."
    changed = profiles.change_email(ann, f"{ann.login}@example.org")
    with pytest.raises(Taken):
        profiles.change_email(bob, changed.email.upper())
    assert profiles.change_email(ann, changed.email).email == changed.email
    assert profiles.change_email(ann, None).email is None
    for refused, refusal in [
        (lambda: profiles.rename(ann, " \u200b "), Blank),
        (lambda: profiles.rename(ann, "x" * 81), TooLong),
        (lambda: profiles.rename(ann, "a\x00"), Invalid),
        (lambda: profiles.describe(ann, "Ann", "x" * 501), TooLong),
        (lambda: profiles.change_email(ann, "none"), Invalid),
    ]:
        with pytest.raises(refusal):
            refused()
    assert len(world.heard(PersonChanged)) == 5


def test_people_are_found_by_the_beginnings_of_their_names(world, ann, bob):
    profiles.rename(ann, f"Zorro {ann.login} de_la%Vega")
    for words in (ann.login[:-1] + ann.login[-1], "zorro", "DE_LA%", "de_la"):
        assert ann.login in [p.login for p in people.matching(bob, words)]
    for words in ("%", "_orro", "orro", "\\", "de-la"):
        assert ann.login not in [p.login for p in people.matching(bob, words)]
