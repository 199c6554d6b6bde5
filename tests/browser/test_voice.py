"""Voice messages: spoken, heard again, sent, played and sought in place."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import PHONE, dialog, sent_files
from tests.fixtures.recordings import webm

pytestmark = pytest.mark.browser
WATCH = """() => {
  window.__heard = {};
  const { sound } = document.querySelector('sound-player');
  const note = event => { window.__heard[event.type] ??= sound.currentTime || 1; };
  for (const name of ['playing', 'ended']) sound.addEventListener(name, note);
}"""
LONG_ENOUGH = "Number(document.querySelector('voice-wave').dataset.bars) >= 12"


def speak(at):
    """Press the button and speak for more than a second."""
    at.page.get_by_role("button", name="Record a voice message").click()
    expect(at.page.locator("voice-recorder")).to_have_attribute("data-state", "recording")
    at.until(LONG_ENOUGH)


def test_a_voice_message_is_recorded_heard_again_sent_and_played_in_place(desk, ann, bob):
    at_ann, at_bob = desk(ann, permissions=["microphone"], **PHONE).open(dialog(bob)), desk(bob).open(dialog(ann))
    speak(at_ann)
    recorder = at_ann.page.locator("voice-recorder")
    recorder.get_by_role("button", name="Stop and listen first").click()
    expect(recorder).to_have_attribute("data-state", "ready")
    at_ann.page.evaluate("addEventListener('voice:plays', e => (window.__plays ??= []).push(e.detail))")
    recorder.get_by_role("button", name="Listen", exact=True).click()
    at_ann.until("String(window.__plays) === 'true,false'")
    recorder.get_by_role("button", name="Send the voice message").click()
    expect(recorder).to_be_hidden()
    sound = at_bob.page.locator("message-groups sound-player")
    expect(sound).to_be_visible(timeout=20_000)
    assert 1 < float(sound.get_attribute("data-seconds")) < 60
    expect(at_ann.page.locator("out-box .message")).to_have_count(0)
    expect(at_bob.row(dialog(ann))).to_contain_text("Voice message")
    sound.locator("input").evaluate("one => { one.value = one.max / 2; one.dispatchEvent(new Event('input')) }")
    at_bob.page.evaluate(WATCH)
    sound.locator(".sound-play").click()
    at_bob.until("window.__heard.ended > 0")
    heard = at_bob.page.evaluate("window.__heard")
    assert 0.4 < heard["playing"] / float(sound.get_attribute("data-seconds")) < 0.7


def test_a_recording_is_thrown_away_and_one_sent_at_once_answers_a_message(desk, ann, bob):
    sent_files(bob, dialog(ann), ("voice-message.webm", webm(7.5)), text="")
    at_ann = desk(ann, permissions=["microphone"]).open(dialog(bob))
    expect(at_ann.page.locator(".sound-time")).to_have_text("0:07")
    speak(at_ann)
    at_ann.page.keyboard.press("Escape")
    expect(at_ann.page.locator("voice-recorder")).to_be_hidden()
    expect(at_ann.field).to_be_focused()
    expect(at_ann.page.locator("message-list .message")).to_have_count(1)
    at_ann.field.fill("words")
    expect(at_ann.page.locator("voice-button")).to_be_hidden()
    expect(at_ann.page.locator(".composer-row .composer-send")).to_be_visible()
    at_ann.field.fill("")
    at_ann.page.locator("message-groups .message").hover()
    at_ann.page.locator("message-groups .message-more").click()
    at_ann.page.locator("#message-menu [data-act=reply]").click()
    speak(at_ann)
    at_ann.page.get_by_role("button", name="Send the voice message").click()
    answer = at_ann.page.locator("message-groups .message").nth(1)
    expect(answer.locator("sound-player")).to_be_visible(timeout=20_000)
    expect(answer.locator(".quote")).to_contain_text("Voice message")


def test_without_permission_it_says_what_to_do(desk, ann, bob):
    at_ann = desk(ann)
    at_ann.page.route(f"**{dialog(bob)}", without_microphone)
    at_ann.page.goto(dialog(bob))
    at_ann.page.get_by_role("button", name="Record a voice message").click()
    expect(at_ann.page.locator(".toast")).to_contain_text("may not use the microphone")
    expect(at_ann.page.locator("voice-recorder")).to_be_hidden()
    assert [line.partition(":")[0] for line in at_ann.complaints] == ["Permissions policy violation"]
    at_ann.complaints.clear()


def without_microphone(route):
    """The page as the server sent it, but its browser is told that it may not listen."""
    answer = route.fetch()
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
    route.fulfill(response=answer, headers={**headers, "permissions-policy": "microphone=()"})


def test_a_film_keeps_its_own_shape_and_a_song_its_name(desk, ann, bob):
    sent_files(ann, dialog(bob), ("film.webm", webm(7.5, (200, 400))), ("song.webm", webm(61)))
    at_bob = desk(bob).open(dialog(ann))
    film = at_bob.page.locator("message-groups video").bounding_box()
    assert (round(film["width"]), round(film["height"])) == (180, 360)
    expect(at_bob.page.locator(".sound-name")).to_have_text("song.webm")
    expect(at_bob.page.locator(".sound-time")).to_have_text("1:01")
    assert at_bob.page.evaluate("window.__shift") < 0.001
