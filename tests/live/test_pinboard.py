"""What workers pin up for each other: read by all of them, and gone with who pinned it."""

import os

from messenger.live.pinboard import PAGE, PLACES, Pinboard


def pinned_by_another(place, words):
    """By a process that was made after the board, and has gone when this returns."""
    child = os.fork()
    if child == 0:
        place.pin(words)
        os._exit(0)
    os.waitpid(child, 0)


def test_what_one_process_pins_up_the_others_read():
    board = Pinboard()
    mine = board.place([])
    other = board.place([mine])
    assert list(mine.others()) == []
    pinned_by_another(other, b"first")
    assert list(mine.others()) == [(1, b"first")]
    pinned_by_another(other, b"second, which is longer")
    mine.pin(b"what stands here is no news to oneself")
    assert list(mine.others()) == [(1, b"second, which is longer")]
    pinned_by_another(other, b"3")
    assert list(mine.others()) == [(1, b"3")]


def test_who_takes_the_place_of_one_who_has_gone_finds_it_empty():
    board = Pinboard()
    first, second = board.place([]), board.place([board.place([])])
    second.pin(b"old")
    assert board.place([first]).number == second.number
    assert list(first.others()) == []
    second.pin(b"older still")
    second.clear()
    assert list(first.others()) == []


def test_what_is_too_much_is_not_pinned_and_who_comes_too_late_has_no_place():
    board = Pinboard()
    taken = []
    for _ in range(PLACES + 1):
        taken.append(board.place(taken))
    assert [place.number for place in taken] == list(range(PLACES + 1))
    taken[-1].pin(b"nobody reads this")
    taken[1].pin(b"x" * PAGE)
    taken[2].pin(b"y" * (PAGE - 4))
    assert [(number, len(words)) for number, words in taken[0].others()] == [(2, PAGE - 4)]
