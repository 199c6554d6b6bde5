"""200 things that want to run, said and used as names by every door, seen in a real browser."""

from urllib.parse import urlsplit

import pytest

from messenger import create_app
from messenger.core import groups
from messenger.settings import Settings
from messenger.web.headers import CSP
from tests.fixtures.apps import leave
from tests.protocols.speakers import SPEAKERS
from tests.security.corpus import PAYLOADS
from tests.security.stage import Stage, called, line

pytestmark = [pytest.mark.browser, pytest.mark.security("scripts"), pytest.mark.timeout(400)]
# What came to be in a page because somebody wrote it: it need not run to be found.
FOREIGN = """() => [...document.querySelectorAll('*')].filter((node) => {
    if (node.matches('iframe, object, embed, base, portal, marquee, math, meta[http-equiv=refresh]')) return true;
    if (node.matches('script:not([src]), style')) return true;
    return [...node.attributes].some(({ name, value }) => name.startsWith('on')
        || (/^(data-)?hx-|ws-connect|sse-connect|^src|^style|action|poster/.test(name) && /pwned|alarm/.test(value))
        || (!node.matches('link') && /^(xlink:)?href$/.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value)));
}).map((node) => node.outerHTML.slice(0, 200))"""
WATCH = """
window.alarm = () => console.error('ALARM');
document.addEventListener('securitypolicyviolation', (event) => console.error('POLICY ' + event.blockedURI));
"""
RAW = "(raw) => { document.body.innerHTML = raw; }"


class Tab(list):
    """A tab, and everything in it that ran, wanted to run, or was asked for because somebody wrote so."""

    def __init__(self, browser, base):
        super().__init__()
        self.base, self.context = base, browser.new_context(base_url=base)
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: (self.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda asked: self.append(asked.url) if "pwned" in asked.url else None)
        self.page.on("console", lambda said: self.append(said.text) if said.text[:5] in ("ALARM", "POLIC") else None)

    def become(self, person):
        """Signed in as him."""
        host = urlsplit(self.base).hostname
        self.context.add_cookies([{"name": "sessionToken", "value": person.token, "domain": host, "path": "/"}])
        return self

    def visit(self, address):
        """Open it, and see what stands there."""
        self.page.goto(address, wait_until="load")
        return self.look()

    def look(self):
        """What stands there."""
        self.extend(self.page.evaluate(FOREIGN))
        return self


@pytest.fixture(scope="module")
def stage(tmp_path_factory, blank_database):
    stage = Stage(tmp_path_factory.mktemp("stage"), blank_database)
    yield stage
    stage.server.kill()


@pytest.fixture
def tab(browser, stage):
    tab = Tab(browser, stage.server.url)
    yield tab
    tab.context.close()


def test_the_alarm_rings(tab):
    """The same words, put into a page as they are: so silence below means something."""
    tab.page.route("**/bare", lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
    tab.page.goto("/bare")
    ringing = 0
    for payload in (words for words in PAYLOADS if "refresh" not in words):  # that one leads the tab away
        tab.clear()
        tab.page.evaluate(RAW, payload)
        ringing += bool(tab.look())
    print(f"{ringing} of {len(PAYLOADS)} are markup that rings")
    assert ringing > 100


def test_nothing_that_is_said_runs_whatever_door_it_comes_by(tab, stage, attack):
    """By five doors while nobody looks; by the sixth, and as names of files, while ann has the chat open."""
    stage.say_everything(SPEAKERS[:-1])
    stage.say_everything([None])
    stage.read_everything()
    tab.become(stage.ann).visit(f"/dialog/{stage.bob.login}")
    stage.say_everything(SPEAKERS[-1:])
    said = stage.shown()
    assert {shown: times for shown, times in said.items() if times % 6} == {}, "one rendering for all doors"
    assert sum(said.values()) == 6 * len(PAYLOADS)
    stage.send_files()
    last = stage.bob.get(f"/dialog/{stage.ann.login}?limit=1").body[0]
    tab.page.wait_for_selector(f"#message-{last['id']}", timeout=120_000)
    assert tab.look() == [], "as it came, live"
    place, seen = f"/dialog/{stage.bob.login}", 0
    for before in range(last["position"] + 1, last["position"] - 230, -50):
        tab.visit(f"{place}?before={before}")
        seen += tab.page.locator("message-list .message").count()
    assert seen >= 240
    one = f"/message/{last['id'] - 30}"
    for address in (f"{place}/about", "/search?q=alarm", "/search?q=onerror", "/", one, f"{one}/history",
                    f"{one}/actions", "/api/"):  # fmt: skip
        tab.visit(address)
    assert list(tab) == []
    attack.tried(7 * len(PAYLOADS))


def test_no_name_runs(tab, stage, attack):
    tab.become(stage.ann)
    place = f"/group/{stage.choir}"
    tab.visit(place)
    for guest in stage.guests[::8]:
        assert guest.post(place, {"text": "a word from me"}).status == 201
    tab.page.get_by_text("a word from me").nth(len(PAYLOADS[::8]) - 1).wait_for(timeout=120_000)
    tab.look()
    last = stage.ann.get(f"{place}?limit=1").body[0]
    older = [f"{place}?before={last['position'] - back}" for back in (40, 90, 140)]
    for address in (*older, f"{place}/about", f"/message/{last['id']}/readers", "/people?q=p", "/group/new",
                    "/search?q=word", "/people/p10", "/dialog/p67"):  # fmt: skip
        tab.visit(address)
    assert list(tab) == []
    attack.tried(len(PAYLOADS))
    for viewer in stage.viewers:
        tab.become(viewer).visit("/")
        assert tab.page.locator(".chat-row").count() >= 40
    assert list(tab) == []
    attack.tried(len(PAYLOADS))


def test_without_escaping_it_would_run(tab, stage, tmp_path, blank_database):
    """The list of groups as our own templates write it with their escaping off, under our own policy: htmx asks."""
    app = create_app(Settings.for_tests(instance_dir=str(tmp_path)))
    (tmp_path / "messenger.db").write_bytes(blank_database.read_bytes())
    with app.app_context():
        ann = called("ann", "Ann")
        for name in PAYLOADS[60:90]:
            groups.create(ann.actor, line(name), True, [])
    app.jinja_env.autoescape = False
    client = app.test_client()
    client.set_cookie("sessionToken", ann.token)
    written = client.get("/", headers={"Accept": "text/html"}).text
    leave(app)
    policy = {"Content-Security-Policy": CSP}
    tab.page.route("**/bare", lambda route: route.fulfill(body=written, content_type="text/html", headers=policy))
    with tab.page.expect_request(lambda asked: "/pwned" in asked.url and asked.headers.get("hx-request") == "true"):
        tab.page.goto("/bare")
