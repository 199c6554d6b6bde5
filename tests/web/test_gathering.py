"""What open pages hear of what has to be read: read for all of them together, and right for each."""

import re
import socket
import time
from contextvars import Context

import pytest
from sqlalchemy import event

from messenger.core import chats, groups, messages, profiles, receipts, stars, wishes
from messenger.core.refusals import Overloaded
from messenger.extensions import db
from messenger.reception import listener
from messenger.web.chat_socket import ChatPage
from messenger.web.gathering import BITE, CHATS, Place, bites
from messenger.web.list_socket import ListPage
from tests.core.world import World
from tests.live.wire import CLOSE, Wire

ROW = re.compile(r'<a class="chat-row" id="([\w-]+)".*?</a>', re.DOTALL)
PATIENCE = 20
# Of the one statement that reads what is everybody's own in his rows.
IS_OWN = "json_each"


@pytest.fixture
def world(tmp_path, blank_database):
    path = tmp_path / "messenger.db"
    path.write_bytes(blank_database.read_bytes())
    with World(f"sqlite:///{path}", tmp_path, limits=False) as made:
        yield made


class OpenPage:
    """The list of somebody, or a chat of his, open on a page: what comes over its socket."""

    def __init__(self, world, actor, chat=None):
        self.world, self.actor = world, actor
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        switchboard = world.app.extensions["switchboard"]
        since = 0 if chat is None else chats.revision_of(chat.chat_id)
        opening = listener.opening(actor, chat, memory=since)
        self.mailbox = switchboard.open(opening, ListPage() if chat is None else ChatPage(), "here")
        switchboard.begin(self.mailbox, theirs, b"")
        self.wire = Wire.over(ours)

    def frame(self, *words):
        """The next frame with all of these words in it, and what came before it."""
        before = []
        while True:
            heard = self.wire.words()
            if all(word in heard for word in words):
                return heard, before
            before.append(heard)

    def row(self, *words):
        """The next row that has all of these words in it."""
        while True:
            found = ROW.search(self.wire.words())
            if found and all(word in found[0] for word in words):
                return found[0]

    def loaded(self, name):
        """This row, as a page that is opened now has it."""
        browser = self.world.app.test_client()
        browser.set_cookie("sessionToken", self.world.token(self.actor).token)
        asked = {"headers": {"HX-Request": "true", "HX-Target": "rows"}}
        # In a context of its own, not in the one that the world keeps open.
        answer = Context().run(browser.get, "/chats", **asked)
        return {found[1]: found[0] for found in ROW.finditer(answer.text)}[name]


@pytest.fixture
def opened(world):
    """opened(actor) → his list, opened(actor, chat) → that chat; each hears from now on."""
    made = []

    def open_one(*whose):
        made.append(OpenPage(world, *whose))
        return made[-1]

    yield open_one
    for one in made:
        one.wire.sock.close()
    until(lambda: all(one.mailbox.is_shut for one in made))


def until(come_true):
    end = time.monotonic() + PATIENCE
    while not come_true():
        assert time.monotonic() < end
        time.sleep(0.01)


def rests(world):
    """Every page has been greeted, and nothing is left to be drawn."""
    world.quiet()
    until(lambda: not any(mailbox.is_busy for mailbox in world.app.extensions["switchboard"]))
    until(lambda: not any(world.app.extensions[part].is_at_work for part in ("list_rows", "chat_heads")))


def reads_of(world, deed, pages, *words):
    """How many statements it takes until all of these pages have a frame with these words."""
    rests(world)
    with world.queries() as said:
        deed()
        for one in pages:
            one.frame(*words)
        rests(world)
    return len(said)


