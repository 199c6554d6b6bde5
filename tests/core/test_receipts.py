"""How far people have come: only forward, gathered, the lowest of all, and not told by who keeps it to himself."""

import threading

import pytest

from messenger.core import groups, history, messages, profiles, receipts, standings, wishes
from messenger.core.facts import ReadMoved, StandingChanged, StatusChanged
from messenger.core.models import Member
from messenger.core.receipts import Receipt
from messenger.core.refusals import Invalid, TooLong, Unknown
from messenger.extensions import db


def said(world, ann, bob, count=5):
    world.say(ann, world.dialog(ann, bob), "1")
    chat = world.dialog(ann, bob)
    world.together(messages.send, [(ann, chat, str(n)) for n in range(2, count + 1)])
    world.heard()
    return chat


def statuses(world, chat):
    world.look()
    return [message.status for message in history.newest(chat)]


def delivered(actor, chat, position):
    receipts.note([Receipt(chat.chat_id, actor.user_id, position, 0)])


def test_sent_delivered_read(world, ann, bob):
    chat = said(world, ann, bob, 3)
    assert statuses(world, chat) == ["sent"] * 3
    delivered(bob, chat, 2)
    assert statuses(world, chat) == ["delivered", "delivered", "sent"]
    receipts.read(bob, chat, 1)
    assert statuses(world, chat) == ["read", "delivered", "sent"]
    receipts.read(bob, chat, 3)
    assert statuses(world, chat) == ["read"] * 3
    told = world.heard(StatusChanged)
    assert [(f.delivered_position, f.read_position) for f in told] == [(2, 0), (2, 1), (3, 3)]
    assert told[-1].read_id == history.newest(chat)[-1].message_id


def test_receipts_only_move_forward_and_never_beyond_the_end(world, ann, bob):
    chat = said(world, ann, bob, 3)
    receipts.read(bob, chat, 2)
    for position in (1, 0, -1, -(2**70)):
        receipts.read(bob, chat, position)
    assert statuses(world, chat) == ["read", "read", "sent"]
    delivered(bob, chat, 3)
    world.look()
    assert standings.one(bob, chat.chat_id).read_position == 2, "what arrives does not take back what was read"
    for position in (99, 2**53, 2**63, 2**70):
        receipts.read(bob, chat, position)
    assert statuses(world, chat) == ["read"] * 3
    world.say(ann, chat, "one more")
    assert statuses(world, chat) == ["read"] * 3 + ["sent"]


def test_the_same_receipt_again_writes_and_tells_nothing(world, ann, bob):
    chat = said(world, ann, bob)
    receipts.read(bob, chat, 5)
    world.heard()
    revision = world.row(chat).revision
    with world.statements() as written:
        receipts.read(bob, chat, 5)
    assert not [line for line in written if line.startswith("UPDATE")]
    assert world.heard() == []
    assert world.row(chat).revision == revision


def test_in_a_group_the_lowest_counts(world, ann, bob, cid):
    group = world.group(ann, bob, cid)
    message = world.say(ann, group)
    receipts.read(bob, group, message.position)
    assert statuses(world, group)[-1] == "sent"
    delivered(cid, group, message.position)
    assert statuses(world, group)[-1] == "delivered"
    receipts.read(cid, group, message.position)
    assert statuses(world, group)[-1] == "read"
    assert history.readers(ann, message.message_id) == sorted([bob.login, cid.login])


def test_when_the_last_who_has_not_read_leaves_it_is_read(world, ann, bob, cid):
    group = world.group(ann, bob, cid)
    message = world.say(ann, group)
    receipts.read(bob, group, message.position)
    groups.leave(cid, group.chat_id)
    world.look()
    assert history.one(ann, message.message_id).status == "read"


def test_who_answers_has_read(world, ann, bob):
    chat = said(world, ann, bob, 2)
    world.say(bob, chat, "answer")
    assert statuses(world, chat) == ["read", "read", "sent"]
    assert standings.one(bob, chat.chat_id).unread == 0


