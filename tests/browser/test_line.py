"""When the line breaks or the machine sleeps: the page says so, and catches up by itself."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from tests.browser.desk import dialog, done, told

pytestmark = pytest.mark.browser


def test_a_thin_banner_after_five_seconds_counts_what_waits(desk, ann, bob):
    at_ann = desk(ann)
    at_ann.page.clock.install()
    at_ann.open(dialog(bob))
    banner = at_ann.page.locator("connection-banner")
    at_ann.hangs_up()
    at_ann.say("waits")
    at_ann.page.clock.run_for(3000)
    expect(banner).to_be_hidden()
    at_ann.page.clock.run_for(2500)
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("1 waiting")
    at_ann.reconnects()
    expect(banner).to_be_hidden()


def test_what_was_missed_comes_with_edits_and_deletions(desk, ann, bob):
    ids = [told(bob, dialog(ann), f"message {number}") for number in range(4)]
    at_ann = desk(ann).open(dialog(bob))
    expect(at_ann.page.locator("message-groups .message")).to_have_count(4)
    at_ann.hangs_up()
    done(bob, f"/message/{ids[0]}/edit", text="message 0, said better")
    done(bob, f"/message/{ids[1]}/delete")
    done(bob, f"/message/{ids[2]}/reactions", emoji="👍")
    for number in range(4, 7):
        told(bob, dialog(ann), f"message {number}")
    expect(at_ann.page.locator("message-groups .message")).to_have_count(4)
    at_ann.reconnects()
    expect(at_ann.page.locator("message-groups .message")).to_have_count(7)
    expect(at_ann.message("said better")).to_have_count(1)
    expect(at_ann.message("message deleted")).to_have_count(1)
    expect(at_ann.message("message 2").locator(".reaction")).to_have_count(1)
    expect(at_ann.row(dialog(bob))).to_contain_text("message 6")


def test_a_machine_that_slept_catches_up_when_it_wakes(desk, ann, bob):
    at_ann = desk(ann)
    at_ann.page.clock.install()
    at_ann.open(dialog(bob))
    at_ann.page.evaluate(
        "for (const s of document.querySelectorAll('live-socket')) s.socket.onmessage = null, s.slept = s.socket"
    )
    at_ann.page.clock.fast_forward("10:00")
    at_ann.until(
        "[...document.querySelectorAll('live-socket')].every(s => s.socket !== s.slept && s.socket.readyState === 1)"
    )
    told(bob, dialog(ann), "good morning")
    expect(at_ann.message("good morning")).to_have_count(1)


def test_too_much_missed_loads_the_page_anew(desk, ann, bob):
    told(bob, dialog(ann), "start")
    at_ann = desk(ann).open(dialog(bob))
    at_ann.hangs_up()
    at_ann.page.evaluate("window.__old = true")
    for number in range(305):
        told(bob, dialog(ann), f"number {number:03}")
    at_ann.page.evaluate("document.dispatchEvent(new CustomEvent('tab:awake', { detail: { slept: true } }))")
    at_ann.page.wait_for_event("load")
    at_ann.listens()
    assert not at_ann.page.evaluate("window.__old === true")
    assert at_ann.texts()


def test_an_ended_session_leads_to_the_door(desk, ann, bob):
    other = ann.elsewhere()
    at_ann = desk(ann, token=other.token).open(dialog(bob))
    done(ann, "/settings/sessions/end")
    expect(at_ann.page).to_have_url(re.compile(r"/(login.*)?$"))
    expect(at_ann.page.get_by_label("Password")).to_be_visible()


def test_a_closed_socket_comes_back_by_itself(desk, ann, bob, serve):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.evaluate(
        "for (const s of document.querySelectorAll('live-socket'))"
        " { s.first = s.socket; s.socket.onclose(new CloseEvent('close', { code: 1006 }));"
        " s.socket.onclose = null; s.socket.close(); }"
    )
    at_ann.until(
        "[...document.querySelectorAll('live-socket')].every(s => s.socket !== s.first && s.socket.readyState === 1)"
    )
    told(bob, dialog(ann), "there you are")
    expect(at_ann.message("there you are")).to_have_count(1)


def test_a_slow_server_keeps_nobody_from_writing_and_nothing_doubles(desk, ann, bob):
    at_ann, held = desk(ann), []

    def slow(line):
        server = line.connect_to_server()
        line.on_message(lambda frame: held.append((server, frame)) if "send_message" in frame else server.send(frame))

    at_ann.page.route_web_socket(re.compile(r"/ws\?page=1"), slow)
    at_ann.open(dialog(bob))
    waiting = at_ann.page.locator("out-box .message")
    for text in ("first", "second"):
        expect(at_ann.say(text).locator(".receipt")).to_have_attribute("data-status", "pending")
        expect(at_ann.field).to_have_value("")
        expect(at_ann.field).to_be_focused()
    expect(waiting).to_have_count(2)
    while len(held) < 2:
        at_ann.page.wait_for_timeout(20)
    for server, frame in held * 2:
        server.send(frame)
    expect(at_ann.page.locator("message-groups .message")).to_have_count(2)
    expect(waiting).to_have_count(0)
    at_ann.open(dialog(bob))
    assert at_ann.texts() == ["first", "second"]


def test_a_slow_server_shows_where_one_goes_and_the_last_choice_counts(desk, ann, bob, cid):
    for person in (bob, cid):
        told(person, dialog(ann), "hello")
    at_ann, held = desk(ann).open("/chats"), []
    for person in (bob, cid):
        at_ann.page.route(f"**{dialog(person)}", lambda route: held.append(route))
        at_ann.row(dialog(person)).click()
        expect(at_ann.row(dialog(person))).to_have_class(re.compile("htmx-request"))
        expect(at_ann.page.locator(".chat-row.htmx-request")).to_have_count(1)
        expect(at_ann.row(dialog(person))).to_be_focused()
        told(person, dialog(ann), "meanwhile")  # its row is drawn anew, and it is still the one that was chosen
        expect(at_ann.row(dialog(person))).to_contain_text("meanwhile")
        expect(at_ann.row(dialog(person))).to_have_class(re.compile("htmx-request"))
        expect(at_ann.row(dialog(person))).to_be_focused()
    while len(held) < 2:
        at_ann.page.wait_for_timeout(20)
    held[1].continue_()
    expect(at_ann.page.locator("#chat-title")).to_have_text("Cid Ray")
    with suppress(Error):  # nobody waits for this answer any more
        held[0].continue_()
    at_ann.listens()
    expect(at_ann.row(dialog(cid))).to_have_attribute("aria-current", "page")
    expect(at_ann.page.locator(".chat-row:is([aria-current], .htmx-request)")).to_have_count(1)
    at_ann.say("hello cid")
    expect(at_ann.page.locator("message-groups .message")).to_have_count(3)
    assert at_ann.page.url.endswith(dialog(cid))
