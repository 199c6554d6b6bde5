"""Moving about: by keys, by hand on a phone, back and forth, in both lights, and as an installed app."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.desk import PHONE, dialog, done, group, told

pytestmark = pytest.mark.browser


@pytest.fixture
def talked(ann, bob, cid):
    """Ann has a chat with bob, with cid, and a group; the group is the latest."""
    told(bob, dialog(ann), "from bob")
    told(cid, dialog(ann), "from cid")
    place = group(ann, "Harbour", bob)
    told(ann, place, "from the group")
    return place


def title(at):
    return at.page.locator("#chat-title")


def test_control_k_goes_anywhere(desk, ann, talked):
    at_ann = desk(ann).open("/chats")
    at_ann.page.keyboard.press("Control+k")
    field = at_ann.page.locator(".switcher-field")
    expect(field).to_be_focused()
    field.press_sequentially("bob")
    expect(at_ann.page.locator(".switcher-list [role=option]").first).to_contain_text("Bob Stone")
    field.press("Enter")
    expect(title(at_ann)).to_have_text("Bob Stone")
    at_ann.page.keyboard.press("Control+k")
    field.press("ArrowDown")
    expect(at_ann.page.locator(".switcher-list [aria-selected=true]")).to_have_count(1)
    field.press("Escape")
    expect(field).to_be_hidden()


def test_a_row_that_is_drawn_anew_under_a_finger_opens_its_chat(desk, ann, bob, cid, talked):
    at_ann = desk(ann).open("/chats")
    row, rows = at_ann.row(dialog(bob)), at_ann.page.locator("chat-list .chat-row bdi")
    expect(rows).to_have_text(["Harbour", "Cid Ray", "Bob Stone"])
    row.hover()
    at_ann.page.mouse.down()
    told(bob, dialog(ann), "just now")
    expect(row).to_contain_text("just now")
    expect(rows).to_have_text(["Harbour", "Cid Ray", "Bob Stone"])
    at_ann.page.mouse.up()
    expect(title(at_ann)).to_have_text("Bob Stone")
    expect(rows).to_have_text(["Bob Stone", "Harbour", "Cid Ray"])


def test_alt_and_arrows_walk_through_the_chats(desk, ann, bob, cid, talked):
    at_ann = desk(ann).open(talked)
    expect(at_ann.row(talked)).to_have_attribute("aria-current", "page")
    at_ann.page.keyboard.press("Alt+ArrowDown")
    expect(title(at_ann)).to_have_text("Cid Ray")
    at_ann.page.keyboard.press("Alt+ArrowDown")
    expect(title(at_ann)).to_have_text("Bob Stone")
    at_ann.page.keyboard.press("Alt+ArrowUp")
    expect(title(at_ann)).to_have_text("Cid Ray")


def test_alt_shift_and_arrows_stop_only_where_something_is_new(desk, ann, bob, cid, talked):
    desk(ann).open(dialog(cid)).page.wait_for_timeout(900)
    at_ann = desk(ann).open(talked)
    expect(at_ann.row(dialog(cid)).locator(".badge")).to_have_count(0)
    at_ann.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(title(at_ann)).to_have_text("Bob Stone")


def test_the_question_mark_shows_the_keys_and_escape_goes_back(desk, ann, talked):
    at_ann = desk(ann).open(talked)
    at_ann.field.press("?")
    expect(at_ann.field).to_have_value("?")
    at_ann.field.fill("")
    at_ann.page.locator("message-list").focus()
    at_ann.page.keyboard.press("?")
    expect(at_ann.page.locator("#dialog-body #keys")).to_be_visible()
    at_ann.page.keyboard.press("Escape")
    expect(at_ann.page.locator("#dialog")).to_be_hidden()
    at_ann.page.keyboard.press("Escape")
    expect(at_ann.page.locator(".empty")).to_be_visible()


def test_arrows_walk_through_the_messages(desk, ann, bob, talked):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.say("second")
    expect(at_ann.page.locator("message-groups .message")).to_have_count(2)
    at_ann.page.locator("message-list").focus()
    at_ann.page.keyboard.press("ArrowUp")
    expect(at_ann.message("second")).to_be_focused()
    at_ann.page.keyboard.press("ArrowUp")
    expect(at_ann.message("from bob")).to_be_focused()
    at_ann.page.keyboard.press("ArrowDown")
    expect(at_ann.message("second")).to_be_focused()


def test_chats_open_without_a_reload_and_back_works(desk, ann, bob, cid, talked):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.evaluate("window.__same = true")
    at_ann.row(dialog(cid)).click()
    expect(title(at_ann)).to_have_text("Cid Ray")
    at_ann.listens()
    at_ann.row(talked).click()
    expect(title(at_ann)).to_have_text("Harbour")
    at_ann.listens()
    told(bob, talked, "a word into the open chat")
    expect(at_ann.message("a word into the open chat")).to_have_count(1)
    expect(at_ann.page).to_have_url(re.compile(talked + "$"))
    at_ann.page.go_back()
    expect(title(at_ann)).to_have_text("Cid Ray")
    at_ann.page.go_back()
    expect(title(at_ann)).to_have_text("Bob Stone")
    at_ann.page.go_forward()
    expect(title(at_ann)).to_have_text("Cid Ray")
    at_ann.listens()
    told(cid, dialog(ann), "still alive after going back")
    expect(at_ann.message("still alive after going back")).to_have_count(1)
    expect(at_ann.page.locator("#side")).to_have_count(1)


def test_a_row_redrawn_while_its_chat_loads_still_opens_it(desk, ann, bob, cid, talked):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.row(dialog(cid)).evaluate("row => { row.click(); row.replaceWith(row.cloneNode(true)); }")
    expect(title(at_ann)).to_have_text("Cid Ray")
    expect(at_ann.page).to_have_url(re.compile(dialog(cid) + "$"))
    expect(at_ann.page.locator("#main")).to_have_count(1)


def test_a_phone_shows_one_thing_at_a_time(desk, ann, bob, talked):
    at_ann = desk(ann, **PHONE).open("/chats")
    expect(at_ann.page.locator("#rows")).to_be_visible()
    expect(at_ann.page.locator(".empty-actions")).to_be_hidden()
    at_ann.row(dialog(bob)).tap()
    expect(title(at_ann)).to_be_visible()
    expect(at_ann.page.locator("#rows")).to_be_hidden()
    expect(at_ann.field).to_be_in_viewport()
    width = at_ann.page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
    at_ann.page.locator(".chat-back").tap()
    expect(at_ann.page.locator("#rows")).to_be_visible()
    expect(title(at_ann)).to_have_count(0)
    at_ann.page.go_back()
    expect(title(at_ann)).to_have_text("Bob Stone")


def test_the_list_finds_chats_and_people_never_written_to(desk, ann, bob, talked, server):
    at_ann = desk(ann).open("/chats")
    found = at_ann.page.locator("#q")
    found.press_sequentially("harb")
    expect(at_ann.page.locator("#rows .chat-row")).to_have_count(1)
    found.fill("nobody by this name")
    expect(at_ann.page.locator(".chat-list-empty")).to_contain_text("nobody by this name")
    found.fill("")
    expect(at_ann.page.locator("#rows .chat-row")).to_have_count(3)


def test_a_new_message_lifts_its_chat_in_the_list(desk, ann, bob, cid, talked):
    at_ann = desk(ann).open("/chats")
    order = "[...document.querySelectorAll('#rows .chat-row-name')].map(name => name.innerText.trim()).join()"
    assert at_ann.page.evaluate(order) == "Harbour,Cid Ray,Bob Stone"
    told(bob, dialog(ann), "up")
    at_ann.until(f"{order} === 'Bob Stone,Harbour,Cid Ray'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_light_follows_the_system_and_one_s_choice(desk, ann, theme):
    other = "dark" if theme == "light" else "light"
    ink = "getComputedStyle(document.body).color"
    at_ann = desk(ann, color_scheme=theme).open("/settings/look")
    by_system = at_ann.page.evaluate(ink)
    with at_ann.page.expect_response("**/settings/look"):
        at_ann.page.locator(f"input[name=theme][value={other}]").check()
    at_ann.until(f"{ink} !== '{by_system}'")
    chosen = at_ann.page.evaluate(ink)
    at_ann.open("/chats")
    assert at_ann.page.evaluate(ink) == chosen
    assert at_ann.page.locator("html").get_attribute("data-theme") == other


def test_a_group_is_made_by_typing_names(desk, ann, bob, cid):
    at_ann = desk(ann).open("/group/new")
    at_ann.page.get_by_label("Name", exact=True).fill("Sailors")
    for person in (bob, cid):
        at_ann.page.get_by_label("Find people").fill(person.login)
        at_ann.page.locator(f"#found input[value='{person.login}']").check()
        expect(at_ann.page.locator(f".people-picked input[value='{person.login}']")).to_be_checked()
    at_ann.page.get_by_role("button", name="Create the group").click()
    expect(title(at_ann)).to_have_text("Sailors")
    expect(at_ann.page.locator("#member-count")).to_have_text("3 members")
    at_bob = desk(bob).open("/chats")
    expect(at_bob.page.locator(".chat-row", has_text="Sailors")).to_have_count(1)
    at_ann.listens()
    done(cid, f"{urlsplit(at_ann.page.url).path}/leave")
    expect(at_ann.page.locator("#member-count")).to_have_text("2 members")


def test_the_app_can_be_installed_and_has_a_page_without_a_line(desk, ann, serve):
    at_ann = desk(ann).open("/chats")
    manifest = at_ann.page.request.get("/manifest.webmanifest").json()
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        assert at_ann.page.request.get(icon["src"]).ok
    at_ann.until("!!navigator.serviceWorker")
    at_ann.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    at_ann.page.reload()
    at_ann.context.set_offline(True)
    at_ann.page.goto("/chats", wait_until="commit")
    expect(at_ann.page.get_by_role("heading")).to_contain_text("There is no line")
    at_ann.context.set_offline(False)


def test_one_message_is_read_out_and_many_are_summed_up(desk, ann, bob):
    at_ann = desk(ann)
    at_ann.page.clock.install()
    at_ann.open(dialog(bob))
    told(bob, dialog(ann), "only one")
    expect(at_ann.message("only one")).to_have_count(1)
    at_ann.page.clock.run_for(1300)
    log = at_ann.page.locator("live-announcer")
    expect(log).to_have_text("Bob Stone: only one")
    for number in range(3):
        told(bob, dialog(ann), f"many {number}")
    expect(at_ann.message("many 2")).to_have_count(1)
    at_ann.page.clock.run_for(1300)
    expect(log).to_have_text("3 new from Bob Stone")