def test_who_keeps_it_to_himself_counts_as_not_having_read(world, ann, bob, cid):
    profiles.prefer(bob, False, True, {})
    chat = said(world, ann, bob, 2)
    receipts.read(bob, chat, 2)
    assert statuses(world, chat) == ["delivered", "delivered"]
    assert standings.one(bob, chat.chat_id).unread == 0
    assert history.readers(ann, history.newest(chat)[0].message_id) == []
    group = world.group(ann, bob, cid)
    message = world.say(ann, group)
    receipts.read(cid, group, message.position)
    delivered(bob, group, message.position)
    assert statuses(world, group)[-1] == "read", "in a group the others' reading is enough"
    assert history.readers(ann, message.message_id) == [cid.login]


def test_a_stranger_moves_nothing(world, ann, bob, cid):
    chat = said(world, ann, bob)
    with world.statements() as written:
        receipts.read(cid, chat, 5)
    assert not [line for line in written if line.startswith("UPDATE")]
    world.look()
    assert db.session.get(Member, (chat.chat_id, cid.user_id)) is None


def test_reading_is_told_to_ones_own_devices_with_what_is_left(world, ann, bob):
    chat = said(world, ann, bob, 5)
    receipts.read(bob, chat, 3)
    (moved,) = world.heard(ReadMoved)
    assert (moved.user_id, moved.read_position, moved.unread) == (bob.user_id, 3, 2)
    assert list(moved.topics) == [("person", bob.user_id)]


def test_a_thousand_readers_of_one_message_are_a_few_writes(world, ann):
    group = world.group(ann)
    crowd = world.crowd(group, 999)
    message = world.say(ann, group)
    world.heard()
    gatherer, commits = world.app.extensions["receipts"], world.writer.commits
    done = threading.Event()
    with world.statements() as written:
        world.loop.soon(
            lambda: [gatherer.add(reader, group.chat_id, message.position, message.position) for reader in crowd]
        )
        world.loop.later(0.2, done.set)
        assert done.wait(5)
        wait_for(world, lambda: history.one(ann, message.message_id).status == "read")
    updates = [line for line in written if line.startswith("UPDATE")]
    print(f"999 readers of one message: {len(written)} statements, {len(updates)} of them updates, "
          f"{world.writer.commits - commits} commits, {len(world.heard(StatusChanged))} status told")  # fmt: skip
    assert len(updates) <= 4
    assert len(written) <= 20
    assert world.writer.commits - commits <= 2


def test_receipts_that_the_writer_cannot_take_are_kept_for_later(world, ann, bob, monkeypatch):
    chat = said(world, ann, bob, 2)
    monkeypatch.setattr(world.writer, "limit", 0)
    world.loop.soon(world.app.extensions["receipts"].add, bob.user_id, chat.chat_id, 2, 2)
    done = threading.Event()
    world.loop.later(0.2, done.set)
    assert done.wait(5)
    assert statuses(world, chat) == ["sent", "sent"]
    monkeypatch.undo()
    wait_for(world, lambda: statuses(world, chat) == ["read", "read"])


