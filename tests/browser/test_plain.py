"""The whole way without JavaScript, in a browser that has it switched off."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import told
from tests.cast import Person
from tests.fixtures.pictures import picture

pytestmark = pytest.mark.browser


def test_everything_works_by_plain_forms(browser, server):
    told(bob := Person(server.url, "bob", "Bob Stone"), f"/dialog/{bob.login}", "a note to myself")
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    login = f"eve-{bob.login[4:]}"

    page.goto("/?tab=register")
    page.get_by_label("Your name").fill("Eve Moss")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".empty")).to_be_visible()

    page.locator("#q").fill(bob.login)
    page.locator("#q").press("Enter")
    page.locator(f'.chat-row[href="/dialog/{bob.login}"]').click()
    page.locator("#text").fill("hello from a plain form")
    page.locator("input[type=file]").set_input_files(
        {"name": "p.png", "mimeType": "image/png", "buffer": picture("PNG", (60, 40))}
    )
    page.get_by_role("button", name="Send").click()
    message = page.locator(".message", has_text="hello from a plain form")
    expect(message).to_be_visible()
    expect(message.locator("img")).to_be_visible()

    message.locator(".message-more").click()
    page.get_by_label("Text").fill("said again")
    page.get_by_role("button", name="Save the change").click()
    said = page.locator(".message", has_text="said again")
    expect(said.locator(".message-edited")).to_be_visible()
    said.locator(".message-edited").click()
    expect(page.locator(".history")).to_contain_text("hello from a plain form")
    page.go_back()

    said.locator(".message-more").click()
    page.get_by_role("button", name="👍").click()
    expect(said.locator(".reaction")).to_contain_text("👍")
    said.locator(".message-more").click()
    page.get_by_role("button", name="Pin").click()
    expect(page.locator("#pinned")).to_contain_text("said again")
    said.locator(".message-more").click()
    page.get_by_role("link", name="Reply").click()
    page.locator("#text").fill("an answer")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message", has_text="an answer").locator(".quote")).to_contain_text("said again")
    said.first.locator(".message-more").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".message-gone")).to_have_count(1)

    page.goto("/search?q=answer")
    expect(page.locator(".results")).to_contain_text("an answer")
    page.locator(".result").first.click()
    expect(page.locator(".message", has_text="an answer")).to_be_visible()

    page.goto("/group/new")
    page.get_by_label("Name", exact=True).fill("Plain group")
    page.get_by_role("button", name="Create the group").click()
    expect(page.locator("#chat-title")).to_have_text("Plain group")
    page.locator(".chat-about").click()
    page.get_by_label("Login of the person to add").fill(bob.login)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#members")).to_contain_text("Bob Stone")

    page.goto("/settings")
    page.get_by_label("About you").fill("I like it plain.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    page.goto("/settings")
    page.get_by_role("button", name="Sign out on this device").click()
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill("wrong one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[role=alert], .field-note").first).to_contain_text("wrong")
    expect(page.get_by_label("Login")).to_have_value(login)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#rows")).to_contain_text("Plain group")
    context.close()


def test_older_pages_are_links(browser, server):
    ann, bob = Person(server.url, "ann"), Person(server.url, "bob")
    for number in range(60):
        told(ann, f"/dialog/{bob.login}", f"number {number}.")
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    context.add_cookies([{"name": "sessionToken", "value": ann.token, "url": server.url}])
    page = context.new_page()
    page.goto(f"/dialog/{bob.login}")
    expect(page.locator(".message", has_text=re.compile(r"number 59\."))).to_be_visible()
    while page.locator("#older").count():
        page.locator("#older").click()
    expect(page.locator(".message", has_text=re.compile(r"number 0\."))).to_be_visible()
    context.close()