def test_a_message_costs_three_hundred_open_lists_as_many_reads_as_ten(world, opened, capsys):
    ann = world.person()
    others = world.people(300)
    team = world.group(ann, *others)
    world.crowd(team, 1)  # who never comes: nothing is ever delivered to everybody
    lists = [opened(one) for one in others[:10]]
    few = reads_of(world, lambda: world.say(ann, team, "to ten"), lists, "chat-row", "to ten")
    lists += [opened(one) for one in others[10:]]
    many = reads_of(world, lambda: world.say(ann, team, "to all of them"), lists, "chat-row", "to all of them")
    with capsys.disabled():
        print(f"\na message in ten open lists: {few} statements; in three hundred: {many}")
    assert 0 < few < 40
    assert many < 10 * few, "on a slow machine the three hundred may be told in a few goes"


def test_a_row_is_to_each_what_his_page_would_show(world, opened):
    ann, bob, cid, dee, eve = (world.person(role) for role in ("ann", "bob", "cid", "dee", "eve"))
    team = world.group(ann, bob, cid, dee, eve, name="Team & friends")
    said = [world.say(ann, team, f"earlier {number}") for number in range(3)]
    world.crowd(team, 1)  # who never comes: the ticks stay as they are
    wishes.mute(bob, team.chat_id, 2**61)
    wishes.draft(cid, team.chat_id, "half <written>")
    wishes.pin(dee, team.chat_id, True)
    receipts.read(dee, team, said[1].position)
    world.quiet()
    lists = [opened(one) for one in (ann, bob, cid, dee, eve)]
    rests(world)
    world.say(ann, team, f"look @{eve.login} and **all**")
    rows = [one.row("look") if one.actor is not cid else one.row("&lt;written&gt;") for one in lists]
    assert [re.search(r'data-unread="(\d+)"', row)[1] for row in rows] == ["0", "4", "4", "2", "4"]
    signs = ("data-muted", "chat-row-draft", "data-pinned", "badge-mention")
    assert [[sign in row for sign in signs].index(True) for row in rows[1:]] == [0, 1, 2, 3]
    rests(world)
    world.look()
    assert [one.loaded(f"chat-row-group-{team.chat_id}") for one in lists] == rows


def test_each_side_of_a_dialog_sees_the_other_one(world, opened):
    ann, bob = world.person("ann"), world.person("bob")
    at_ann, at_bob = opened(ann), opened(bob)
    world.say(ann, world.dialog(ann, bob), "between us")
    for one, other in ((at_ann, bob), (at_bob, ann)):
        row = one.row("between us", 'data-status="delivered"')
        assert f'href="/dialog/{other.login}"' in row
        assert one.loaded(f"chat-row-dialog-{other.user_id}") == row


def test_whoever_left_while_his_row_was_drawn_hears_no_more_of_it(world, opened):
    ann, bob = world.person("ann"), world.person("bob")
    team = world.group(ann, bob)
    at_ann, at_bob = opened(ann), opened(bob)
    left = []

    def leave(connection, cursor, statement, *more):
        if IS_OWN in statement and not left:
            left.append(True)
            groups.leave(bob, team.chat_id)
            world.quiet()

    event.listen(db.engine, "after_cursor_execute", leave)
    world.say(ann, team, "not for bob")
    at_ann.row("not for bob")
    rests(world)
    world.say(ann, world.dialog(ann, bob), "but this is")
    _, before = at_bob.frame("but this is")
    assert any("chat_gone" in words for words in before)
    assert not any("not for bob" in words for words in before)


def test_rows_wait_while_the_database_is_away(world, opened):
    ann, bob = world.person("ann"), world.person("bob")
    team = world.group(ann, bob)
    at_bob = opened(bob)
    rests(world)
    away = [True]

    def refuse(connection, cursor, statement, *more):
        if away and IS_OWN in statement:
            away.pop()
            raise Overloaded()

    event.listen(db.engine, "before_cursor_execute", refuse)
    world.say(ann, team, "a little later")
    at_bob.row("a little later")
    assert not away