class TestStandings:
    """The rows of a person's list."""

    def test_unread_is_arithmetic_and_system_messages_do_not_count(self, world, ann, bob, cid):
        group = world.group(ann, bob)
        assert standings.one(bob, group.chat_id).unread == 0
        world.say(ann, group, "one")
        groups.add(ann, group.chat_id, cid.person)
        groups.rename(ann, group.chat_id, "Renamed")
        world.say(ann, group, "two")
        world.look()
        assert [standings.one(p, group.chat_id).unread for p in (ann, bob, cid)] == [0, 2, 1]
        middle = history.newest(group)[-2].position
        receipts.read(bob, group, middle)
        world.look()
        assert standings.one(bob, group.chat_id).unread == 1
        assert standings.unread_total(bob) == 1

    def test_one_list_in_a_fixed_number_of_queries_latest_activity_first(self, world, ann):
        friends = world.people(12, "friend")
        for friend in friends[:2]:
            world.say(friend, world.dialog(friend, ann), f"from {friend.login}")
        with world.queries() as few:
            standings.of(ann)
        for friend in friends[2:]:
            world.say(friend, world.dialog(friend, ann), f"from {friend.login}")
        world.dialog(ann, world.person())
        with world.queries() as many:
            rows = standings.of(ann)
        assert [row.last_message.text for row in rows] == [f"from {friend.login}" for friend in reversed(friends)]
        assert {row.unread for row in rows} == {1}
        print(f"a list of 2 chats: {len(few)} queries, of 12: {len(many)}")
        assert len(many) == len(few)

    def test_pages_of_the_list_leave_nobody_out(self, world, ann):
        for friend in world.people(9, "friend"):
            world.say(friend, world.dialog(friend, ann))
        found, before = [], None
        world.look()
        while rows := standings.of(ann, 2, before):
            found += [row.chat.chat_id for row in rows]
            before = (rows[-1].active_at, rows[-1].chat.chat_id)
        assert found == [row.chat.chat_id for row in standings.of(ann)]
        assert len(set(found)) == 9

    def test_a_mention_is_marked_until_it_is_read(self, world, ann, bob):
        group = world.group(ann, bob)
        message = world.say(ann, group, f"@{bob.login}?")
        assert standings.one(bob, group.chat_id).mentioned
        assert not standings.one(ann, group.chat_id).mentioned
        receipts.read(bob, group, message.position)
        world.look()
        assert not standings.one(bob, group.chat_id).mentioned

    def test_public_groups_of_others(self, world, ann, bob):
        group = world.group(ann, is_public=True)
        world.group(ann)
        listed = {row.chat.chat_id: row for row in standings.public_groups(bob)}
        assert group.chat_id in listed
        assert not listed[group.chat_id].is_member
        assert all(row.chat.is_public for row in listed.values())
        groups.join(bob, group.chat_id)
        world.look()
        assert group.chat_id not in [row.chat.chat_id for row in standings.public_groups(bob)]

    def test_a_deleted_last_message_shows_as_a_tombstone(self, world, ann, bob):
        message = world.say(ann, world.dialog(ann, bob), "secret")
        messages.delete(ann, message.message_id)
        world.look()
        last = standings.of(bob)[0].last_message
        assert (last.text, last.deleted_at is not None) == ("", True)


class TestWishes:
    """What one sets for oneself in a chat; nobody else hears it."""

    def test_draft_mute_pin_and_notify(self, world, ann, bob):
        chat = said(world, ann, bob, 1)
        wishes.draft(bob, chat.chat_id, "half a sen")
        wishes.mute(bob, chat.chat_id, 2_000_000_000_000_000)
        wishes.pin(bob, chat.chat_id, True)
        wishes.notify(bob, chat.chat_id, "mentions")
        facts = world.heard(StandingChanged)
        assert [fact.what for fact in facts] == ["draft", "mute", "pin", "notify"]
        assert {tuple(fact.topics) for fact in facts} == {(("person", bob.user_id),)}
        standing = standings.one(bob, chat.chat_id)
        assert (standing.draft, standing.muted_until, standing.notify) == (
            "half a sen",
            2_000_000_000_000_000,
            "mentions",
        )
        assert standing.pinned_at is not None
        assert standings.one(ann, chat.chat_id).draft == ""
        wishes.draft(bob, chat.chat_id, "")
        wishes.mute(bob, chat.chat_id, None)
        wishes.pin(bob, chat.chat_id, False)
        world.look()
        standing = standings.one(bob, chat.chat_id)
        assert (standing.draft, standing.muted_until, standing.pinned_at) == ("", None, None)

    def test_what_is_refused(self, world, ann, bob, cid):
        chat = said(world, ann, bob, 1)
        with pytest.raises(Invalid):
            wishes.notify(bob, chat.chat_id, "sometimes")
        with pytest.raises(TooLong):
            wishes.draft(bob, chat.chat_id, "x" * 8_001)
        for stranger, number in ((cid, chat.chat_id), (ann, 2**70), (ann, 0)):
            with pytest.raises(Unknown):
                wishes.draft(stranger, number, "x")

    @pytest.mark.parametrize(
        ("position", "unread"), [(1, 5), (3, 3), (5, 1), (6, 0), (99, 0), (2**70, 0), (0, 5), (-9, 5)]
    )
    def test_marking_unread_from_a_message_on(self, world, ann, bob, position, unread):
        chat = said(world, ann, bob, 5)
        receipts.read(bob, chat, 5)
        wishes.mark_unread(bob, chat.chat_id, position)
        world.look()
        assert standings.one(bob, chat.chat_id).unread == unread
        assert statuses(world, chat) == ["read"] * 5, "what the others see stays"


def wait_for(world, condition, patience=100):
    """Until it is so, and not longer than five seconds."""
    pause = threading.Event()
    for _ in range(patience):
        world.look()
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come to be")
