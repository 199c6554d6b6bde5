"""REGISTRATION as the settings say: who may make himself an account."""

import pytest

from messenger.core import accounts, clock, founding, invitations, people
from messenger.core.accounts import Application
from messenger.core.refusals import Forbidden, Unknown
from tests.core.applicants import register
from tests.core.world import HERE, World


@pytest.fixture
def closed(request, tmp_path, blank_url):
    with World(blank_url, tmp_path, registration=request.param) as made:
        yield made


@pytest.mark.parametrize("closed", ["closed"], indirect=True)
def test_a_closed_server_takes_its_first_person_only(closed):
    register("ann", token=founding.token())
    with pytest.raises(Forbidden):
        register("bob")
    with pytest.raises(Unknown):
        people.by_login("bob")


@pytest.mark.parametrize("closed", ["invite"], indirect=True)
def test_an_invitation_opens_the_door_as_often_as_it_says(closed):
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
def test_two_who_come_at_once_do_not_share_one_use(closed):
    ann = register("ann", token=founding.token()).actor
    code = invitations.create(ann, 1)
    outcomes = closed.at_once(
        [(accounts.create, (Application(f"p{n}", "x", invitation=code), "hash", HERE)) for n in range(5)]
    )
    assert sorted(type(o).__name__ for o in outcomes) == ["Forbidden"] * 4 + ["SignedIn"]


@pytest.mark.parametrize("closed", ["invite"], indirect=True)
def test_revoked_and_old_invitations_open_nothing(closed, monkeypatch):
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
