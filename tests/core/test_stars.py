"""Stars: for oneself, of messages that one may read, gone with the message."""

import pytest

from messenger.core import groups, messages, stars
from messenger.core.refusals import Unknown


def starred(world, actor):
    world.look()
    return [one.message.text for one in stars.of(actor)]


def test_stars_are_one_s_own_and_the_last_one_comes_first(world, ann, bob):
    chat = world.dialog(ann, bob)
    first, second = world.say(ann, chat, "first"), world.say(bob, chat, "second")
    for message in (second, first, first):
        stars.star(ann, message.message_id)
    assert starred(world, ann) == ["first", "second"]
    assert starred(world, bob) == []
    assert [one.message.text for one in stars.of(ann, before=stars.of(ann)[0].at)] == ["second"]
    assert sorted(stars.ids_in(ann, first.chat)) == [first.message_id, second.message_id]
    stars.star(ann, first.message_id, False)
    stars.star(ann, first.message_id, False)
    assert starred(world, ann) == ["second"]
    messages.delete(bob, second.message_id)
    assert starred(world, ann) == []


def test_only_what_one_may_read_gets_a_star_and_keeps_it(world, ann, bob, cid):
    team = world.group(ann, bob)
    said = world.say(ann, team, "ours")
    with pytest.raises(Unknown):
        stars.star(cid, said.message_id)
    with pytest.raises(Unknown):
        stars.star(ann, said.message_id + 10_000)
    stars.star(bob, said.message_id)
    groups.leave(bob, team.chat_id)
    assert starred(world, bob) == []