def test_a_fault_closes_the_pages_it_concerns_and_no_others(world, opened):
    ann, bob, cid = world.person("ann"), world.person("bob"), world.person("cid")
    team, other = world.group(ann, bob), world.group(ann, cid)
    at_bob, at_cid = opened(bob), opened(cid)
    rests(world)

    def fail(connection, cursor, statement, parameters, *more):
        if IS_OWN in statement and f"[{team.chat_id}," in str(parameters):
            raise RuntimeError

    event.listen(db.engine, "before_cursor_execute", fail)
    world.at_once([(messages.send, (ann, team, "lost")), (messages.send, (ann, other, "and on it goes"))])
    at_cid.row("and on it goes")
    while (last := at_bob.wire.read()).opcode != CLOSE:
        assert b"lost" not in last.content
    assert last.code == 1011
    world.say(ann, other, "and on")
    at_cid.row("and on")


def test_many_rows_are_cut_into_bites():
    assert bites({}) == []
    of_one_chat = {Place(1, "row", viewer): None for viewer in range(2 * BITE + 1)}
    assert [len(bite) for bite in bites(of_one_chat)] == [BITE, BITE, 1]
    of_many = {Place(chat, "row", viewer): None for chat in range(2 * CHATS + 1) for viewer in range(2)}
    assert [len(bite) for bite in bites(of_many)] == [2 * CHATS, 2 * CHATS, 2]
    assert [place for bite in bites(of_many) for place in bite] == list(of_many)


def test_messages_on_messages_are_one_row(world, opened):
    ann, bob = world.person("ann"), world.person("bob")
    team = world.group(ann, bob)
    at_bob = opened(bob)
    rests(world)
    for text in world.together(messages.send, [(ann, team, f"number {n}") for n in range(40)]):
        assert text
    at_bob.row("number 39", 'data-unread="40"')


def test_what_stands_above_a_chat_is_read_once_for_all_its_pages(world, opened):
    ann = world.person()
    others = world.people(30)
    team = world.group(ann, *others)
    first, second = (world.say(ann, team, text) for text in ("first pin", "second pin"))
    world.quiet()
    pages = [opened(one, team) for one in others[:3]]
    few = reads_of(world, lambda: messages.pin(ann, first.message_id, True), pages, "#pins", "first pin")
    pages += [opened(one, team) for one in others[3:]]
    many = reads_of(world, lambda: messages.pin(ann, second.message_id, True), pages, "#pins", "second pin")
    assert 0 < few < 20
    assert many < 8 * few
    counted = reads_of(world, lambda: groups.leave(others[0], team.chat_id), pages[1:], "member-count", "30 members")
    assert 0 < counted < 20


def test_a_star_is_told_to_all_devices_of_its_owner_and_to_nobody_else(world, opened):
    ann, bob = world.person("ann"), world.person("bob")
    said = world.say(ann, world.dialog(ann, bob), "find this again")
    world.quiet()
    hers = [opened(ann, said.chat), opened(world.again(ann), said.chat)]
    at_bob = opened(bob, said.chat)
    for is_on, word in ((True, "true"), (True, ""), (False, "false")):
        stars.star(ann, said.message_id, is_on)
        for page in hers if word else ():
            assert page.frame('"star"')[0] == f'{{"type":"star","payload":{{"id":"{said.message_id}","on":{word}}}}}'
    world.say(ann, said.chat, "the end")
    for page in (*hers, at_bob):
        assert not any('"star"' in words for words in page.frame("the end")[1]), "what does not change is not told"


def test_who_hides_while_away_takes_the_words_last_seen_from_open_pages(world, opened):
    ann, bob = world.person("ann"), world.person("bob")
    chat = world.say(ann, world.dialog(ann, bob), "where are you?").chat
    world.quiet()
    pages = [opened(ann), opened(ann, chat)]
    rests(world)
    assert '"last_seen":1' in pages[1].frame("user_status", bob.login)[0]
    profiles.prefer(bob, True, False, {})
    for page in pages:
        assert '"last_seen":null' in page.frame("user_status", bob.login)[0]
    profiles.prefer(bob, True, True, {})
    for page in pages:
        assert '"last_seen":1' in page.frame("user_status", bob.login)[0]
