"""What one does with a message afterwards: edit, delete, answer, react, pin, and others see it at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog, group, told

pytestmark = pytest.mark.browser


@pytest.fixture
def both(desk, ann, bob):
    """Ann and bob at one dialog in which each has said something."""
    told(bob, dialog(ann), "bob said this")
    told(ann, dialog(bob), "ann said that")
    return desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))


def test_the_arrow_up_edits_one_s_last_message_and_the_mark_opens_its_history(both):
    at_ann, at_bob = both
    at_ann.field.press("ArrowUp")
    expect(at_ann.page.locator("compose-bar")).to_be_visible()
    expect(at_ann.field).to_have_value("ann said that")
    at_ann.say("ann said **something else**")
    for at in both:
        expect(at.message("ann said something else").locator(".message-edited")).to_be_visible()
        expect(at.page.locator("message-groups .message")).to_have_count(2)
    expect(at_bob.message("something else").locator("strong")).to_have_text("something else")
    expect(at_ann.page.locator("compose-bar")).to_be_hidden()
    at_bob.message("something else").locator(".message-edited").click()
    expect(at_bob.page.locator("#dialog-body .history")).to_contain_text("ann said that")
    at_ann.field.press("ArrowUp")
    expect(at_ann.field).to_have_value("ann said **something else**")


def test_escape_gives_an_edit_up(both):
    at_ann, at_bob = both
    at_ann.field.press("ArrowUp")
    expect(at_ann.field).to_have_value("ann said that")
    at_ann.field.press("Escape")
    expect(at_ann.page.locator("compose-bar")).to_be_hidden()
    expect(at_ann.field).to_have_value("")
    at_ann.say("a new one")
    expect(at_bob.message("a new one")).to_have_count(1)
    expect(at_bob.message("ann said that")).to_have_count(1)


def test_what_is_deleted_leaves_a_sign_everywhere(both, ann, bob):
    at_ann, at_bob = both
    at_ann.choose("ann said that", "delete")
    confirm = at_ann.page.locator("#confirm-delete")
    expect(confirm).to_be_visible()
    confirm.get_by_role("button", name="Keep it").click()
    expect(at_ann.message("ann said that")).to_have_count(1)
    at_ann.choose("ann said that", "delete")
    confirm.get_by_role("button", name="Delete").click()
    for at in both:
        expect(at.message("message deleted")).to_have_count(1)
        expect(at.message("ann said that")).to_have_count(0)
        expect(at.page.locator(".message[data-deleted] .message-more")).to_have_count(0)
    expect(at_bob.row(dialog(ann))).to_contain_text("message deleted")


def test_one_cannot_change_what_another_wrote(both):
    at_ann, _ = both
    message = at_ann.message("bob said this")
    message.hover()
    message.locator(".message-more").click()
    menu = at_ann.page.locator("#message-menu")
    expect(menu.locator("[data-act=reply]")).to_be_visible()
    for act in ("edit", "delete"):
        expect(menu.locator(f"[data-act={act}]")).to_be_hidden()


def test_an_answer_quotes_and_leads_to_what_it_answers(desk, ann, bob):
    told(bob, dialog(ann), "the question of all")
    for number in range(30):
        told(bob, dialog(ann), f"filler {number}")
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_ann.page.locator("message-list").evaluate("list => { list.scrollTop = 0 }")
    at_ann.choose("the question of all", "reply")
    expect(at_ann.page.locator("compose-bar")).to_contain_text("the question of all")
    at_ann.say("forty-two")
    quote = at_bob.message("forty-two").locator(".quote")
    expect(quote).to_contain_text("Bob Stone")
    expect(quote).to_contain_text("the question of all")
    expect(at_bob.message("the question of all").first).not_to_be_in_viewport()
    quote.click()
    expect(at_bob.page.locator("message-groups .message").first).to_be_in_viewport()
    expect(at_bob.page.locator("message-groups .message").first).to_have_attribute("data-marked", "")
    expect(at_ann.page.locator("compose-bar")).to_be_hidden()


def test_an_answer_written_offline_keeps_its_quotation(both):
    at_ann, at_bob = both
    at_ann.choose("bob said this", "reply")
    at_ann.hangs_up()
    at_ann.say("later, as an answer")
    at_ann.reconnects()
    expect(at_bob.message("later, as an answer").locator(".quote")).to_contain_text("bob said this")


def test_reactions_come_and_go_on_both_sides(both, ann):
    at_ann, at_bob = both
    message = at_ann.message("bob said this")
    message.hover()
    message.locator(".message-more").click()
    at_ann.page.locator("#message-menu [data-emoji='👍']").click()
    for at in both:
        expect(at.message("bob said this").locator(".reaction")).to_have_text(re.compile("👍\\s*1"))
    expect(at_ann.message("bob said this").locator(".reaction")).to_have_attribute("aria-pressed", "true")
    chip = at_bob.message("bob said this").locator(".reaction")
    expect(chip).to_have_attribute("aria-pressed", "false")
    chip.click()
    for at in both:
        expect(at.message("bob said this").locator(".reaction")).to_have_text(re.compile("👍\\s*2"))
    chip.click()
    at_ann.message("bob said this").locator(".reaction").click()
    for at in both:
        expect(at.message("bob said this").locator(".reaction")).to_have_count(0)


def test_any_emoji_of_the_picker_can_be_a_reaction_and_becomes_a_recent_one(both):
    at_ann, at_bob = both
    message = at_ann.message("bob said this")
    message.hover()
    message.locator(".message-more").click()
    at_ann.page.locator("#message-menu [data-act=emoji]").click()
    at_ann.page.locator(".picker-search").fill("rocket")
    at_ann.page.locator("#emoji [data-emoji='🚀']").click()
    expect(at_bob.message("bob said this").locator(".reaction")).to_contain_text("🚀")
    message.hover()
    message.locator(".message-more").click()
    expect(at_ann.page.locator("#message-menu .menu-emoji [data-emoji]").first).to_have_text("🚀")


def test_a_star_is_seen_by_its_owner_alone_at_once_on_all_devices_and_on_every_visit(both, desk, ann, bob):
    at_ann, at_bob = both
    device = desk(bob).open(dialog(ann))
    at_bob.choose("ann said that", "star")
    for at in (at_bob, device):
        expect(at.message("ann said that")).to_have_attribute("data-starred", "")
    expect(at_ann.message("ann said that")).not_to_have_attribute("data-starred", "")
    at_bob.open(dialog(ann))
    expect(at_bob.message("ann said that")).to_have_attribute("data-starred", "")
    at_bob.choose("ann said that", "unstar")
    for at in (at_bob, device):
        expect(at.message("ann said that")).not_to_have_attribute("data-starred", "")


def test_a_pinned_message_stands_above_the_chat(both, desk, bob, ann):
    at_ann, at_bob = both
    at_ann.choose("bob said this", "pin")
    for at in both:
        expect(at.message("bob said this")).to_have_attribute("data-pinned", "")
    at_bob.open(dialog(ann))
    pinned = at_bob.page.locator("#pinned")
    expect(pinned).to_contain_text("bob said this")
    pinned.click()
    expect(at_bob.message("bob said this")).to_have_attribute("data-marked", "")
    at_bob.choose("bob said this", "unpin")
    expect(at_ann.message("bob said this")).not_to_have_attribute("data-pinned", "")
    expect(at_ann.open(dialog(bob)).page.locator("#pinned")).to_have_count(0)


def test_the_line_of_pins_appears_and_goes_without_a_reload(both):
    at_ann, at_bob = both
    at_ann.choose("bob said this", "pin")
    expect(at_bob.page.locator("#pinned")).to_contain_text("bob said this")
    at_ann.choose("bob said this", "unpin")
    expect(at_bob.page.locator("#pinned")).to_have_count(0)


def test_a_link_to_a_message_is_copied_and_leads_there(both):
    at_ann, at_bob = both
    at_ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at_ann.choose("bob said this", "link")
    expect(at_ann.page.locator(".toast")).to_contain_text("Copied")
    address = at_ann.page.evaluate("navigator.clipboard.readText()")
    at_bob.page.goto(address)
    expect(at_bob.message("bob said this")).to_be_in_viewport()
    at_ann.choose("bob said this", "copy")
    assert at_ann.page.evaluate("navigator.clipboard.readText()") == "bob said this"


def test_right_click_and_long_press_open_the_menu(both):
    at_ann, _ = both
    at_ann.message("bob said this").locator(".message-text").click(button="right")
    menu = at_ann.page.locator("#message-menu")
    expect(menu).to_be_visible()
    at_ann.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    press = """(node, type) => node.dispatchEvent(
        new PointerEvent(type, { pointerType: 'touch', bubbles: true, clientX: 500, clientY: 300 }))"""
    text = at_ann.message("bob said this").locator(".message-text")
    text.evaluate(press, "pointerdown")
    expect(menu).to_be_visible()


def test_a_group_s_new_name_and_its_end_for_one_are_seen_at_once(desk, ann, bob):
    place = group(ann, "Old name", bob)
    at_bob = desk(bob).open(place)
    at_ann = desk(ann).open(place)
    at_ann.page.locator(".chat-about").click()
    at_ann.page.locator("#sheet input[name=name]").fill("New name")
    at_ann.page.locator("#sheet").get_by_role("button", name="Save").last.click()
    expect(at_bob.page.locator("#chat-title")).to_have_text("New name")
    expect(at_bob.row(place)).to_contain_text("New name")
    ann.post(f"{place}/members/{bob.login}", "remove=1", headers={"Content-Type": "application/x-www-form-urlencoded"})
    expect(at_bob.page).to_have_url(re.compile("/(chats)?$"))
    expect(at_bob.row(place)).to_have_count(0)
