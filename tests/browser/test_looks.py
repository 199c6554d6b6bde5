"""Every screen in both lights: axe finds nothing, the page's policy is kept, and nothing is wider than the window."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.desk import PHONE, Desk, dialog, done, group, sent_files, told
from tests.cast import Person
from tests.fixtures.pictures import picture

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": ["color-contrast"]}
# Only what is wrong comes back: on what is right axe would spend half of its time. Where axe cannot tell a contrast,
# because something lies above or a colour is strange to it, it is computed from the colours as the browser paints them.
ASK = """([known, rules]) => {
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
    .getContext('2d', { willReadFrequently: true });
  const painted = colours => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part / 255)
      .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
      .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  };
  const contrast = element => {
    const below = [];
    for (let one = element; one; one = one.parentElement) below.unshift(getComputedStyle(one).backgroundColor);
    const [dark, light] = [painted(below), painted([...below, getComputedStyle(element).color])].sort((a, b) => a - b);
    return (light + .05) / (dark + .05);
  };
  return axe.run({ exclude: known }, { ...rules, resultTypes: ['violations', 'incomplete'] }).then(answer => [
    ...answer.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`)),
    ...answer.incomplete.filter(one => one.id === 'color-contrast').flatMap(one => one.nodes)
      .map(node => [node, contrast(document.querySelector(node.target[0]))]).filter(([, ratio]) => ratio < 4.5)
      .map(([node, ratio]) => `contrast ${ratio.toFixed(2)}: ${node.html.slice(0, 160)}`)]);
}"""
# Colours may fade into each other when the light changes, and what inherits them after them; what is half way is
# nobody's choice.
SETTLED = """(async () => {
  const fading = () => document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 5000);
  for (let now = fading(); now.length; now = fading()) await Promise.allSettled(now.map(one => one.finished));
  return true;
})()"""
FADED = """document.querySelectorAll('.chat-row-text, .chat-row-text *, .chat-blocked p')
  .forEach(one => { one.style.color = '#888a'; })"""
SIGNED_OUT = ("/", "/?tab=register", "/nowhere", "/offline")


@pytest.fixture(scope="module")
def scene(server):
    """A dialog and a group with a little of everything; the addresses of all screens."""
    ann, bob = Person(server.url, "ann", "Ann Lee"), Person(server.url, "bob", "Bob Stone")
    cid = Person(server.url, "cid", "Cid Gray")
    told(ann, dialog(cid), "we were friends")
    told(cid, dialog(ann), "something unkind")
    done(ann, f"/people/{cid.login}/block", x="")
    done(ann, "/founding", admin=re.search(r"\?admin=([\w-]{24})", server.log)[1])
    done(bob, f"/people/{ann.login}/report", reason="a word about her")
    place = group(ann, "A rather long name for a small group of people", bob, public=1)
    question = told(
        bob, dialog(ann), "what do you **think** of `this`?\n\n> quote\n\n- a\n- b\n\n```python\nprint('x')\n```"
    )
    answer = told(ann, dialog(bob), "fine, https://example.org", reply_to=question)
    done(ann, f"/message/{answer}/edit", text="very fine")
    gone = told(ann, dialog(bob), "not this")
    done(ann, f"/message/{gone}/delete")
    for emoji in ("👍", "🎉"):
        done(ann, f"/message/{question}/reactions", emoji=emoji)
    done(ann, f"/message/{question}/pin", on=1)
    sent_files(
        bob, dialog(ann), ("p.jpg", picture(size=(300, 200))), ("a.pdf", b"%PDF-1.7\n" + bytes(90)), text="files"
    )
    told(bob, place, f"@{ann.login} look")
    told(ann, dialog(bob), "🎉")
    screens = [
        "/chats", dialog(bob), place, f"{place}/about", f"{dialog(bob)}/about", f"/message/{answer}/actions",
        f"/message/{answer}/history", f"/message/{answer}/readers", "/group/new", f"/people/{bob.login}",
        f"{dialog(bob)}/files", "/starred", "/search", "/search?q=fine", "/search?q=nothingatall", "/help", "/settings",
        "/settings/password",
        "/settings/email",
        "/admin/people", "/admin/groups", f"/admin/people/{bob.login}", "/admin/invitations", "/admin/reports",
        "/admin/storage", "/admin/health", "/admin/settings", "/admin/trail",
        "/settings/sessions", "/settings/sessions/token", "/settings/security", "/settings/blocked",
        f"/people/{bob.login}/report", "/settings/look", "/settings/privacy", "/settings/delete",
        f"/dialog/{ann.login}", dialog(cid),
    ]  # fmt: skip
    return ann, bob, screens


def too_wide(page):
    """One line when the page is wider than its window."""
    page_width, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{page_width} px wide in a window of {width}"] if page_width > width else []


def found_by_axe(page, *known):
    """What axe has to say by day, and of the contrasts by night: one line a finding. What is known was seen before."""
    found = []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for light, rules in (("light", RULES), ("dark", CONTRAST)):
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        page.evaluate(SETTLED)
        found += [f"{light} {line}" for line in page.evaluate(ASK, [known, rules])]
    page.emulate_media(color_scheme="light")
    return found


def test_axe_finds_nothing_on_any_screen_and_none_is_wider_than_a_small_desktop(browser, scene):
    ann, _, screens = scene
    at_ann, found = Desk(browser, ann, viewport={"width": 1024, "height": 768}), {}
    for address in screens:
        at_ann.page.goto(address)
        assert at_ann.page.locator("h1").first.is_visible(), address
        # The rows of the list are looked at where none is open, and where one is that belongs to who is blocked.
        seen = ["#rows"] if address not in (screens[0], screens[-1]) else []
        found[address] = [*too_wide(at_ann.page), *found_by_axe(at_ann.page, *seen)]
    assert at_ann.page.locator(".chat-blocked").is_visible()
    at_ann.page.evaluate(FADED)
    faded = " ".join(found_by_axe(at_ann.page, "#messages"))
    assert all(part in faded for part in ("light", "dark", "chat-row-text", "You have blocked")), "it would be noticed"
    at_ann.close()
    assert {address: lines for address, lines in found.items() if lines} == {}


def test_axe_finds_nothing_where_nobody_is_signed_in(browser, server):
    context = browser.new_context(base_url=server.url)
    page, found = context.new_page(), {}
    for address in SIGNED_OUT:
        page.goto(address)
        found[address] = found_by_axe(page)
    context.close()
    assert {address: lines for address, lines in found.items() if lines} == {}


def test_axe_finds_nothing_in_what_opens_on_demand(browser, scene):
    ann, bob, _ = scene
    at_ann = Desk(browser, ann, permissions=["microphone"]).open(dialog(bob))
    page, found = at_ann.page, {}
    page.locator(".chat-about").click()
    expect(page.locator("#sheet .sheet-body")).to_be_visible()
    found["sheet"] = found_by_axe(page, "#rows", "#messages")
    page.locator("[data-closes=sheet]").click()
    at_ann.message("very fine").hover()
    at_ann.message("very fine").locator(".message-more").click()
    found["menu"] = found_by_axe(page, "#rows", "#messages")
    page.locator("#message-menu [data-act=history]").click()
    expect(page.locator("#dialog-body .history")).to_be_visible()
    found["history"] = found_by_axe(page, "#rows", "#messages")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Record a voice message").click()
    expect(page.locator("voice-recorder")).to_have_attribute("data-state", "recording")
    found["voice"] = found_by_axe(page, "#rows", "#messages")
    page.keyboard.press("Escape")
    page.locator("[data-opens=emoji]").click()
    expect(page.locator(".picker-search")).to_be_visible()
    found["emoji"] = found_by_axe(page, "#rows", "#messages")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator(".switcher-field")).to_be_visible()
    found["switcher"] = found_by_axe(page, "#rows", "#messages")
    page.keyboard.press("Escape")
    at_ann.field.press_sequentially(f"@{bob.login[:5]}")
    expect(page.locator("#mentions li").first).to_be_visible()
    found["mentions"] = found_by_axe(page, "#rows", "#messages")
    at_ann.field.fill("")
    at_ann.hangs_up()
    at_ann.say("waiting")
    found["pending"] = found_by_axe(page, "#rows", "#messages")
    page.evaluate("localStorage.clear()")
    at_ann.close()
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_screen_is_wider_than_a_phone_and_every_policy_is_kept(browser, scene):
    ann, _, screens = scene
    at_ann, wide = Desk(browser, ann, **PHONE), {}
    for address in screens:
        at_ann.page.goto(address)
        wide[address] = too_wide(at_ann.page)
    at_ann.close()
    assert {address: lines for address, lines in wide.items() if lines} == {}


def test_a_script_that_is_not_ours_is_stopped_and_noticed(desk, ann):
    """The proof that the collecting works."""
    at_ann = desk(ann).open("/chats")
    at_ann.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' }))"
    )
    at_ann.page.wait_for_timeout(100)
    assert any("CSP" in line for line in at_ann.complaints)
    at_ann.complaints.clear()
