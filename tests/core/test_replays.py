"""Many come back at once: what they missed is read once, and nobody gets an old answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from messenger.core import changes, chats, replays
from messenger.core.facts import MessageSent
from messenger.core.replays import Replays
from messenger.live.news import News

MANY = 40


class Retold(News):
    __slots__ = ()


@pytest.fixture
def chat(world, ann, bob):
    return world.say(ann, world.group(ann, bob), "what everybody knows").chat


def said(missed):
    return [news.fact.message.text for news in missed.news if isinstance(news.fact, MessageSent)]


def at_once(world, ask, times):
    """Asked in threads of their own, as workers do it."""

    def one(_):
        with world.app.app_context():
            return ask()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_whoever_comes_back_at_the_same_moment_shares_one_reading(world, ann, chat):
    start, shelf = chats.revision_of(chat.chat_id), Replays()
    for number in range(3):
        world.say(ann, chat, f"missed {number}")
    world.look()
    with world.queries() as alone:
        first = shelf.since(chat, start)
    with world.queries() as together:
        others = at_once(world, lambda: shelf.since(chat, start), MANY)
    assert said(first) == ["missed 0", "missed 1", "missed 2"]
    assert all(other is first for other in others)
    print(f"the first reads with {len(alone)} statements, {MANY} others with {len(together)}")
    assert len(together) <= 2 * MANY < len(alone) * MANY


def test_the_first_ones_wait_for_one_of_them(world, ann, chat):
    start, shelf = chats.revision_of(chat.chat_id), Replays()
    world.say(ann, chat, "missed")
    found = at_once(world, lambda: shelf.since(chat, start), 8)
    assert {id(one) for one in found} == {id(found[0])}
    assert said(found[0]) == ["missed"]


def test_what_is_said_meanwhile_is_never_left_out(world, ann, chat):
    start, shelf = chats.revision_of(chat.chat_id), Replays()
    for number in range(4):
        world.say(ann, chat, f"{number}")
        world.look()
        missed = shelf.since(chat, start)
        assert said(missed) == [f"{n}" for n in range(number + 1)]
        assert missed.revision == chats.revision_of(chat.chat_id)


def test_each_asks_for_his_own_revision_and_in_his_own_words(world, ann, chat):
    start, shelf = chats.revision_of(chat.chat_id), Replays()
    world.say(ann, chat, "one")
    world.look()
    between = chats.revision_of(chat.chat_id)
    world.say(ann, chat, "two")
    world.look()
    assert said(shelf.since(chat, start)) == ["one", "two"]
    assert said(shelf.since(chat, between)) == ["two"]
    assert {type(news) for news in shelf.since(chat, start, Retold).news} == {Retold}
    assert {type(news) for news in shelf.since(chat, start).news} == {News}


def test_who_knows_everything_gets_nothing_and_who_knows_more_loads_the_chat_anew(world, chat):
    world.look()
    newest = chats.revision_of(chat.chat_id)
    assert Replays().since(chat, newest) == replays.Missed((), newest)
    assert Replays().since(chat, newest + 5) == replays.Missed((), newest, is_too_much=True)


def test_too_much_is_said_to_all(world, ann, chat, monkeypatch):
    start = chats.revision_of(chat.chat_id)
    world.say(ann, chat, "one")
    world.say(ann, chat, "two")
    world.look()
    monkeypatch.setattr(changes, "MOST", 1)
    missed = Replays().since(chat, start)
    assert missed.is_too_much
    assert missed.news == ()


def test_an_answer_grows_old_and_the_shelf_stays_small(world, ann, chat, monkeypatch):
    start, shelf = chats.revision_of(chat.chat_id), Replays()
    world.say(ann, chat, "missed")
    world.look()
    first = shelf.since(chat, start)
    assert shelf.since(chat, start) is first
    monkeypatch.setattr(replays, "SECONDS", -1.0)
    assert shelf.since(chat, start) is not first
    monkeypatch.setattr(replays, "SECONDS", 60.0)
    monkeypatch.setattr(replays, "MOST", 3)
    for revision in range(10):
        assert shelf.since(chat, revision).revision
    assert len(shelf._shared) <= 3
