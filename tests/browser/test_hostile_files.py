"""Hostile files opened in a real browser, by somebody who is signed in: nothing in them runs, nothing reaches us."""

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.cast import cast
from tests.fixtures.pictures import HTML, hostile

pytestmark = [pytest.mark.browser, pytest.mark.security("files")]


@pytest.fixture(scope="module")
def sent(server):
    """Ann, and the addresses of everything hostile that she uploaded, with and without a signature."""
    ann, bob, _ = cast(server.url)
    addresses = {}
    for name, content in hostile().items():
        answer = ann.session.post(
            f"{server.url}/chat/chat-attachment/",
            data={"receiver": bob.uid, "message": ""},
            files={"attached_file": (name, content, "text/html")},
            headers=ann.identity(),
            timeout=10,
        )
        assert answer.status_code == 201, answer.text
        addresses[name] = [answer.json()["entity"]["message"]["attached_file"]]
    mine = {}
    for name, content in hostile().items():
        said = ann.session.post(
            f"{server.url}/upload", files={"files": (name, content)}, headers=ann.identity(), timeout=10
        ).json()[0]
        mine[name] = [f"/file/{said['id']}/x.html"]
    return ann, {name: [*addresses[name], *mine[name]] for name in addresses}


@pytest.fixture
def page(server, sent, context):
    """A browser in which ann is signed in. Whatever asks for /executed has run."""
    place = urlsplit(server.url)
    context.add_cookies([{"name": "sessionToken", "value": sent[0].token, "domain": place.hostname, "path": "/"}])
    page = context.new_page()
    page.alarms = []
    page.on("request", lambda request: page.alarms.append(request.url) if "/executed" in request.url else None)
    page.on("dialog", lambda dialog: (page.alarms.append(dialog.message), dialog.dismiss()))
    return page


def test_the_alarm_works(page):
    """The same page, served as a page, runs: so silence below means something."""
    page.route("**/trap", lambda route: route.fulfill(body=HTML, content_type="text/html"))
    page.goto("http://localhost/trap")
    page.wait_for_function("document.title === 'EXECUTED'")
    assert page.alarms


def test_nothing_runs_when_it_is_opened(page, server, sent):
    for name, addresses in sent[1].items():
        for address in addresses:
            page.goto("about:blank")
            with suppress(Error):  # a download is no page
                page.goto(server.url + address, wait_until="load")
            assert page.title() != "EXECUTED", (name, address)
            assert not page.alarms, (name, address)


def test_nothing_runs_when_a_page_of_ours_shows_it(page, server, sent):
    """As picture, film, frame, object, script and style: the kinds a page could be tricked into."""
    page.goto(f"{server.url}/")
    for name, addresses in sent[1].items():
        for address in addresses[:2]:
            page.evaluate(
                """async (address) => {
                    const wanted = [['img', 'src'], ['video', 'src'], ['iframe', 'src'], ['object', 'data'],
                                    ['embed', 'src'], ['script', 'src'], ['link', 'href']];
                    for (const [kind, where] of wanted) {
                        const node = document.createElement(kind);
                        if (kind === 'link') node.rel = 'stylesheet';
                        node[where] = address;
                        document.body.append(node);
                    }
                    await new Promise((done) => setTimeout(done, 15));
                }""",
                address,
            )
            assert page.title() != "EXECUTED", name
    page.wait_for_timeout(300)
    assert page.title() != "EXECUTED"
    assert not page.alarms
