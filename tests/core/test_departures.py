"""Who is kept out or goes for good: what stays of him, and how the others go on."""

import pytest

from messenger.core import accounts, entrance, groups, history, members, people, profiles, receipts
from messenger.core.facts import MemberRemoved, RoleChanged
from messenger.core.models import User
from messenger.core.refusals import Forbidden, Taken, Unauthenticated, Unknown
from messenger.extensions import db
from tests.core.applicants import fresh, register
from tests.core.world import HERE


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


def test_a_group_of_a_deleted_owner_can_still_be_led(world, ann, bob):
    group = world.group(ann, bob)
    accounts.remove(ann.user_id)
    assert groups.rename(bob, group.chat_id, "Ours now").name == "Ours now"
