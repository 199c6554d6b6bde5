"""What happens thousands of times a second asks for one chat by its number, and costs the same in every size of it."""

import re

import pytest

from messenger.core import changes, chats, history, messages, receipts, standings
from messenger.core.receipts import Receipt
from tests.core.world import World
from tests.scale.spy import Spy

NAMED = re.compile(
    r"\b(?:FROM|JOIN|UPDATE) messages\b(?: AS)?(?: (?!SET\b|ON\b|WHERE\b|JOIN\b|LEFT\b|INDEXED\b|ORDER\b)(\w+))?"
)


@pytest.fixture
def world(tmp_path, blank_database):
    path = tmp_path / "messenger.db"
    path.write_bytes(blank_database.read_bytes())
    with World(f"sqlite:///{path}", tmp_path) as made:
        yield made


@pytest.fixture
def spy(world):
    return Spy(world)


def leaves_the_chat_open(statement):
    """Does it look for messages without saying in which chat?"""
    for found in NAMED.finditer(statement):
        name = found[1] or "messages"
        if not re.search(rf"\b{name}\.chat_id (=|IN)|= {name}\.chat_id\b", statement):
            return True
    return False


def test_the_rule_sees_what_it_shall_see():
    assert leaves_the_chat_open("SELECT messages.id FROM messages WHERE messages.id = 5")
    assert leaves_the_chat_open("SELECT 1 FROM wanted w JOIN messages m ON m.author_id = w.author_id")
    assert leaves_the_chat_open("UPDATE messages SET text = '' WHERE id = 5")
    assert not leaves_the_chat_open("SELECT 1 FROM messages AS m WHERE m.chat_id = 5 AND m.position < 4")
    assert not leaves_the_chat_open("SELECT 1 FROM w JOIN messages m ON m.chat_id = w.chat_id")
    assert not leaves_the_chat_open("INSERT INTO messages (id, chat_id) VALUES (1, 2)")


def test_every_hot_query_for_messages_carries_the_chat_id(world, spy):
    """So that the table can be cut into parts by chat, and each query goes to one part."""
    ann, bob = world.person(), world.person()
    team = world.group(ann, bob)
    first = world.say(ann, team, "first")
    for n in range(60):
        world.say(ann, team, f"more {n}")
    hot = {
        "send": lambda: messages.send(ann, team, "hello", "c1"),
        "answer": lambda: messages.send(bob, team, "yes", "c2", reply_to_id=first.message_id),
        "newest page": lambda: history.newest(team),
        "older page": lambda: history.before(team, 40),
        "newer page": lambda: history.after(team, 3),
        "around": lambda: history.around(team, 20),
        "catch-up": lambda: changes.since(team, 40),
        "receipts": lambda: receipts.note([Receipt(team.chat_id, bob.user_id, 30, 20)]),
        "reading on": lambda: receipts.read(bob, team, 55),
        "a list": lambda: standings.of(bob),
        "a row": lambda: standings.one(bob, team.chat_id),
        "a revision": lambda: chats.revision_of(team.chat_id),
    }
    seen, open_ones = 0, []
    for name, deed in hot.items():
        world.look()
        with spy.looking():
            deed()
        of_messages = [said for said in spy.said if re.search(r"\bmessages\b", said)]
        seen += len(of_messages)
        open_ones += [f"{name}: {said}" for said in of_messages if leaves_the_chat_open(said)]
    assert open_ones == []
    assert seen > 20


def work(world, spy, members):
    """(statements, steps) of one message in a group of so many, of whom ten are connected and read along."""
    ann = world.person()
    ten = world.people(9)
    team = world.group(ann, *ten)
    if members > 10:
        world.crowd(team, members - 10)
    everybody = [ann, *ten]
    for author in everybody:  # each has said something, and has read what the others said
        messages.send(author, team, "settling in")
        position = world.row(team).position
        receipts.note([Receipt(team.chat_id, one.user_id, position, position) for one in everybody])
    world.quiet()
    with spy.looking():
        for author in everybody:
            messages.send(author, team, "hello", f"c{author.user_id}")
        position = world.row(team).position
        receipts.note([Receipt(team.chat_id, one.user_id, position, position) for one in everybody])
        # Through a door that reads nothing, too.
        messages.send(everybody[3], team, "in between")
        messages.send(everybody[4], team, "and again")
    told = world.heard()
    return len(spy.said), spy.steps, len(told)


def compare(world, spy, members):
    few, many = work(world, spy, 10), work(world, spy, members)
    print(f"12 messages to 10 of 10: {few[0]} statements, {few[1]} steps of the database; "
          f"to 10 of {members:,}: {many[0]}, {many[1]}")  # fmt: skip
    assert many[0] <= few[0]
    assert many[1] <= 2 * few[1]


def test_a_message_to_ten_of_many_costs_at_most_twice_ten_of_ten(world, spy):
    """Whoever is not connected costs nothing: counted in steps of the database's own machine, not in time."""
    compare(world, spy, 5_000)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_message_to_ten_of_a_hundred_thousand_costs_at_most_twice_ten_of_ten(world, spy):
    compare(world, spy, 100_000)
