"""Sending: it stands there at once, goes once, in whatever way the line behaves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import PHONE, dialog, told

pytestmark = pytest.mark.browser
PENDING = "out-box .message"


def test_a_message_stands_at_once_and_is_replaced_in_place(desk, ann, bob):
    told(bob, dialog(ann), "before")
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_ann.page.evaluate(
        "new MutationObserver(changes => changes.forEach(c => c.addedNodes.forEach(n => {"
        " window.__pending ??= n.dataset.clientId; })))"
        ".observe(document.querySelector('out-box'), { childList: true })"
    )
    at_ann.say("hello bob")
    expect(at_ann.page.locator("message-groups .message", has_text="hello bob")).to_have_count(1)
    expect(at_ann.page.locator(PENDING)).to_have_count(0)
    expect(at_bob.message("hello bob")).to_be_visible()
    client_id = at_ann.page.evaluate("window.__pending")
    assert at_ann.message("hello bob").get_attribute("data-client-id") == client_id
    assert at_ann.texts() == at_bob.texts() == ["before", "hello bob"]
    expect(at_ann.field).to_have_value("")
    expect(at_ann.field).to_be_focused()


def test_enter_sends_and_shift_enter_breaks_the_line(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.field.press_sequentially("one")
    at_ann.field.press("Shift+Enter")
    at_ann.field.press_sequentially("two")
    expect(at_ann.page.locator(".message")).to_have_count(0)
    at_ann.field.press("Enter")
    expect(at_ann.page.locator("message-groups .message")).to_have_count(1)
    assert at_ann.texts() == ["one\ntwo"]


def test_enter_of_an_input_method_does_not_send(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.field.focus()
    line = at_ann.context.new_cdp_session(at_ann.page)
    line.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    pressed = "k => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', k))"
    at_ann.page.evaluate(pressed, {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    at_ann.page.evaluate(pressed, {"key": "Process", "keyCode": 229, "bubbles": True, "cancelable": True})
    expect(at_ann.page.locator("message-list .message")).to_have_count(0)
    line.send("Input.insertText", {"text": "日本"})
    at_ann.field.press("Enter")
    expect(at_ann.message("日本")).to_have_count(1)


def test_on_touch_enter_breaks_the_line_and_the_button_sends(desk, ann, bob):
    at_ann = desk(ann, **PHONE).open(dialog(bob))
    at_ann.field.fill("one")
    at_ann.field.press("Enter")
    at_ann.field.press_sequentially("two")
    assert at_ann.field.input_value() == "one\ntwo"
    at_ann.page.locator(".composer-send").tap()
    expect(at_ann.page.locator("message-groups .message")).to_have_count(1)


def test_what_is_written_offline_waits_and_goes_once(desk, ann, bob):
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_ann.context.set_offline(True)
    at_ann.hangs_up()
    at_ann.say("first of two")
    at_ann.say("second of two")
    expect(at_ann.page.locator(PENDING)).to_have_count(2)
    expect(at_ann.field).to_be_enabled()
    expect(at_ann.page.locator(PENDING).first.locator(".receipt")).to_have_attribute("data-status", "pending")
    at_ann.context.set_offline(False)
    at_ann.reconnects()
    expect(at_ann.page.locator("message-groups .message")).to_have_count(2)
    expect(at_ann.page.locator(PENDING)).to_have_count(0)
    at_ann.reconnects()
    at_ann.page.reload()
    expect(at_bob.page.locator("message-groups .message")).to_have_count(2)
    assert at_ann.texts() == at_bob.texts() == ["first of two", "second of two"]


def test_the_outbox_outlives_a_reload_and_a_lost_answer(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.hangs_up()
    at_ann.say("kept over a reload")
    entry = at_ann.page.evaluate("JSON.parse(localStorage.getItem('outbox:' + document.body.dataset.viewer))[0]")
    told(ann, dialog(bob), "kept over a reload", client_id=entry["id"])
    at_ann.open(dialog(bob))
    expect(at_ann.page.locator(PENDING)).to_have_count(0)
    expect(at_ann.message("kept over a reload")).to_have_count(1)
    at_ann.open(dialog(bob))
    expect(at_ann.message("kept over a reload")).to_have_count(1)


def test_what_waits_for_another_chat_is_carried_too(desk, ann, bob, cid):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.hangs_up()
    at_ann.say("for bob, later")
    at_ann.page.route(
        f"**{dialog(bob)}", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    at_ann.page.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    at_ann.say("a file, later")
    at_ann.until("JSON.parse(localStorage.getItem('outbox:' + document.body.dataset.viewer)).length === 2")
    at_ann.page.unroute_all()
    at_ann.page.evaluate(
        "const key = 'outbox:' + document.body.dataset.viewer, all = JSON.parse(localStorage.getItem(key));"
        "localStorage.setItem(key, JSON.stringify(all.map(one => ({ ...one, at: one.at - 60000 }))))"
    )
    at_ann.page.clock.install()
    at_ann.open(dialog(cid))
    at_ann.page.clock.run_for(6000)
    at_ann.until("localStorage.getItem('outbox:' + document.body.dataset.viewer) === '[]'")
    at_bob = desk(bob).open(dialog(ann))
    assert at_bob.texts() == ["for bob, later", "a file, later"]
    expect(at_bob.message("a file, later").locator(".attachment")).to_have_count(1)


def test_what_is_refused_says_so_and_can_be_sent_again_or_given_up(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.evaluate("document.querySelector('#text').removeAttribute('maxlength')")
    at_ann.say("x" * 20_000)
    failed = at_ann.page.locator(f"{PENDING}[data-failed]")
    expect(failed.locator(".message-failed")).to_contain_text(re.compile(r"\d"))
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Discard").click()
    expect(at_ann.page.locator(PENDING)).to_have_count(0)
    at_ann.open(dialog(bob))
    expect(at_ann.page.locator("message-list .message")).to_have_count(0)
