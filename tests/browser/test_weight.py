"""What a chat page with 50 messages weighs on the wire, the first time and again."""

import pytest

from tests.browser.desk import dialog, told

pytestmark = pytest.mark.browser
COLD, WARM = 60_000, 15_000
SENTENCE = "Message {} of an ordinary talk, about as long as people write when they agree on where to meet tonight."


def weigh(at, place):
    """Bytes that came over the wire, and from where."""
    line = at.context.new_cdp_session(at.page)
    line.send("Network.enable")
    names, bytes_of = {}, {}
    line.on("Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]}))
    line.on("Network.loadingFinished", lambda e: bytes_of.update({e["requestId"]: e["encodedDataLength"]}))
    at.open(place)
    at.page.wait_for_load_state("networkidle")
    line.detach()
    return {names.get(key, key).replace(at.base, ""): size for key, size in bytes_of.items() if size}


def test_a_chat_of_fifty_messages_is_light(desk, ann, bob, capsys):
    for number in range(50):
        told((ann, bob)[number % 3 == 0], dialog((bob, ann)[number % 3 == 0]), SENTENCE.format(number))
    at_ann = desk(ann, service_workers="block")
    cold, warm = weigh(at_ann, dialog(bob)), weigh(at_ann, dialog(bob))
    assert at_ann.page.locator("message-groups .message").count() == 50
    with capsys.disabled():
        print(f"\nchat of 50 messages: cold {sum(cold.values())} bytes, warm {sum(warm.values())} bytes", cold)
    assert sum(cold.values()) < COLD, cold
    assert sum(warm.values()) < WARM, warm
