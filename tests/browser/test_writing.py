"""What one writes: completed, kept as a draft, shown safely; and who is seen writing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog, done, group, told

pytestmark = pytest.mark.browser


def test_an_at_sign_completes_people_and_the_mention_is_marked(desk, ann, bob, cid):
    place = group(ann, "Mentions", bob, cid)
    at_ann, at_bob = desk(ann).open(place), desk(bob).open(place)
    at_ann.field.press_sequentially(f"hi @{bob.login[:7]}")
    options = at_ann.page.locator("#mentions li")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("Bob Stone")
    at_ann.field.press("Enter")
    expect(at_ann.field).to_have_value(f"hi @{bob.login} ")
    at_ann.field.press("Enter")
    mention = at_bob.page.locator(".mention")
    expect(mention).to_have_text(f"@{bob.login}")
    expect(mention).to_have_attribute("data-me", "")
    expect(at_ann.page.locator(".mention")).not_to_have_attribute("data-me", "")


def test_only_people_of_the_chat_are_offered_in_a_group(desk, ann, bob, cid):
    place = group(ann, "Only two", bob)
    at_ann = desk(ann).open(place)
    at_ann.field.press_sequentially(f"@{cid.login[:6]}")
    at_ann.page.wait_for_timeout(400)
    expect(at_ann.page.locator("#mentions li", has_text="Cid Ray")).to_have_count(0)
    at_ann.field.fill("")
    at_ann.field.press_sequentially(f"@{bob.login[:6]}")
    expect(at_ann.page.locator("#mentions li", has_text="Bob Stone")).to_have_count(1)


def test_a_colon_completes_emoji_by_name(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.field.press_sequentially("yes :rocke")
    expect(at_ann.page.locator("#mentions li").first).to_contain_text("🚀")
    at_ann.field.press("Tab")
    expect(at_ann.field).to_have_value("yes 🚀 ")
    at_ann.field.press_sequentially(":smil")
    expect(at_ann.page.locator("#mentions")).to_be_visible()
    at_ann.field.press("Escape")
    expect(at_ann.page.locator("#mentions")).to_be_hidden()


def test_the_picker_puts_emoji_where_the_cursor_is(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.field.fill("ab")
    at_ann.field.press("ArrowLeft")
    at_ann.page.locator("[data-opens=emoji]").click()
    at_ann.page.locator("#emoji [data-emoji='😂']").first.click()
    expect(at_ann.field).to_have_value("a😂b")


def test_markdown_is_shown_and_nothing_in_it_runs(desk, ann, bob):
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_ann.say(
        "**bold** *italic* ~~strike~~ `code`\n> quote\n\n- one\n- two\n\n```python\nprint(1)\n```\nhttps://example.org"
    )
    shown = at_bob.message("bold")
    for sign in ("strong", "em", "s, del", "code", "blockquote", "li", "pre code", 'a[href="https://example.org"]'):
        expect(shown.locator(f".message-text :is({sign})").first).to_be_visible()
    hostile = (
        "<script>document.title = 'EXECUTED'</script> <img src=x onerror=\"document.title='EXECUTED'\">"
        " [x](javascript:alert(1)) <b hx-get=/logout hx-trigger=load>no</b>"
    )
    at_ann.say(hostile)
    evil = at_bob.message("EXECUTED").locator(".message-text")
    expect(evil).to_contain_text("<script>document.title = 'EXECUTED'</script>")
    expect(evil.locator("script, img, b, [hx-get], a[href^=javascript]")).to_have_count(0)
    expect(at_bob.page).to_have_title(re.compile("Ann"))
    at_bob.open(dialog(ann))
    expect(at_bob.page).to_have_title(re.compile("Ann"))


def test_emoji_alone_grow_and_every_text_finds_its_own_direction(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    for text in ("🎉🎉", "🎉 with words", "שלום עולם"):
        at_ann.say(text)
    expect(at_ann.page.locator("message-groups .message")).to_have_count(3)
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    big = at_ann.page.locator(".message[data-big] .message-text")
    expect(big).to_have_text("🎉🎉")
    assert big.evaluate(size) > at_ann.message("with words").locator(".message-text").evaluate(size)
    line = at_ann.message("שלום").locator("[dir=auto]").first
    assert line.evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_who_writes_is_named_and_forgotten_after_six_seconds(desk, ann, bob, cid):
    place = group(ann, "Writers", bob, cid)
    at_ann = desk(ann)
    at_ann.page.clock.install()
    at_ann.open(place)
    at_bob, at_cid = desk(bob).open(place), desk(cid).open(place)
    # Nothing fades while a slow machine is busy: from here on time goes by only when it is told to. Not much later than
    # now: after a longer leap the page takes its line up anew.
    at_ann.page.clock.pause_at(at_ann.page.evaluate("Date.now() / 1000") + 15)
    line = at_ann.page.locator("typing-line")
    height = line.evaluate("line => line.getBoundingClientRect().height")
    at_bob.field.press_sequentially("w")
    expect(line).to_have_text("Bob Stone is typing")
    at_cid.field.press_sequentially("w")
    expect(line).to_contain_text(re.compile("Bob Stone and Cid Ray are typing|Cid Ray and Bob Stone are typing"))
    assert line.evaluate("line => line.getBoundingClientRect().height") == height
    at_ann.page.clock.run_for(6100)
    expect(line).to_have_text("")


def test_typing_ends_with_the_message(desk, ann, bob):
    told(bob, dialog(ann), "hello")
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_bob.field.press_sequentially("hm")
    line = at_ann.page.locator("typing-line")
    expect(line).to_have_text("Bob Stone is typing")
    at_bob.field.press("Enter")
    expect(at_ann.message("hm")).to_have_count(1)
    expect(line).to_have_text("")


def test_a_draft_stands_in_the_browser_at_once_and_on_other_devices_soon(desk, ann, bob, cid):
    told(bob, dialog(ann), "write to me")
    at_ann = desk(ann).open(dialog(bob))
    at_ann.field.press_sequentially("half a th")
    at_ann.open(dialog(bob))
    expect(at_ann.field).to_have_value("half a th")
    at_ann.field.press_sequentially("ought")
    expect(at_ann.row(dialog(bob)).locator(".chat-row-draft")).to_have_count(1)
    other = desk(ann, token=ann.elsewhere().token).open(dialog(bob))
    expect(other.field).to_have_value("half a thought")
    other.field.press_sequentially(", finished")
    other.page.locator(".side-search input").focus()
    at_ann.page.locator(".side-search input").focus()
    expect(at_ann.field).to_have_value("half a thought, finished")
    at_ann.field.press("Enter")
    expect(other.field).to_have_value("")
    expect(at_ann.row(dialog(bob)).locator(".chat-row-draft")).to_have_count(0)
    assert desk(ann).open(dialog(bob)).field.input_value() == ""


def test_each_chat_keeps_its_own_draft_while_one_moves_between_them(desk, ann, bob, cid):
    told(bob, dialog(ann), "from bob")
    told(cid, dialog(ann), "from cid")
    at_ann = desk(ann).open(dialog(bob))
    at_ann.field.press_sequentially("for bob")
    at_ann.row(dialog(cid)).click()
    expect(at_ann.page.locator("#chat-title")).to_have_text("Cid Ray")
    expect(at_ann.field).to_have_value("")
    at_ann.field.press_sequentially("for cid")
    at_ann.page.go_back()
    expect(at_ann.page.locator("#chat-title")).to_have_text("Bob Stone")
    expect(at_ann.field).to_have_value("for bob")


def test_a_green_dot_comes_with_a_person(desk, ann, bob):
    told(bob, dialog(ann), "hello")
    at_ann = desk(ann).open(dialog(bob))
    desk(bob).open("/chats")
    expect(at_ann.page.locator(".chat-header presence-line")).to_have_text("online")
    expect(at_ann.row(dialog(bob)).locator("presence-dot")).to_have_attribute("data-online", "")


def test_who_keeps_his_presence_to_himself_shows_neither_dot_nor_last_seen(desk, ann, bob):
    told(bob, dialog(ann), "hello")
    at_ann = desk(ann).open(dialog(bob))
    desk(bob).open("/chats")
    words, dots = at_ann.page.locator(".chat-header presence-line"), at_ann.page.locator("presence-dot[data-online]")
    expect(words).to_have_text("online")
    expect(dots).to_have_count(2)
    done(bob, "/settings/privacy", receipts=1)
    for _each in ("live", "after a reload"):
        expect(dots).to_have_count(0)
        expect(words).to_have_text(f"@{bob.login}")
        at_ann.open(dialog(bob))


@pytest.mark.long
def test_who_leaves_was_last_seen_a_minute_later(desk, ann, bob):
    told(bob, dialog(ann), "hello")
    at_ann = desk(ann).open(dialog(bob))
    at_bob = desk(bob).open("/chats")
    state = at_ann.page.locator(".chat-header presence-line")
    expect(state).to_have_text("online")
    at_bob.page.close()
    expect(state).to_contain_text("last seen", timeout=90_000)
    expect(at_ann.row(dialog(bob)).locator("presence-dot")).not_to_have_attribute("data-online", "")
