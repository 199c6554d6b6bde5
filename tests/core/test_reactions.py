"""Emoji under messages."""

import pytest

from messenger.core import history, messages, reactions
from messenger.core.facts import ReactionsChanged
from messenger.core.refusals import Invalid, Unknown


@pytest.fixture
def said(world, ann, bob):
    return world.say(ann, world.dialog(ann, bob))


def test_reacting_and_taking_it_back(world, ann, bob, said):
    reactions.react(bob, said.message_id, "👍")
    after = reactions.react(ann, said.message_id, ":+1:")
    assert [(r.emoji, r.logins) for r in after.reactions] == [("👍", (bob.login, ann.login))]
    back = reactions.react(bob, said.message_id, "👍", False)
    assert [(r.emoji, r.logins) for r in back.reactions] == [("👍", (ann.login,))]
    told = world.heard(ReactionsChanged)
    assert [(f.user_login, f.emoji, f.added) for f in told] == [
        (bob.login, "👍", True), (ann.login, "👍", True), (bob.login, "👍", False),
    ]  # fmt: skip
    assert [f.revision for f in told] == [said.revision + 1, said.revision + 2, said.revision + 3]


def test_the_same_again_changes_nothing(world, bob, said):
    first = reactions.react(bob, said.message_id, "🎉")
    assert reactions.react(bob, said.message_id, "🎉").revision == first.revision
    assert reactions.react(bob, said.message_id, "🐌", False).revision == first.revision
    assert len(world.heard(ReactionsChanged)) == 1


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "❤️", "🇩🇪", ":tada:"])
def test_whole_emoji(world, bob, said, emoji):
    (only,) = reactions.react(bob, said.message_id, emoji).reactions
    assert only.logins == (bob.login,)


@pytest.mark.parametrize(
    "emoji", ["", "x", "👍👍", ":nonsense:", "<b>", "👍x", "1", "\ud83d", "a\x00", None, 7, "x" * 10_000]
)
def test_what_is_no_emoji(world, bob, said, emoji):
    with pytest.raises(Invalid):
        reactions.react(bob, said.message_id, emoji)


def test_at_most_twenty_kinds(world, ann, bob, said):
    for sign in "😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓":
        reactions.react(bob, said.message_id, sign)
    with pytest.raises(Invalid):
        reactions.react(ann, said.message_id, "😔")
    assert len(reactions.react(ann, said.message_id, "😀").reactions) == 20


def test_strangers_and_tombstones(world, ann, bob, cid, said):
    with pytest.raises(Unknown):
        reactions.react(cid, said.message_id, "👍")
    messages.delete(ann, said.message_id)
    with pytest.raises(Unknown):
        reactions.react(bob, said.message_id, "👍")
    assert history.one(ann, said.message_id).reactions == ()
