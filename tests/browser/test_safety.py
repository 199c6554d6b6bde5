"""Looking after oneself in a real browser: a second step at sign-in, a person blocked, a message reported."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog, told
from tests.wires import Wire

pytestmark = pytest.mark.browser


def test_the_second_step_is_set_up_with_the_squares_and_asked_for_at_the_next_sign_in(desk, ann):
    page = desk(ann).open("/settings/security").page
    page.fill("#begin-password", ann.password)
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".squares")).to_be_visible()
    box = page.locator(".squares").bounding_box()
    assert box["width"] >= 150
    secret = page.inner_text(".secret").replace(" ", "")
    code = pyotp.TOTP(secret).now()
    page.fill("#code", code)
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator(".codes code")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("#login", ann.login)
    page.fill("#password", ann.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("#code", code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#code-note, .form-error")).to_contain_text("wrong, or was used already")
    page.fill("#code", recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("chat-list, .side, .empty").first).to_be_visible()


def test_a_person_is_blocked_from_the_menu_of_his_chat_and_a_message_reported_from_its_own(desk, ann, bob):
    told(bob, dialog(ann), "something unkind")
    at_ann = desk(ann).open(dialog(bob))
    page = at_ann.page
    at_ann.message("something unkind").click(button="right")
    page.get_by_role("menuitem", name="Report").click()
    page.locator("#dialog-body textarea").fill("It is unkind.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("#toasts")).to_contain_text("Thank you")
    at_ann.listens()
    page.get_by_role("link", name="About this chat").last.click()
    page.locator("#sheet").get_by_role("button", name=re.compile("^Block$")).click()
    expect(page.locator(".chat-blocked")).to_contain_text("You have blocked Bob Stone.")
    expect(page.locator("#text")).to_have_count(0)
    page.locator(".chat-blocked").get_by_role("button", name="Unblock").click()
    expect(page.locator("#text")).to_be_visible()


def test_a_passkey_is_made_in_the_settings_and_opens_the_door(browser, server, ann):
    here = server.url.replace("127.0.0.1", "localhost")  # passkeys belong to names, not to numbers
    context = browser.new_context(base_url=here)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/login")
    page.fill("#login", ann.login)
    page.fill("#password", ann.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("body[data-viewer]")).to_be_attached()
    page.goto("/settings/security")
    page.fill("#passkey-name", "My phone")
    page.fill("#passkey-password", "wrong")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("passkey-maker .form-error")).to_contain_text("wrong")
    page.fill("#passkey-password", ann.password)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".session-text b")).to_have_text("My phone")
    context.clear_cookies()
    page.goto("/login?next=/settings/security")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/login/passkey") else None)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".session-text b")).to_have_text("My phone")
    again = Wire(here).post("/login/passkey", sent[0].post_data_json)
    assert again.status == 401, "an answer opens once"
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".session-text b")).to_have_count(0)
    context.clear_cookies()
    page.goto("/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("passkey-door .form-error")).to_contain_text("does not fit")
    context.close()
