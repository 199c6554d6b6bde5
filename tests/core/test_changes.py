"""The one cursor of a chat: everything that changed since a revision, in order, and safe to be cut anywhere."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from messenger.core import changes, chats, groups, history, messages, reactions, receipts
from messenger.core.facts import (
    ChatChanged,
    ChatFact,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    ReactionsChanged,
    StatusChanged,
)

MOST = changes.MOST


class Page:
    """A reader: what he has on his screen, and the revision up to which he knows everything."""

    def __init__(self, chat):
        self.chat = chat
        self.screen = {m.position: (m.text, m.deleted_at is not None) for m in history.newest(chat, 200)}
        self.cursor = chats.revision_of(chat.chat_id)
        self.doubles = 0

    def hear(self, fact):
        """A fact told live: one that was replayed already is skipped, as a mailbox does it."""
        if fact.revision > self.cursor:
            self.take(fact)
            self.cursor = fact.revision

    def take(self, fact):
        if isinstance(fact, MessageSent):
            self.doubles += fact.message.position in self.screen
        message = getattr(fact, "message", None)
        if message is not None:
            self.screen[message.position] = (message.text, message.deleted_at is not None)

    def resume(self, cut=None):
        """Replay what was missed; cut off after so many facts, the cursor is the one of the last that arrived."""
        missed = changes.since(self.chat, self.cursor)
        assert not missed.is_too_much
        for fact in missed.facts[:cut]:
            self.take(fact)
            self.cursor = max(self.cursor, fact.revision)
        if cut is None or cut >= len(missed.facts):
            self.cursor = max(self.cursor, missed.revision)


def truth(world, chat):
    world.look()
    return {m.position: (m.text, m.deleted_at is not None) for m in history.newest(chat, 200)}


def test_edits_deletions_statuses_and_members_come_through_the_same_cursor(world, ann, bob, cid):
    """G10."""
    group = world.group(ann, bob, is_public=True)
    first, second, third = (world.say(ann, group, text) for text in ("one", "two", "three"))
    world.look()
    start = chats.revision_of(group.chat_id)
    messages.edit(ann, first.message_id, "uno")
    messages.delete(ann, second.message_id)
    reactions.react(bob, third.message_id, "👍")
    world.say(bob, group, "four")
    groups.join(cid, group.chat_id)
    groups.rename(ann, group.chat_id, "Renamed")
    receipts.read(bob, group, third.position)
    groups.leave(bob, group.chat_id)
    world.look()
    caught = changes.since(group, start)
    kinds = {type(fact) for fact in caught.facts}
    expected = {MessageSent, MessageEdited, MessageDeleted, ReactionsChanged, MemberAdded, MemberRemoved, ChatChanged}
    assert kinds >= expected
    assert StatusChanged in kinds or world.row(group).leveled <= start
    sent = [fact.message.position for fact in caught.facts if isinstance(fact, MessageSent)]
    assert sent == sorted(sent)
    assert caught.revision == world.row(group).revision
    assert changes.since(group, caught.revision).facts == ()
    print(f"G10: {len(caught.facts)} facts of {len(kinds)} kinds through one cursor")


def test_what_comes_by_the_cursor_equals_what_was_told_live(world, ann, bob):
    chat = world.say(ann, world.dialog(ann, bob), "first").chat
    start = chats.revision_of(chat.chat_id)
    world.heard()
    sent = world.say(ann, chat, "second")
    messages.edit(ann, sent.message_id, "2nd")
    world.say(bob, chat, "third")
    live = world.heard(MessageSent, MessageEdited, StatusChanged)
    world.look()
    replayed = changes.since(chat, start).facts
    assert {f.message.message_id: f.message.text for f in live if hasattr(f, "message")} == {
        f.message.message_id: f.message.text for f in replayed if hasattr(f, "message")
    }
    last = [f for f in live if isinstance(f, StatusChanged)][-1]
    replayed_last = [f for f in replayed if isinstance(f, StatusChanged)][-1]
    assert (last.delivered_position, last.read_position) == (
        replayed_last.delivered_position,
        replayed_last.read_position,
    )


def test_a_reader_cut_off_anywhere_in_a_replay_loses_nothing(world, ann, bob):
    chat = world.say(ann, world.dialog(ann, bob), "0").chat
    sent = [world.say(ann, chat, str(n)) for n in range(1, 12)]
    world.look()
    start = chats.revision_of(chat.chat_id)
    fresh = [world.say(bob, chat, f"new {n}") for n in range(4)]
    messages.edit(ann, sent[3].message_id, "edited")
    messages.edit(bob, fresh[1].message_id, "edited new")
    messages.delete(ann, sent[5].message_id)
    messages.delete(bob, fresh[2].message_id)
    messages.edit(bob, fresh[0].message_id, "edited again")
    world.look()
    total = len(changes.since(chat, start).facts)
    for cut in range(total + 1):
        page = Page(chat)
        page.screen = {p: v for p, v in page.screen.items() if p <= 12}
        page.screen.update({sent[3].position: ("3 old", False), sent[5].position: ("5 old", False)})
        page.cursor = start
        page.resume(cut)
        page.resume()
        assert page.screen == truth(world, chat), f"cut after {cut} of {total}"


def test_more_than_so_many_are_none(world, ann, bob):
    """G13."""
    chat = world.say(ann, world.dialog(ann, bob), "0").chat
    start = chats.revision_of(chat.chat_id)
    world.together(messages.send, [(ann, chat, str(n)) for n in range(MOST)])
    full = changes.since(chat, start)
    sent = [f for f in full.facts if isinstance(f, MessageSent)]
    assert (len(sent), full.is_too_much) == (MOST, False)
    world.say(ann, chat, "one too many")
    world.look()
    too_much = changes.since(chat, start)
    assert (too_much.facts, too_much.is_too_much, too_much.revision) == ((), True, world.row(chat).revision)
    print(f"G13: {MOST} missed: all {len(sent)} replayed; {MOST + 1} missed: none, and the client is told to reload")


@pytest.mark.parametrize("revision", [10**9, 2**63, 2**70])
def test_a_cursor_from_the_future_gets_nothing(world, ann, bob, revision):
    chat = world.say(ann, world.dialog(ann, bob)).chat
    assert changes.since(chat, revision).facts == ()


def test_a_cursor_before_the_beginning_gets_everything(world, ann, bob):
    chat = world.say(ann, world.dialog(ann, bob)).chat
    for revision in (0, -1, -(2**70)):
        assert len(changes.since(chat, revision).facts) == 1


DEEDS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(["send", "send", "edit", "delete", "react", "read"]), strategies.integers(0, 5)
    ),
    max_size=4,
)


@pytest.mark.parametrize("kind", ["sqlite"], scope="module")
def test_a_page_resumes_where_it_was_read_whatever_happens_between(world, ann, bob, kind):
    """G12: rows are read, then the revision, the socket opens, replays and goes live; deeds happen in every gap."""
    interleavings(world, ann, bob, 25)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"], scope="module")
def test_a_page_resumes_where_it_was_read_a_thousand_times(world, ann, bob, kind):
    interleavings(world, ann, bob, 1_000)


def interleavings(world, ann, bob, count):
    tried = {"interleavings": 0, "deeds": 0, "doubles": 0, "gaps": 0}

    @settings(max_examples=count, deadline=None, database=None, print_blob=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(before=DEEDS, while_reading=DEEDS, while_opening=DEEDS, while_replaying=DEEDS, live=DEEDS)
    def play(before, while_reading, while_opening, while_replaying, live):
        gaps = (before, while_reading, while_opening, while_replaying, live)
        tried["interleavings"] += 1
        tried["deeds"] += sum(map(len, gaps))
        page, chat = one_reader(world, ann, bob, gaps)
        tried["doubles"] += page.doubles
        tried["gaps"] += page.screen != truth(world, chat)
        assert page.doubles == 0
        assert page.screen == truth(world, chat)

    play()
    print(f"G12: {tried}")


def one_reader(world, ann, bob, gaps):
    """One page and its socket, with deeds of others before and between all its steps."""
    before, while_reading, while_opening, while_replaying, live = gaps
    chat = world.say(ann, group_of(world, ann, bob), "first").chat
    act(world, ann, bob, chat, before)
    world.look()
    page = Page.__new__(Page)
    page.chat, page.doubles = chat, 0
    page.screen = {m.position: (m.text, m.deleted_at is not None) for m in history.newest(chat, 200)}
    elsewhere(world, act, world, ann, bob, chat, while_reading)
    page.cursor = chats.revision_of(chat.chat_id)
    world.look()
    elsewhere(world, act, world, ann, bob, chat, while_opening)
    world.heard()
    elsewhere(world, act, world, ann, bob, chat, while_replaying)
    world.look()
    page.resume()
    world.quiet()
    waiting = [fact for fact in world.told if isinstance(fact, ChatFact) and fact.chat_id == chat.chat_id]
    for fact in waiting:
        page.hear(fact)
    world.heard()
    elsewhere(world, act, world, ann, bob, chat, live)
    for fact in world.heard(ChatFact):
        if fact.chat_id == chat.chat_id:
            page.hear(fact)
    return page, chat


def group_of(world, ann, bob):
    return world.group(ann, bob)


def act(world, ann, bob, chat, deeds):
    """Deeds of ann: the number says on which of her messages."""
    for deed, number in deeds:
        hers = [
            m
            for m in history.newest(chat, 200)
            if m.author.user_id == ann.user_id and m.kind == "text" and not m.deleted_at
        ]
        world.look()
        if deed == "send" or not hers:
            messages.send(ann, chat, f"said {number}")
        elif deed == "edit":
            messages.edit(ann, hers[number % len(hers)].message_id, f"edited {world.writer.calls}")
        elif deed == "delete":
            messages.delete(ann, hers[number % len(hers)].message_id)
        elif deed == "react":
            reactions.react(bob, hers[number % len(hers)].message_id, "👍")
        else:
            receipts.read(bob, chat, hers[number % len(hers)].position)


def elsewhere(world, function, *args):
    """In a thread and a session of its own, as another request."""
    failed = []

    def run():
        with world.app.app_context():
            try:
                function(*args)
            except BaseException as error:
                failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failed, failed
