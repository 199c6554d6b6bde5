"""Groups and who is in them: roles, coming and going, hand-over, public ones that one joins by writing."""

import pytest

from messenger.core import chats, groups, history, members, messages, standings
from messenger.core.facts import ChatChanged, ChatOpened, MemberAdded, MemberRemoved, MessageSent, RoleChanged
from messenger.core.refusals import Blank, Conflict, Forbidden, Invalid, TooLong, Unknown


def roles(group):
    return {m.person.login: m.role for m in members.of(group.chat_id)}


def test_a_new_group_says_how_it_began(world, ann, bob, cid):
    group = groups.create(ann, " The\u202e  choir ", False, [bob.person, cid.person, bob.person, ann.person])
    assert group.name == "The choir"
    world.look()
    assert roles(group) == {ann.login: "owner", bob.login: "member", cid.login: "member"}
    said = history.newest(group)
    assert [(m.kind, m.text) for m in said] == [
        ("system", "created the group"), ("system", "added Bob"), ("system", "added Cid"),
    ]  # fmt: skip
    assert said[1].event == {"what": "added", "who": bob.login}
    opened, *told = world.heard()
    assert isinstance(opened, ChatOpened)
    assert sorted(opened.user_ids) == sorted([ann.user_id, bob.user_id, cid.user_id])
    assert [type(fact) for fact in told] == [MessageSent] * 3


def test_a_group_of_many_costs_the_statements_of_a_small_one(world, ann):
    counts = {}
    for many in (2, 100):
        others = world.people(many)
        with world.statements() as said:
            group = world.group(ann, *others)
        world.look()
        # SQLite takes rows that tell their number one by one.
        counts[many] = sum(not statement.startswith("INSERT INTO messages") for statement in said)
        assert members.count(group.chat_id) == many + 1
        assert [m.position for m in history.newest(group, limit=200)] == list(range(1, many + 2))
        revisions = [fact.revision for fact in world.heard() if isinstance(fact, MessageSent)]
        assert revisions == list(range(1, many + 2))
    print(f"a group of 2: {counts[2]} statements, of 100: {counts[100]}")
    assert counts[100] <= counts[2] + 2


@pytest.mark.parametrize(
    ("name", "refusal"), [("", Blank), (" \u200b", Blank), ("x" * 81, TooLong), ("a\x00", Invalid), (7, Invalid)]
)
def test_a_group_has_a_name(world, ann, name, refusal):
    with pytest.raises(refusal):
        groups.create(ann, name, False)
    group = world.group(ann)
    with pytest.raises(refusal):
        groups.rename(ann, group.chat_id, name)


def test_any_member_brings_somebody_in_once(world, ann, bob, cid):
    group = world.group(ann, bob)
    world.heard()
    added = groups.add(bob, group.chat_id, cid.person)
    assert (added.person.login, added.role) == (cid.login, "member")
    assert [type(fact) for fact in world.heard()] == [MemberAdded, MessageSent]
    with pytest.raises(Conflict):
        groups.add(ann, group.chat_id, cid.person)
    with pytest.raises(Forbidden):
        groups.add(world.person("dan"), group.chat_id, ann.person)


def test_who_is_removed_hears_it_and_is_out_from_the_next_deed_on(world, ann, bob):
    """G27, as far as the core goes."""
    group = world.group(ann, bob)
    said = world.say(bob, group, "mine")
    world.heard()
    groups.remove(ann, group.chat_id, bob.person)
    message, removed = world.heard()
    assert (message.message.text, removed.removed_by) == ("removed Bob", ann.login)
    assert ("person", bob.user_id) in removed.topics
    world.look()
    for refused in (
        lambda: world.say(bob, group),
        lambda: chats.visible(bob, group.chat_id),
        lambda: groups.add(bob, group.chat_id, bob.person),
        lambda: groups.leave(bob, group.chat_id),
        lambda: groups.join(bob, group.chat_id),
        lambda: groups.rename(bob, group.chat_id, "Mine"),
    ):
        with pytest.raises(Forbidden):
            refused()
    for unknown in (lambda: history.one(bob, said.message_id), lambda: messages.edit(bob, said.message_id, "x")):
        with pytest.raises(Unknown):
            unknown()
    with pytest.raises(Unknown):
        groups.remove(ann, group.chat_id, bob.person)
    print("G27: a removed member is refused by 8 of 8 deeds")


def test_who_comes_back_has_nothing_unread(world, ann, bob):
    group = world.group(ann, bob)
    groups.remove(ann, group.chat_id, bob.person)
    world.say(ann, group, "while bob is away")
    groups.add(ann, group.chat_id, bob.person)
    standing = standings.one(bob, group.chat_id)
    assert (standing.unread, standing.role) == (0, "member")
    world.say(ann, group, "welcome back")
    world.look()
    assert standings.one(bob, group.chat_id).unread == 1


