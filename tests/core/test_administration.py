"""What administrators do, who may, and the trail it leaves."""

from time import monotonic, sleep

import psycopg
import pytest

from messenger.core import (
    accounts,
    administration,
    audit,
    chats,
    founding,
    history,
    invitations,
    people,
    reports,
    sessions,
)
from messenger.core.accounts import Application
from messenger.core.administration import Offer
from messenger.core.audit import Steward
from messenger.core.facts import ChatClosed, ChatOpened, Reported, SessionEnded
from messenger.core.refusals import Conflict, Forbidden, Invalid, TooMany, Unknown
from messenger.extensions import db
from tests.core.world import HERE, NUMBER, World


@pytest.fixture
def chief(world):
    """An administrator at his desk."""
    person = world.person("chief")
    administration.promote(Steward(), person.user_id)
    world.heard()
    return Steward(person, "192.0.2.7")


def last(words=""):
    db.session.remove()
    return audit.traces(words, limit=1)[0]


def test_disabling_ends_sessions_and_is_kept_in_the_trail(world, chief, bob):
    device = world.token(bob)
    person = administration.disable(chief, bob.user_id)
    assert sessions.resolve(device.token) is None
    assert len(world.heard(SessionEnded)) == 2
    trace = last(f"@{person.login}")
    assert (trace.deed, trace.object, trace.address) == ("disabled", f"@{bob.login}", "192.0.2.7")
    assert trace.person.login == chief.actor.login
    administration.disable(chief, bob.user_id, False)
    assert last().deed == "enabled"
    assert world.again(bob).user_id == bob.user_id


