"""Who blocks somebody is left in peace by him; neither is told more than anybody else."""

import pytest

from messenger.core import blocks, chats, conversations, groups, messages, reactions, standings
from messenger.core.facts import BlockChanged, ChatOpened, PresenceChanged
from messenger.core.models import Chat, Member
from messenger.core.refusals import Conflict, Forbidden, Invalid, Unknown
from messenger.extensions import blocked, db, presence

pytestmark = pytest.mark.security("blocks")


def refused(deed):
    with pytest.raises(Forbidden) as no:
        deed()
    return no.value.message


def test_neither_writes_to_the_other_and_the_words_do_not_tell_who_was_blocked(world, ann, bob):
    said = world.say(bob, world.dialog(ann, bob), "before")
    blocks.block(ann, bob.person)
    assert refused(lambda: world.say(bob, world.dialog(bob, ann))) == blocks.UNREACHABLE
    assert refused(lambda: world.say(ann, world.dialog(ann, bob))) == blocks.MINE
    for deed in (
        lambda: messages.edit(bob, said.message_id, "reached"),
        lambda: messages.pin(bob, said.message_id),
        lambda: reactions.react(bob, said.message_id, "👍"),
        lambda: conversations.begin(bob, ann.person),
        lambda: groups.create(bob, "Come", False, [ann.person]),
        lambda: groups.add(bob, world.group(bob).chat_id, ann.person),
    ):
        assert refused(deed) in (blocks.UNREACHABLE, blocks.NOT_TOGETHER)
    assert world.texts(world.dialog(ann, bob)) == ["before"]
    messages.delete(bob, said.message_id)
    blocks.unblock(ann, bob.person)
    assert world.say(bob, world.dialog(bob, ann), "again").text == "again"


def test_blocking_is_told_to_both_listed_and_done_once(world, ann, bob, cid):
    for _ in range(2):
        blocks.block(ann, bob.person)
    blocks.block(ann, cid.person)
    first, _ = world.heard(BlockChanged)
    assert set(first.topics) == {("person", ann.user_id), ("person", bob.user_id)}
    assert (first.other(ann.user_id).login, first.other(bob.user_id).login) == (bob.login, ann.login)
    world.look()
    assert {person.login for person in blocks.of(ann)} == {bob.login, cid.login}
    assert blocks.of(bob) == []
    assert blocks.has_blocked(ann, bob.person)
    assert not blocks.has_blocked(bob, ann.person)
    for _ in range(2):
        blocks.unblock(ann, bob.person)
    assert [fact.is_blocked for fact in world.heard(BlockChanged)] == [False]
    with pytest.raises(Invalid):
        blocks.block(ann, ann.person)


def test_neither_sees_whether_the_other_is_here(world, ann, bob, cid):
    world.loop.soon(presence.active, bob.person)
    world.loop.soon(presence.active, ann.person)
    world.quiet()
    blocks.block(ann, bob.person)
    for viewer, other in ((ann, bob), (bob, ann)):
        assert not presence.is_online(other.user_id, viewer.user_id)
        assert presence.last_seen(other.person, viewer.user_id) is None
        assert presence.online([other.user_id], viewer.user_id) == []
    assert presence.is_online(bob.user_id, cid.user_id)
    blocks.unblock(ann, bob.person)
    assert presence.is_online(bob.user_id, ann.user_id)
    assert PresenceChanged.volatile


def test_what_another_process_has_blocked_is_seen_with_the_next_look(world, ann, bob):
    blocks.keep_away(ann, bob.person)
    blocked.note(ann.user_id, bob.user_id, False)
    blocked.look()
    assert blocked.between(bob.user_id, ann.user_id)
    blocks.let_near(ann, bob.person)
    blocked.note(ann.user_id, bob.user_id, True)
    world.look()
    blocked.look()
    assert not blocked.between(bob.user_id, ann.user_id)


def test_groups_stay_shared_and_their_other_members_bring_both_in(world, ann, bob, cid):
    group = world.group(cid, ann, bob)
    blocks.block(ann, bob.person)
    assert world.say(bob, group, "to all of you").text == "to all of you"
    assert standings.one(ann, group.chat_id).unread == 1
    other = world.group(cid, ann)
    groups.add(cid, other.chat_id, bob.person)
    with pytest.raises(Conflict):
        groups.add(bob, other.chat_id, ann.person)


def test_a_first_message_that_is_refused_opens_no_dialog(world, ann, bob, cid):
    blocks.block(ann, bob.person)
    world.heard()
    before = db.session.query(Chat).count()
    refused(lambda: world.say(bob, world.dialog(bob, ann)))
    with pytest.raises(Unknown):
        world.say(cid, world.dialog(cid, ann), "see my file", attachment_ids=(2**40,))
    assert world.heard(ChatOpened) == []
    world.look()
    assert db.session.query(Chat).count() == before
    assert db.session.query(Member).filter(Member.user_id == bob.user_id).count() == 0
    assert chats.with_person(cid, ann.person).chat_id is None
    outcomes = world.at_once(
        [
            (messages.send, (cid, world.dialog(cid, ann), "refused", "one", {})[:4]),
            (messages.send, (bob, world.dialog(bob, ann), "refused")),
            (messages.send, (cid, world.dialog(cid, bob), "goes")),
        ]
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["MessageSnapshot", "Forbidden", "MessageSnapshot"]
    assert len(world.heard(ChatOpened)) == 2
