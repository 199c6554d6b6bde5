"""Accounts, sessions and invitations: who gets in, who no longer does."""

import jwt
import pytest
from argon2 import PasswordHasher

from messenger.core import (
    accounts,
    clock,
    entrance,
    founding,
    groups,
    history,
    invitations,
    members,
    passwords,
    people,
    profiles,
    receipts,
    sessions,
)
from messenger.core.accounts import Application
from messenger.core.facts import MemberRemoved, PersonArrived, PersonChanged, RoleChanged, SessionEnded
from messenger.core.models import Session, User
from messenger.core.refusals import Blank, Forbidden, Invalid, Taken, TooLong, Unauthenticated, Unknown
from messenger.extensions import db
from tests.core.world import HERE, NUMBER, World


def register(login, password="secret", **more):
    return accounts.register(Application(login, password, **more), HERE)


def fresh(role="ann"):
    return f"{role}{next(NUMBER)}"


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


def test_changing_the_password_needs_the_old_one(world):
    login = fresh()
    made = register(login)
    with pytest.raises(Forbidden):
        entrance.change_password(made.actor, "wrong", "another")
    entrance.change_password(made.actor, "secret", "another")
    with pytest.raises(Unauthenticated):
        entrance.authenticate(login, "secret", HERE)
    assert entrance.authenticate(login, "another", HERE).actor.login == login


def test_who_is_disabled_stays_out_until_he_is_let_in_again(world):
    login = fresh()
    made = register(login)
    accounts.disable(made.actor.user_id)
    with pytest.raises(Unauthenticated, match="disabled"):
        entrance.authenticate(login, "secret", HERE)
    with pytest.raises(Unauthenticated) as refused:
        entrance.authenticate(login, "guess", HERE)
    assert refused.value.message == accounts.WRONG, "who does not know the password does not learn it either"
    with pytest.raises(Unauthenticated):
        accounts.sign_in(made.actor.user_id, HERE)
    accounts.disable(made.actor.user_id, False)
    assert entrance.authenticate(login, "secret", HERE).actor.login == login


def test_a_deleted_account_leaves_its_words_and_nothing_of_its_person(world, bob, cid):
    login = fresh()
    ann = register(login, email=f"{login}@example.org", first_name="Ann").actor
    group = world.group(ann, bob, cid)
    said = world.say(ann, world.dialog(ann, bob), "stays")
    world.heard()
    accounts.remove(ann.user_id)
    world.look()
    row = db.session.get(User, ann.user_id)
    assert (row.email, row.email_key, row.password_hash, row.first_name, row.is_admin) == (
        None,
        None,
        None,
        None,
        False,
    )
    author = history.one(bob, said.message_id).author
    assert (author.name, author.is_deleted) == ("Deleted user", True)
    assert [m.person.login for m in members.of(group.chat_id)] == sorted([bob.login, cid.login])
    assert {m.role for m in members.of(group.chat_id)} == {"owner", "member"}, "the group has an owner again"
    assert [type(f) for f in world.heard(MemberRemoved, RoleChanged)] == [MemberRemoved, RoleChanged]
    for refused in (
        lambda: people.by_login(login),
        lambda: people.by_id(ann.user_id),
        lambda: people.by_uid(ann.person.uid),
    ):
        with pytest.raises(Unknown):
            refused()
    with pytest.raises(Unauthenticated):
        entrance.authenticate(login, "secret", HERE)
    with pytest.raises(Unauthenticated):
        profiles.rename(ann, "Back")
    with pytest.raises(Taken):
        register(login)
    with pytest.raises(Forbidden):
        world.say(bob, world.dialog(bob, ann), "still there?")


def test_who_is_deleted_does_not_hold_up_what_the_others_have_read(world, ann, bob, cid):
    group = world.group(ann, bob, cid)
    said = world.say(ann, group)
    receipts.read(bob, group, said.position)
    assert history.one(ann, said.message_id).status == "sent"
    accounts.remove(cid.user_id)
    world.look()
    assert history.one(ann, said.message_id).status == "read"


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


class TestRegistration:
    """REGISTRATION as the settings say."""

    @pytest.fixture
    def closed(self, request, tmp_path, blank_url):
        with World(blank_url, tmp_path, registration=request.param) as made:
            yield made

    @pytest.mark.parametrize("closed", ["closed"], indirect=True)
    def test_a_closed_server_takes_its_first_person_only(self, closed):
        register("ann", token=founding.token())
        with pytest.raises(Forbidden):
            register("bob")
        with pytest.raises(Unknown):
            people.by_login("bob")

    @pytest.mark.parametrize("closed", ["invite"], indirect=True)
    def test_an_invitation_opens_the_door_as_often_as_it_says(self, closed):
        ann = register("ann", token=founding.token()).actor
        with pytest.raises(Forbidden) as refused:
            register("bob")
        assert refused.value.field == "invitation"
        code = invitations.create(ann, 2)
        assert register("bob", invitation=code).actor.login == "bob"
        assert register("cid", invitation=code).actor.login == "cid"
        with pytest.raises(Forbidden):
            register("dan", invitation=code)
        with pytest.raises(Forbidden):
            register("dan", invitation=code + "x")

    @pytest.mark.parametrize("closed", ["invite"], indirect=True)
    def test_two_who_come_at_once_do_not_share_one_use(self, closed):
        ann = register("ann", token=founding.token()).actor
        code = invitations.create(ann, 1)
        outcomes = closed.at_once(
            [(accounts.create, (Application(f"p{n}", "x", invitation=code), "hash", HERE)) for n in range(5)]
        )
        assert sorted(type(o).__name__ for o in outcomes) == ["Forbidden"] * 4 + ["SignedIn"]

    @pytest.mark.parametrize("closed", ["invite"], indirect=True)
    def test_revoked_and_old_invitations_open_nothing(self, closed, monkeypatch):
        ann = register("ann", token=founding.token()).actor
        revoked, old = invitations.create(ann), invitations.create(None, days=1, note="for the choir")
        newest = invitations.every()[0]
        assert (newest.note, newest.uses_left, newest.is_valid) == ("for the choir", 1, True)
        invitations.revoke(invitations.every()[1].invitation_id)
        with pytest.raises(Forbidden):
            register("bob", invitation=revoked)
        later = clock.now() + 2 * clock.DAY
        monkeypatch.setattr(clock, "now", lambda: later)
        with pytest.raises(Forbidden):
            register("bob", invitation=old)
        with pytest.raises(Unknown):
            invitations.revoke(2**70)


def test_a_group_of_a_deleted_owner_can_still_be_led(world, ann, bob):
    group = world.group(ann, bob)
    accounts.remove(ann.user_id)
    assert groups.rename(bob, group.chat_id, "Ours now").name == "Ours now"