DEEDS = [
    lambda s, p: administration.disable(s, p.user_id),
    lambda s, p: administration.promote(s, p.user_id),
    lambda s, p: administration.set_password(s, p.user_id, "x"),
    lambda s, p: administration.end_sessions(s, p.user_id),
    lambda s, p: administration.drop_factor(s, p.user_id),
    lambda s, p: administration.remove_account(s, p.user_id),
    lambda s, p: administration.close_group(s, 1),
    lambda s, p: administration.invite(s, Offer()),
    lambda s, p: administration.revoke(s, 1),
    lambda s, p: administration.make_account(s, Application(f"x{next(NUMBER)}", "x"), "x", True),
    lambda s, p: reports.resolve(s, 1, ""),
    lambda s, p: audit.keep(s, "made up", "nothing"),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_only_administrators_may_and_only_as_long_as_they_are(world, chief, bob, deed):
    administration.promote(Steward(), world.person().user_id)
    for steward in (Steward(bob, "x"), Steward(chief.actor, "x")):
        administration.promote(Steward(), chief.actor.user_id, steward.actor is bob)
        before = last().entry_id
        with pytest.raises(Forbidden):
            deed(steward, bob)
        assert last().entry_id == before
    assert not accounts.is_fresh_server()


def founder():
    """The first administrator of an empty world."""
    return accounts.register(Application("first", "secret", token=founding.token()), HERE).actor


def test_the_last_administrator_stays_whoever_asks(empty_world):
    first = founder()
    steward = Steward(first, "192.0.2.7")
    for who in (steward, Steward()):
        for deed in (
            lambda who=who: administration.disable(who, first.user_id),
            lambda who=who: administration.promote(who, first.user_id, False),
            lambda who=who: administration.remove_account(who, first.user_id),
            lambda: accounts.remove(first.user_id),
        ):
            with pytest.raises(Conflict, match="make somebody else one first"):
                deed()
    second = accounts.register(Application("second", "secret"), HERE).actor
    administration.promote(steward, second.user_id)
    administration.disable(steward, second.user_id)
    with pytest.raises(Conflict):
        accounts.remove(first.user_id)
    administration.disable(steward, second.user_id, False)
    administration.promote(steward, first.user_id, False)
    accounts.remove(first.user_id)
    deeds = ["demoted", "enabled", "disabled", "promoted", "founded"]
    assert [trace.deed for trace in audit.traces()] == deeds


def test_of_two_administrators_who_go_at_once_one_stays(empty_world):
    first, second = founder(), accounts.register(Application("second", "secret"), HERE).actor
    administration.promote(Steward(), second.user_id)
    gone, kept = empty_world.at_once([(accounts.remove, (actor.user_id,)) for actor in (first, second)])
    assert gone is None
    assert isinstance(kept, Conflict)


def test_who_goes_waits_for_another_process_to_say_who_is_left(postgres, tmp_path):
    url = postgres.blank()
    with World(url, tmp_path) as world, psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as watcher:
        first, second = founder(), accounts.register(Application("second", "secret"), HERE).actor
        administration.promote(Steward(), second.user_id)
        other.execute("UPDATE users SET is_admin = false WHERE id = %s", [first.user_id])
        outcome = world.submitted([(accounts.remove, (second.user_id,))])
        end = monotonic() + 20
        while not watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            assert monotonic() < end, "nobody waits"
            sleep(0.01)
        other.commit()
        assert isinstance(outcome()[0], Conflict)


def test_a_closed_group_is_gone_for_everybody_and_comes_back_as_it_was(world, chief, ann, bob):
    group = world.group(ann, bob, is_public=True)
    said = world.say(ann, group, "still here?")
    world.heard()
    administration.close_group(chief, group.chat_id)
    assert [fact.chat.name for fact in world.heard(ChatClosed)] == [group.name]
    world.look()
    with pytest.raises(Unknown):
        chats.visible(bob, group.chat_id)
    with pytest.raises(Unknown):
        history.one(ann, said.message_id)
    with pytest.raises(Unknown):
        world.say(ann, group, "nobody hears this")
    assert [chat.chat_id for chat in administration.closed_since(0)].count(group.chat_id) == 1
    with pytest.raises(Unknown):
        administration.close_group(chief, group.chat_id)
    administration.close_group(chief, group.chat_id, is_closed=False)
    (opened,) = world.heard(ChatOpened)
    assert set(opened.user_ids) == {ann.user_id, bob.user_id}
    world.look()
    assert history.one(bob, said.message_id).text == "still here?"
    assert group.chat_id not in [chat.chat_id for chat in administration.closed_since(0)]
    for number in (0, -1, 2**70, world.say(ann, world.dialog(ann, bob)).chat.chat_id):
        with pytest.raises(Unknown):
            administration.close_group(chief, number)


def test_an_invitation_ends_with_its_uses_its_days_or_at_once_and_may_lead_into_a_group(world, chief, ann):
    group = world.group(ann)
    code = administration.invite(chief, Offer(uses=2, days=3, note=" the choir ", chat_id=group.chat_id))
    row = invitations.every()[0]
    assert (row.note, row.uses_left, row.made_by, row.group) == ("the choir", 2, chief.actor.login, group.name)
    assert last().object == f"invitation {row.invitation_id}"
    come = accounts.create(Application(f"new{next(NUMBER)}", "x", invitation=code), "hash", HERE).actor
    world.look()
    assert chats.group(come, group.chat_id).name == group.name
    administration.close_group(chief, group.chat_id)
    late = accounts.create(Application(f"new{next(NUMBER)}", "x", invitation=code), "hash", HERE).actor
    world.look()
    assert chats.ids_of(late.user_id) == []
    with pytest.raises(Forbidden):
        accounts.create(Application(f"new{next(NUMBER)}", "x", invitation=code), "hash", HERE)
    for offer in (Offer(uses=0), Offer(uses=10_001), Offer(days=0), Offer(days=9999), Offer(uses=-1)):
        with pytest.raises(Invalid):
            administration.invite(chief, offer)
    with pytest.raises(Unknown):
        administration.invite(chief, Offer(chat_id=2**70))
    administration.revoke(chief, row.invitation_id)
    assert not invitations.is_valid(code)


def test_the_trail_is_read_by_pages_and_by_words(world, chief, bob):
    for _ in range(3):
        administration.end_sessions(chief, bob.user_id)
    first = audit.traces(f"@{bob.login}", limit=2)
    rest = audit.traces(f"@{bob.login}", before=first[-1].entry_id)
    assert [len(first), len(rest)] == [2, 1]
    assert len(audit.traces(chief.actor.login)) >= 3
    assert audit.traces("100%_\\\ud800") == []
    assert audit.traces(before=0) == []


def test_a_report_reaches_the_administrators_and_is_closed_with_a_word(world, chief, ann, bob, cid):
    said = world.say(bob, world.dialog(ann, bob), "something bad")
    world.heard()
    number = reports.report_message(ann, said.message_id, "  He threatens me. ")
    assert reports.report_message(ann, said.message_id, "He still does.") == number
    other = reports.report_person(ann, bob.person, "and in general")
    assert [(fact.report_id, fact.is_open) for fact in world.heard(Reported)] == [(number, True), (other, True)]
    newest, oldest = [r for r in reports.listed() if r.reporter.user_id == ann.user_id]
    assert (oldest.message.text, oldest.about.login, oldest.reason) == ("something bad", bob.login, "He still does.")
    assert (newest.message, newest.about.login) == (None, bob.login)
    waiting = reports.waiting()
    reports.resolve(chief, number, "talked to him")
    world.look()
    done = next(r for r in reports.listed(is_open=False) if r.report_id == number)
    assert (done.resolution, done.closed_by.login) == ("talked to him", chief.actor.login)
    assert reports.waiting() == waiting - 1
    assert reports.listed(before=number, limit=0) == [r for r in reports.listed() if r.report_id < number][:1]
    reports.resolve(chief, number, "", is_closed=False)
    assert [trace.deed for trace in audit.traces(f"report {number}")] == ["report reopened", "report resolved"]
    for deed in (
        lambda: reports.report_message(cid, said.message_id, "I should not see it"),
        lambda: reports.report_message(ann, 2**70, "nothing there"),
        lambda: reports.resolve(chief, 2**70, ""),
    ):
        with pytest.raises(Unknown):
            deed()
    for deed in (
        lambda: reports.report_message(bob, said.message_id, "my own"),
        lambda: reports.report_person(bob, bob.person, "myself"),
        lambda: reports.report_person(bob, ann.person, " \n"),
        lambda: reports.report_person(bob, ann.person, "x" * 1001),
    ):
        with pytest.raises(Invalid):
            deed()


def test_nobody_floods_the_administrators_with_reports(world, ann):
    for person in world.people(reports.MOST_OPEN):
        reports.report_person(ann, person.person, "bad")
    with pytest.raises(TooMany):
        reports.report_person(ann, world.person().person, "bad")


def test_of_two_founders_at_once_only_one_becomes_administrator(empty_world):
    key = founding.token()
    made = empty_world.at_once(
        [(accounts.join, (Application(f"first{n}", "secret", token=key), "hash", HERE)) for n in range(5)]
    )
    assert [outcome.actor.is_admin for outcome in made] == [True, False, False, False, False]


@pytest.mark.parametrize("registration", ["closed", "invite"])
def test_a_server_that_takes_nobody_takes_exactly_one_founder(tmp_path, blank_url, registration):
    with World(blank_url, tmp_path, registration=registration) as world:
        key = founding.token()
        made = world.at_once(
            [(accounts.join, (Application(f"first{n}", "secret", token=key), "hash", HERE)) for n in range(5)]
        )
        assert made[0].actor.is_admin
        assert [type(outcome) for outcome in made[1:]] == [Forbidden] * 4
        assert people.everyone() == [made[0].actor.person]