def test_only_who_leads_removes_renames_and_opens(world, ann, bob, cid):
    group = world.group(ann, bob, cid)
    for refused in (
        lambda: groups.remove(bob, group.chat_id, cid.person),
        lambda: groups.rename(bob, group.chat_id, "x"),
        lambda: groups.open_to_all(bob, group.chat_id, True),
        lambda: groups.appoint(bob, group.chat_id, bob.person, "owner"),
    ):
        with pytest.raises(Forbidden):
            refused()
    groups.appoint(ann, group.chat_id, bob.person, "admin")
    assert groups.rename(bob, group.chat_id, "Ours").name == "Ours"
    assert groups.open_to_all(bob, group.chat_id, True).is_public
    with pytest.raises(Forbidden):
        groups.remove(bob, group.chat_id, ann.person)
    with pytest.raises(Forbidden):
        groups.appoint(bob, group.chat_id, cid.person, "admin")
    groups.remove(bob, group.chat_id, cid.person)
    assert roles(group) == {ann.login: "owner", bob.login: "admin"}
    assert [type(f) for f in world.heard(RoleChanged, ChatChanged, MemberRemoved)] == [
        RoleChanged, ChatChanged, ChatChanged, MemberRemoved,
    ]  # fmt: skip


def test_a_group_keeps_an_owner(world, ann, bob):
    group = world.group(ann, bob)
    with pytest.raises(Conflict):
        groups.appoint(ann, group.chat_id, ann.person, "member")
    with pytest.raises(Invalid):
        groups.appoint(ann, group.chat_id, bob.person, "king")
    with pytest.raises(Unknown):
        groups.appoint(ann, group.chat_id, world.person().person, "admin")
    groups.appoint(ann, group.chat_id, bob.person, "owner")
    groups.appoint(ann, group.chat_id, ann.person, "member")
    assert roles(group) == {ann.login: "member", bob.login: "owner"}


def test_an_owner_who_leaves_hands_over_to_the_first_admin_else_to_who_is_there_longest(world, ann, bob, cid):
    group = world.group(ann, bob, cid)
    groups.appoint(ann, group.chat_id, cid.person, "admin")
    groups.leave(ann, group.chat_id)
    assert roles(group) == {bob.login: "member", cid.login: "owner"}
    groups.remove(cid, group.chat_id, cid.person)
    world.look()
    assert roles(group) == {bob.login: "owner"}
    assert [m.text for m in history.newest(group)][-2:] == ["left", "left"]


def test_an_empty_group_is_archived(world, ann, bob):
    group = world.group(ann, is_public=True)
    groups.leave(ann, group.chat_id)
    for refused in (
        lambda: chats.visible(ann, group.chat_id),
        lambda: groups.join(bob, group.chat_id),
        lambda: world.say(bob, group),
    ):
        with pytest.raises(Unknown):
            refused()


def test_writing_in_a_public_group_joins_it(world, ann, bob):
    group = world.group(ann, is_public=True)
    assert chats.group(bob, group.chat_id).name == "Team"
    assert bob.login not in roles(group)
    world.heard()
    outcomes = world.at_once([(messages.send, (bob, group, text)) for text in ("me too", "and again")])
    assert [m.text for m in outcomes] == ["me too", "and again"]
    assert [type(fact) for fact in world.heard()] == [MemberAdded, MessageSent, MessageSent, MessageSent]
    assert world.texts(group) == ["created the group", "joined", "me too", "and again"]
    assert roles(group)[bob.login] == "member"


def test_a_public_group_is_joined_once_and_a_private_one_not(world, ann, bob):
    group = world.group(ann, is_public=True)
    groups.join(bob, group.chat_id)
    groups.join(bob, group.chat_id)
    assert world.texts(group).count("joined") == 1
    groups.open_to_all(ann, group.chat_id, False)
    groups.open_to_all(ann, group.chat_id, False)
    assert world.texts(group).count("made the group private") == 1
    with pytest.raises(Forbidden):
        groups.join(world.person(), group.chat_id)


def test_a_dialog_is_no_group(world, ann, bob):
    dialog = world.say(ann, world.dialog(ann, bob)).chat
    for refused in (
        lambda: groups.add(ann, dialog.chat_id, world.person().person),
        lambda: groups.leave(ann, dialog.chat_id),
        lambda: groups.rename(ann, dialog.chat_id, "x"),
        lambda: groups.join(world.person(), dialog.chat_id),
        lambda: chats.group(ann, dialog.chat_id),
    ):
        with pytest.raises(Unknown):
            refused()


@pytest.mark.parametrize("number", [0, -5, 2**63, 2**70, 99_999_999])
def test_a_group_that_is_none(world, ann, number):
    for refused in (
        lambda: groups.add(ann, number, ann.person),
        lambda: groups.join(ann, number),
        lambda: groups.remove(ann, number, ann.person),
        lambda: groups.leave(ann, number),
        lambda: groups.rename(ann, number, "x"),
        lambda: groups.open_to_all(ann, number, True),
        lambda: groups.appoint(ann, number, ann.person, "admin"),
    ):
        with pytest.raises(Unknown):
            refused()


def test_at_most_so_many_are_invited_at_once(world, ann):
    with pytest.raises(Invalid):
        groups.create(ann, "All", False, [ann.person] * 501)
