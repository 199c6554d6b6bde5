"""Numbered pages: newest first, without what was taken back; and rows of the list by page."""

from messenger.core import messages, pages, standings


def test_pages_count_from_the_newest(world, ann, bob):
    chat = world.dialog(ann, bob)
    for number in range(5):
        chat = world.say(ann, chat, str(number)).chat
    world.look()
    assert [m.text for m in pages.messages(chat, 1, 2)] == ["4", "3"]
    assert [m.text for m in pages.messages(chat, 3, 2)] == ["0"]
    assert pages.messages(chat, 4, 2) == []
    assert pages.messages(chat, 2**53 - 1, 100) == []


def test_what_was_taken_back_leaves_no_gap_in_a_page(world, ann, bob):
    chat = world.dialog(ann, bob)
    said = [world.say(ann, chat, str(number)) for number in range(4)]
    messages.delete(ann, said[2].message_id)
    world.look()
    assert [m.text for m in pages.messages(said[0].chat, 1, 2)] == ["3", "1"]


def test_a_dialog_that_has_not_begun_has_no_pages(world, ann, bob):
    assert pages.messages(world.dialog(ann, bob), 1, 10) == []


def test_rows_of_the_list_can_be_skipped(world, ann, bob, cid):
    for other in (bob, cid):
        world.say(ann, world.dialog(ann, other))
    world.look()
    assert [row.chat.other(ann.user_id).login for row in standings.of(ann, 5)] == [cid.login, bob.login]
    assert [row.chat.other(ann.user_id).login for row in standings.of(ann, 5, skip=1)] == [bob.login]
