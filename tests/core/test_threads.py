"""Dialogs with who began them."""

from messenger.core import threads


def test_who_wrote_first_stands_first_for_both(world, ann, bob, cid):
    world.say(bob, world.dialog(ann, bob), "hi")
    world.say(ann, world.dialog(ann, bob), "hi too")
    world.say(ann, world.dialog(ann, cid), "hello")
    world.group(ann, bob)
    world.look()
    assert [(t.first.login, t.second.login) for t in threads.of(ann)] == [
        (bob.login, ann.login),
        (ann.login, cid.login),
    ]
    assert [(t.first.login, t.second.login) for t in threads.of(bob)] == [(bob.login, ann.login)]


def test_ones_own_dialog_has_the_same_person_twice(world, ann):
    world.say(ann, world.dialog(ann, ann), "to remember")
    world.look()
    (thread,) = threads.of(ann)
    assert (thread.first.login, thread.second.login) == (ann.login, ann.login)


def test_without_dialogs_there_are_none(world, ann):
    assert threads.of(ann) == []
