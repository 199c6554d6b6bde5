"""The server goes away in the middle, and comes back on the same port and folder."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import dialog
from tests.cast import Person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_restart_in_the_middle_loses_and_doubles_nothing(desk, serve, how):
    server = serve(LIMITS="off")
    ann, bob = Person(server.url, "ann"), Person(server.url, "bob")
    at_ann, at_bob = desk(ann).open(dialog(bob)), desk(bob).open(dialog(ann))
    for number in range(5):
        at_ann.say(f"before {number}")
    getattr(server, how)()
    for number in range(3):
        at_ann.say(f"between {number}")
    expect(at_ann.page.locator("out-box .message[data-pending]").last).to_contain_text("between 2")
    server.environment["PORT"] = str(server.port)
    server.start()
    at_ann.reconnects()
    at_bob.reconnects()
    at_bob.say("and back")
    wanted = [f"before {n}" for n in range(5)] + [f"between {n}" for n in range(3)]
    for at in (at_ann, at_bob):
        expect(at.page.locator("message-groups .message")).to_have_count(9)
        expect(at.page.locator("out-box .message")).to_have_count(0)
        assert [text for text in at.texts() if text != "and back"] == wanted
    at_ann.page.reload()
    assert sorted(at_ann.texts()) == sorted([*wanted, "and back"])
