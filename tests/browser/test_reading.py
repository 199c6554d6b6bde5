"""How far it has come: ticks, the line above what is new, numbers in list, title and favicon."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog, done, group, has_status, told
from tests.cast import Person

pytestmark = pytest.mark.browser
AWAY = "document.hasFocus = () => false"
BACK = "document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))"
HIDDEN = "Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })"
SHOWN = "delete document.visibilityState; window.dispatchEvent(new Event('focus'))"


def test_ticks_go_from_sent_to_delivered_to_read(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    message = at_ann.say("do you hear me")
    has_status(message, "sent")
    at_bob = desk(bob).open("/chats")
    has_status(message, "delivered")
    expect(at_ann.row(dialog(bob)).locator(".receipt")).to_have_attribute("data-status", "delivered")
    at_bob.row(dialog(ann)).click()
    has_status(message, "read")
    expect(message.locator(".receipt")).to_have_attribute("aria-label", "read")
    expect(at_ann.row(dialog(bob)).locator(".receipt")).to_have_attribute("data-status", "read")


def test_in_a_group_the_lowest_counts_and_the_menu_says_who_has_read(desk, ann, bob, cid):
    place = group(ann, "Three of us", bob, cid)
    at_ann = desk(ann).open(place)
    message = at_ann.say("everybody here?")
    desk(bob).open(place)
    at_ann.choose("everybody here?", "readers")
    sheet = at_ann.page.locator("#dialog-body")
    expect(sheet.locator(".member", has_text="Cid Ray")).to_contain_text("not yet")
    at_ann.page.keyboard.press("Escape")
    has_status(message, "sent")
    desk(cid).open(place)
    has_status(message, "read")


@pytest.mark.parametrize(("leave", "come"), [(AWAY, BACK), (HIDDEN, SHOWN)], ids=["without focus", "hidden"])
def test_only_a_focused_visible_tab_reads(desk, ann, bob, leave, come):
    told(bob, dialog(ann), "first")
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    has_status(at_bob.message("first"), "read")
    at_ann.page.evaluate(leave)
    message = at_bob.say("are you looking")
    has_status(message, "delivered")
    at_ann.page.wait_for_timeout(900)
    has_status(message, "delivered")
    at_ann.page.evaluate(come)
    has_status(message, "read")


def test_what_lies_below_the_fold_is_not_read(desk, ann, bob):
    for number in range(20):
        told(bob, dialog(ann), f"line {number}\n" * 4)
    at_ann, at_bob = desk(ann, viewport={"width": 1000, "height": 500}).open(dialog(bob)), desk(bob).open(dialog(ann))
    has_status(at_bob.message("line 0"), "read")
    has_status(at_bob.message("line 19"), "delivered")
    at_ann.page.locator("message-list").evaluate("list => { list.scrollTop = list.scrollHeight }")
    has_status(at_bob.message("line 19"), "read")


def test_the_line_above_what_is_new_is_drawn_once_and_stays(desk, ann, bob):
    told(bob, dialog(ann), "old")
    before = desk(ann).open(dialog(bob))
    expect(before.row(dialog(bob)).locator(".badge")).to_have_count(0)
    before.page.close()  # an open page would go on reading
    for number in range(40):
        told(bob, dialog(ann), f"new {number}")
    at_ann = desk(ann).open(dialog(bob))
    line = at_ann.page.locator("#unread")
    expect(line).to_be_in_viewport()
    assert line.evaluate("line => line.nextElementSibling.textContent.includes('new 0')")
    expect(at_ann.message("new 39")).not_to_be_in_viewport()
    told(bob, dialog(ann), "newer still")
    expect(at_ann.message("newer still")).to_have_count(1)
    expect(line).to_have_count(1)
    at_ann.page.locator("message-list").evaluate("list => { list.scrollTop = list.scrollHeight }")
    expect(at_ann.row(dialog(bob)).locator(".badge")).to_have_count(0)
    expect(line).to_have_count(1)
    at_ann.open(dialog(bob))
    expect(line).to_have_count(0)


def test_what_is_unread_stands_in_list_title_and_favicon(desk, ann, bob, cid):
    at_ann = desk(ann).open(dialog(cid))
    icon = at_ann.page.locator('link[rel="icon"]')
    plain = icon.evaluate("link => link.href")
    told(bob, dialog(ann), "one")
    told(bob, dialog(ann), "two")
    expect(at_ann.row(dialog(bob)).locator(".badge")).to_contain_text("2")
    expect(at_ann.page).to_have_title(re.compile(r"^\(2\) Cid Ray"))
    expect(icon).to_have_attribute("href", re.compile("^data:image/png"))
    at_ann.row(dialog(bob)).click()
    expect(at_ann.page).to_have_title(re.compile(r"^Bob Stone"))
    expect(at_ann.row(dialog(bob)).locator(".badge")).to_have_count(0)
    assert icon.evaluate("link => link.href") == plain


def test_another_device_of_mine_counts_down_too(desk, ann, bob):
    told(bob, dialog(ann), "read it anywhere")
    here = desk(ann).open("/chats")
    expect(here.row(dialog(bob)).locator(".badge")).to_have_count(1)
    desk(ann, token=ann.elsewhere().token).open(dialog(bob))
    expect(here.row(dialog(bob)).locator(".badge")).to_have_count(0)


def test_unread_from_here_on(desk, ann, bob):
    for text in ("one", "two", "three"):
        told(bob, dialog(ann), text)
    at_ann = desk(ann).open(dialog(bob))
    expect(at_ann.row(dialog(bob)).locator(".badge")).to_have_count(0)
    at_ann.page.evaluate(AWAY)
    at_ann.choose("two", "unread")
    expect(at_ann.row(dialog(bob)).locator(".badge")).to_contain_text("2")


def test_a_muted_chat_does_not_count_but_a_mention_shows(desk, ann, bob, cid):
    place = group(ann, "Loud", bob)
    done(ann, f"{place}/mute", hours="always")
    at_ann = desk(ann).open(dialog(cid))
    told(bob, place, "nothing much")
    expect(at_ann.row(place).locator(".badge")).to_contain_text("1")
    expect(at_ann.page).to_have_title(re.compile("^Cid"))
    expect(at_ann.row(place).locator(".badge-mention")).to_have_count(0)
    told(bob, place, f"but @{ann.login} should look")
    expect(at_ann.row(place).locator(".badge-mention")).to_have_count(1)


def test_who_keeps_reading_to_himself_shows_delivered_only(desk, ann, bob, server):
    quiet = Person(server.url, "quiet")
    done(quiet, "/settings/privacy", presence=1)
    at_ann = desk(ann).open(dialog(quiet))
    message = at_ann.say("have you read this")
    at_quiet = desk(quiet).open(dialog(ann))
    has_status(message, "delivered")
    at_quiet.page.wait_for_timeout(900)
    has_status(message, "delivered")


def test_all_read_can_be_undone(desk, ann, bob, cid):
    told(ann, dialog(bob), "from ann")
    told(cid, dialog(bob), "from cid")
    at_bob = desk(bob).open("/chats")
    badges = at_bob.page.locator("chat-list .badge")
    expect(badges).to_have_count(2)
    at_bob.page.get_by_role("button", name="Mark all as read").click()
    undo = at_bob.page.get_by_role("button", name="Undo")
    undo.hover()
    expect(badges).to_have_count(0)
    undo.click()
    expect(badges).to_have_count(2)
    expect(undo).to_have_count(0)
