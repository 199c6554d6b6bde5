"""Files: picked, pasted, dropped; seen before they go, on their way, and where they arrive."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog, sent_files
from tests.fixtures.pictures import picture

pytestmark = pytest.mark.browser
RED = {"name": "red.png", "mimeType": "image/png", "buffer": picture("PNG", (300, 200))}
NOTE = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"a note"}
WAITING = "JSON.parse(localStorage.getItem('outbox:' + document.body.dataset.viewer))"
CARRY = """([type, how, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], how + '.txt', { type: 'text/plain' }));
  const target = how === 'pasted' ? document.querySelector('#text') : document.body;
  const event = how === 'pasted'
    ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
}"""


def test_picked_pasted_and_dropped_files_go_in_one_message(desk, ann, bob):
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_ann.page.locator("input[type=file]").set_input_files([RED, NOTE])
    cards = at_ann.page.locator(".tray-file")
    expect(cards).to_have_count(2)
    expect(cards.first.locator("img")).to_be_visible()
    at_ann.page.evaluate(CARRY, ["paste", "pasted", "from the clipboard"])
    at_ann.page.evaluate(CARRY, ["dragover", "dropped", ""])
    expect(at_ann.page.locator("file-drop")).to_be_visible()
    at_ann.page.evaluate(CARRY, ["drop", "dropped", "from the window"])
    expect(cards).to_have_count(4)
    at_ann.page.get_by_role("button", name="Remove note.txt").click()
    expect(cards).to_have_count(3)
    at_ann.say("look at these")
    arrived = at_bob.message("look at these")
    expect(arrived.locator(".attachment")).to_have_count(3)
    expect(arrived.locator(".attachment-image img")).to_be_visible()
    expect(arrived).to_contain_text("pasted.txt")
    expect(arrived).to_contain_text("dropped.txt")
    expect(arrived).not_to_contain_text("note.txt")
    expect(at_ann.page.locator("out-box .message")).to_have_count(0)
    expect(cards).to_have_count(0)
    with at_bob.page.expect_download() as download:
        arrived.locator("a.file", has_text="dropped.txt").click()
    assert download.value.path().read_text() == "from the window"


def test_a_picture_alone_needs_no_words(desk, ann, bob):
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    at_ann.page.locator("input[type=file]").set_input_files(RED)
    at_ann.page.locator(".composer-send").click()
    expect(at_bob.page.locator(".attachment-image img")).to_be_visible()
    expect(at_bob.row(dialog(ann))).to_contain_text("red.png")


def test_pictures_open_large_with_arrows(desk, ann, bob):
    for name in ("first.jpg", "second.jpg"):
        sent_files(ann, dialog(bob), (name, picture()))
    at_bob = desk(bob).open(dialog(ann))
    at_bob.page.locator("[data-view]").first.click()
    image = at_bob.page.locator(".viewer-image")
    expect(image).to_be_visible()
    expect(image).to_have_attribute("alt", "first.jpg")
    at_bob.page.keyboard.press("ArrowRight")
    expect(image).to_have_attribute("alt", "second.jpg")
    at_bob.page.locator(".viewer-next").click()
    expect(image).to_have_attribute("alt", "first.jpg")
    at_bob.page.keyboard.press("Escape")
    expect(image).to_be_hidden()


def test_an_upload_that_fails_can_be_tried_again(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.route(
        f"**{dialog(bob)}", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    at_ann.page.locator("input[type=file]").set_input_files(NOTE)
    at_ann.say("with a note")
    failed = at_ann.page.locator("out-box .message[data-failed]")
    expect(failed).to_have_count(1)
    at_ann.page.unroute_all()
    failed.get_by_role("button", name="Try again").click()
    expect(at_ann.page.locator("message-groups .message", has_text="with a note").locator(".attachment")).to_have_count(
        1
    )
    expect(failed).to_have_count(0)


def test_percent_is_shown_while_a_file_goes_up(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.evaluate(
        """window.__steps = new Set();
        new MutationObserver(() => {
          const bar = document.querySelector('out-box progress');
          if (bar && !bar.hidden) window.__steps.add(bar.value);
        }).observe(document.querySelector('out-box'), { subtree: true, attributes: true, childList: true })"""
    )
    at_ann.page.locator("input[type=file]").set_input_files(
        {"name": "big.bin", "mimeType": "application/octet-stream", "buffer": bytes(8_000_000)}
    )
    at_ann.page.locator(".composer-send").click()
    expect(at_ann.page.locator("message-groups .attachment")).to_have_count(1)
    assert max(at_ann.page.evaluate("[...window.__steps]")) > 0


def test_a_file_too_large_is_refused_before_it_goes(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.locator("chat-composer").evaluate("composer => { composer.dataset.maxUpload = 3 }")
    at_ann.page.locator("input[type=file]").set_input_files(NOTE)
    expect(at_ann.page.locator(".toast")).to_contain_text("note.txt is larger")
    expect(at_ann.page.locator(".tray-file")).to_have_count(0)


def test_sound_plays_in_place_and_the_sheet_lists_files(desk, ann, bob):
    sent_files(
        ann, dialog(bob), ("song.mp3", b"ID3\x04\0\0\0\0\0\0" + bytes(500)), ("paper.pdf", b"%PDF-1.7\n" + bytes(50))
    )
    at_bob = desk(bob).open(dialog(ann))
    expect(at_bob.page.locator("message-groups sound-player")).to_be_visible()
    expect(at_bob.page.locator("message-groups .attachment-file")).to_contain_text("paper.pdf")
    at_bob.page.locator(".chat-about").click()
    expect(at_bob.page.locator("#sheet .gallery-recordings .gallery-file")).to_have_count(1)
    expect(at_bob.page.locator("#sheet .gallery-others .file")).to_contain_text("paper.pdf")


def test_the_sheet_has_a_gallery_that_opens_large_and_goes_on(desk, ann, bob):
    for part in range(2):
        sent_files(ann, dialog(bob), *((f"{part}-{n}.png", picture("PNG", (40, 40))) for n in range(8)))
    at_bob = desk(bob).open(dialog(ann))
    at_bob.page.locator(".chat-about").click()
    shown = at_bob.page.locator("#sheet .gallery-picture")
    expect(shown).to_have_count(9)
    at_bob.page.locator("#sheet .gallery-more a").click()
    expect(shown).to_have_count(16)
    shown.last.click()
    image = at_bob.page.locator(".viewer-image")
    expect(image).to_have_attribute("alt", "0-0.png")
    at_bob.page.keyboard.press("ArrowLeft")
    expect(image).to_have_attribute("alt", "0-1.png")


def test_files_written_offline_outlive_a_reload_and_go_once(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    at_ann.page.locator("input[type=file]").set_input_files([RED, NOTE])
    at_ann.context.set_offline(True)
    at_ann.hangs_up()
    at_ann.say("two for later")
    expect(at_ann.page.locator("out-box .message[data-failed=line]")).to_have_count(1)
    at_ann.until(f"{WAITING}?.[0]?.names.length === 2")
    at_ann.context.set_offline(False)
    at_ann.open(dialog(bob))
    arrived = at_ann.page.locator("message-groups .message", has_text="two for later")
    expect(arrived.locator(".attachment")).to_have_count(2)
    expect(at_ann.page.locator("out-box .message")).to_have_count(0)
    at_ann.until(f"{WAITING}.length === 0")
    at_ann.open(dialog(bob))
    expect(arrived).to_have_count(1)
    expect(at_ann.page.locator("message-list .message")).to_have_count(1)


def test_files_that_cannot_be_kept_are_spoken_of_and_none_outlive_the_session(desk, ann, bob):
    at_ann = desk(ann).open(dialog(bob))
    failing = "out-box .message[data-failed]"
    failed = at_ann.page.locator(failing)
    at_ann.page.locator("input[type=file]").set_input_files([{**NOTE, "name": f"{n}.txt"} for n in range(21)])
    at_ann.context.set_offline(True)
    at_ann.hangs_up()
    at_ann.say("too many to keep")
    expect(failed).to_contain_text("does not keep the files")
    failed.get_by_role("button", name="Discard").click()
    at_ann.page.locator("input[type=file]").set_input_files(NOTE)
    at_ann.say("kept, then swept away")
    at_ann.until(f"{WAITING}?.length === 1")
    at_ann.context.set_offline(False)
    at_ann.context.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    session = at_ann.context.cookies()
    at_ann.page.close()
    at_ann.context.clear_cookies()
    at_ann.page = at_ann.tab()
    at_ann.page.goto("/")
    at_ann.until("indexedDB.databases().then(all => all.length === 0)")
    at_ann.context.add_cookies(session)
    at_ann.open(dialog(bob))
    failed = at_ann.page.locator(failing)
    expect(failed).to_contain_text("no longer on this device")
    failed.get_by_role("button", name="Discard").click()
    at_ann.until(f"{WAITING}.length === 0")
    expect(failed).to_have_count(0)
