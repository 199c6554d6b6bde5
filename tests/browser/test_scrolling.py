"""The stream: it keeps the reader's place, pages without a jump, groups what belongs together."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog, sent_files, told
from tests.fixtures.pictures import picture

pytestmark = pytest.mark.browser
COUNT = "document.querySelectorAll('message-groups .message').length"
NO_MORE = "!document.getElementById('older')"
TO = "(list, top) => { list.scrollTop = top < 0 ? list.scrollHeight : top }"
GAP = "list => list.scrollHeight - list.clientHeight - list.scrollTop"


def fill(person, place, count, start=0):
    """So many numbered messages."""
    for number in range(start, start + count):
        told(person, place, f"number {number:03}.")


def numbers(at):
    """Those on the page, in order."""
    return [int(found[1]) for text in at.texts() if (found := re.match(r"number (\d+)\.", text))]


def scroll(at, top):
    at.page.locator("message-list").evaluate(TO, top)


def gap(at):
    """How far the end is."""
    return at.page.locator("message-list").evaluate(GAP)


def test_it_opens_at_the_end_and_sticks_to_it_only_while_one_is_there(desk, ann, bob):
    fill(ann, dialog(bob), 40)
    at_ann = desk(ann).open(dialog(bob))
    expect(at_ann.message("number 039")).to_be_in_viewport()
    told(bob, dialog(ann), "came at the end")
    expect(at_ann.message("came at the end")).to_be_in_viewport()
    scroll(at_ann, 300)
    expect(at_ann.page.locator("jump-button")).to_be_visible()
    before = at_ann.page.locator("message-list").evaluate("list => list.scrollTop")
    told(bob, dialog(ann), "came while reading above")
    told(bob, dialog(ann), "and another")
    expect(at_ann.page.locator("jump-button .badge")).to_have_text("2")
    expect(at_ann.message("came while reading above")).not_to_be_in_viewport()
    assert at_ann.page.locator("message-list").evaluate("list => list.scrollTop") == before
    at_ann.page.locator(".jump").click()
    expect(at_ann.message("and another")).to_be_in_viewport()
    expect(at_ann.page.locator("jump-button")).to_be_hidden()


def test_one_s_own_message_leads_to_the_end(desk, ann, bob):
    fill(ann, dialog(bob), 40)
    at_ann = desk(ann).open(dialog(bob))
    scroll(at_ann, 200)
    expect(at_ann.page.locator("jump-button")).to_be_visible()
    expect(at_ann.say("mine goes to the end")).to_be_in_viewport()


def test_older_pages_come_before_the_top_is_reached_and_without_a_jump(desk, ann, bob):
    fill(ann, dialog(bob), 130)
    at_ann = desk(ann).open(dialog(bob))
    seen = len(numbers(at_ann))
    assert seen < 130
    at_ann.page.locator("message-list").evaluate("list => { list.scrollTop = 900 }")
    where = (
        "[...document.querySelectorAll('message-groups .message')].find(m => m.getBoundingClientRect().top > 200).id"
    )
    held = at_ann.page.evaluate(where)
    top = f"Math.round(document.getElementById('{held}').getBoundingClientRect().top)"
    before = at_ann.page.evaluate(top)
    at_ann.until(f"{COUNT} > {seen}")
    assert abs(at_ann.page.evaluate(top) - before) <= 1
    while at_ann.page.locator("#older").count():
        count = at_ann.page.locator("message-groups .message").count()
        scroll(at_ann, 0)
        at_ann.until(f"{NO_MORE} || {COUNT} > {count}")
    assert numbers(at_ann) == list(range(130))


@pytest.mark.long
def test_a_long_chat_keeps_the_page_small_in_both_directions(desk, ann, bob):
    fill(ann, dialog(bob), 450)
    at_ann = desk(ann).open(dialog(bob))
    most = 0
    for _ in range(60):
        if not at_ann.page.locator("#older").count():
            break
        scroll(at_ann, 0)
        at_ann.page.wait_for_timeout(150)
        found = numbers(at_ann)
        most = max(most, len(found))
        assert found == list(range(found[0], found[-1] + 1))
    assert numbers(at_ann)[0] == 0
    assert most <= 350
    told(bob, dialog(ann), "far below")
    for _ in range(60):
        scroll(at_ann, -1)
        at_ann.page.wait_for_timeout(150)
        if not at_ann.page.locator("#newer").count():
            break
    expect(at_ann.message("far below")).to_have_count(1)
    assert numbers(at_ann)[-1] == 449


def test_a_message_by_its_own_address_opens_in_its_place_and_leads_to_the_newest(desk, ann, bob):
    first = told(ann, dialog(bob), "the very first")
    fill(ann, dialog(bob), 120)
    at_ann = desk(ann).open(f"/message/{first}")
    expect(at_ann.message("the very first")).to_be_in_viewport()
    expect(at_ann.page).to_have_url(re.compile(f"#message-{first}$"))
    at_ann.page.locator(".jump").click()
    expect(at_ann.message("number 119")).to_be_in_viewport()


def test_neighbours_of_one_author_stand_together(desk, ann, bob):
    for person, other, text in ((ann, bob, "a1"), (ann, bob, "a2"), (bob, ann, "b1"), (ann, bob, "a3")):
        told(person, dialog(other), text)
    at_ann = desk(ann).open(dialog(bob))
    follows = {
        text: at_ann.message(text).get_attribute("data-follows") is not None for text in ("a1", "a2", "b1", "a3")
    }
    assert follows == {"a1": False, "a2": True, "b1": False, "a3": False}
    assert at_ann.message("a1").get_attribute("data-mine") is not None
    assert at_ann.message("b1").get_attribute("data-mine") is None
    at_ann.say("a4")
    expect(at_ann.message("a4")).to_have_attribute("data-follows", "")


def test_days_have_pills_in_the_reader_s_zone_and_language(desk, ann, bob):
    told(ann, dialog(bob), "just now")
    at_ann = desk(ann, timezone_id="Asia/Tokyo", locale="en-GB").open(dialog(bob))
    expect(at_ann.page.locator(".day")).to_have_text(["Today"])
    at = int(at_ann.message("just now").get_attribute("data-at"))
    shown = at_ann.message("just now").locator("time").inner_text()
    assert shown == at_ann.page.evaluate(
        "at => new Date(at).toLocaleTimeString("
        "'en-GB', { hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Tokyo' })",
        at,
    )
    # The same words stand as yesterday's for a reader whose clock is a day ahead.
    at_bob = desk(bob)
    at_bob.page.clock.install(time=at / 1000 + 86_400)
    at_bob.page.goto(dialog(ann))
    expect(at_bob.page.locator(".day")).to_have_text(["Yesterday"])


def test_nothing_shifts_while_pictures_load_and_pages_come(desk, ann, bob):
    for number in range(4):
        sent_files(
            ann,
            dialog(bob),
            (f"picture {number}.jpg", picture(size=(900, 500 + 300 * number))),
            text=f"number {number:03}.",
        )
    fill(ann, dialog(bob), 54, start=4)
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.locator("message-list").hover()
    while at_ann.page.locator("#older").count():
        at_ann.page.mouse.wheel(0, -4000)
        at_ann.page.wait_for_timeout(50)
    scroll(at_ann, 0)
    first = "[...document.querySelectorAll('.attachment img')].slice(0, 3)"
    at_ann.until(f"{first}.every(one => one.complete && one.naturalWidth)")
    assert numbers(at_ann) == list(range(58))
    assert at_ann.page.evaluate("window.__shift") < 0.001
