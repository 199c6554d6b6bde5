"""Other sites in a real browser in which ann is signed in: all that it lets them send, and the sockets they open."""

import re
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from messenger import create_app
from messenger.settings import Settings
from tests.cast import Person
from tests.fixtures.server import Server
from tests.promises.foreign import HOMES
from tests.security.addresses import UNSAFE, addresses
from tests.security.trap import careless, places, sign_in, site

pytestmark = pytest.mark.browser
# Where nobody is known by a cookie: the first frame says who it is.
ENDING = re.compile("session|log-?out|sign-?out|destroy|delete|everywhere|password")
BY_FRAME = ("/websocket",)
BY_SIGNATURE = ("/healthz/echo/ws",)
SEEN = ("seen_at", "last_seen")
SEND = """async ([base, asked, bodies]) => {
    const say = (method, path, body, headers, mode) =>
        fetch(base + path, { method, body, headers, mode, credentials: 'include' }).then(() => 1, () => 1);
    let sent = [], count = 0;
    for (const [method, path] of asked) {
        for (const [type, body] of bodies) sent.push(say(method, path, body, { 'Content-Type': type }, 'no-cors'));
        sent.push(say(method, path, '{}', { 'Content-Type': 'application/json', 'HX-Request': 'true' }, 'cors'));
        if (sent.length > 20) { count += (await Promise.all(sent)).length; sent = []; }
    }
    return count + (await Promise.all(sent)).length;
}"""
KNOCK = """async ([base, paths]) => {
    const ends = {};
    await Promise.all(paths.map(async (path) => ends[path] = await new Promise((done) => {
        const heard = [], socket = new WebSocket(base.replace('http', 'ws') + path);
        socket.onmessage = (event) => heard.push(event.data);
        socket.onopen = () => setTimeout(() => { socket.close(); done(['open', ...heard]); }, 60);
        socket.onerror = () => done(['refused']);
    })));
    return ends;
}"""
FORM = """([address, fields]) => {
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: address, target: '_self' });
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement('input');
        Object.assign(field, { name, value });
        form.append(field);
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
}"""


@pytest.fixture(scope="module")
def attacker():
    with site() as port:
        yield port


@pytest.fixture(scope="module")
def context(browser_type, browser_type_launch_args, tmp_path_factory):
    with careless(browser_type, browser_type_launch_args, tmp_path_factory.mktemp("browser")) as context:
        yield context


@pytest.fixture(scope="module")
def the_map(tmp_path_factory):
    return addresses(create_app(Settings.for_tests(instance_dir=str(tmp_path_factory.mktemp("map")))))


@pytest.fixture(scope="module")
def servers(tmp_path_factory, blank_database):
    """Ours, and one that does not look where requests come from."""
    without = {"OPEN": "forgery", "GUNICORN_CMD_ARGS": "-c tests/security/open_gunicorn.py"}
    made = [Server(tmp_path_factory.mktemp("server"), blank_database, LIMITS="off", **more) for more in ({}, without)]
    yield [one.start() for one in made]
    for one in made:
        one.kill()


def rows(server):
    """Everything the server keeps, but for when somebody was last seen."""
    with closing(sqlite3.connect(server.folder / "messenger.db", timeout=20)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {}
        for table in tables:
            if table.startswith(("sqlite_", "messages_", "found_", "keepsakes")):
                continue  # its own books, the words that the search looks in, and what the server notes for itself
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in SEEN]
            kept[table] = database.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1").fetchall()
        return kept


def bodies(bob):
    """A body in which every field that routes know is filled in, in the types that need no leave."""
    fields = {
        "text": "forged", "name": "forged", "login": bob.login, "username": bob.login, "password": "forged-forged",
        "repeat": "forged-forged", "emoji": "👍", "role": "admin", "on": "1", "hours": "1", "public": "1",
        "Message": "forged", "Recipient": bob.login, "members": bob.login, "about": "forged", "firstName": "forged",
    }  # fmt: skip
    words = "&".join(f"{name}={value}" for name, value in fields.items())
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
    inner = ",".join(f'"{name}":"{value}"' for name, value in fields.items())
    return [
        ["text/plain", "{" + inner + "}"],
        ["application/x-www-form-urlencoded", words],
        ["multipart/form-data; boundary=x", parts + "--x--\r\n"],
    ]


def bombard(context, server, attacker, the_map, *names):
    """Every unsafe address with every body from these places; how many requests, and which tables changed."""
    ann, bob = Person(server.url, "ann"), Person(server.url, "bob")
    ann.post(f"/dialog/{bob.login}", {"text": "ours"})
    sign_in(context, server.url, ann.token)
    asked = [[one.method, one.path(login=bob.login, username=bob.login)] for one in the_map if one.method in UNSAFE]
    # Those that sign her out come last: nothing that is forged behind them would have a name.
    asked.sort(key=lambda one: bool(ENDING.search(one[1])))
    before, sent = rows(server), 0
    with places(context, attacker) as frames:
        for name in names:
            # A home of a protocol says the same as the root: once is enough.
            here = [one for one in asked if name == "another port" or one[1].count("/") < 3]
            sent += frames[name].evaluate(SEND, [server.url, here, bodies(bob)])
    after = rows(server)
    return sent, {table for table in before if before[table] != after[table]}


@pytest.mark.security("forgery")
def test_no_request_of_another_site_changes_anything(context, servers, attacker, the_map, attack):
    ours, open_one = servers
    known = len(ours.lines)
    sent, changed = bombard(context, ours, attacker, the_map, "another port", "another host", "null")
    assert changed == set()
    attack.tried(sent)
    reached = Counter(line["status"] for line in ours.lines[known:] if line.get("method") in UNSAFE)
    assert reached[403] > sent / 3, "they came, and were refused"
    for name in ("another port", "null"):
        _, changed = bombard(context, open_one, attacker, the_map, name)
        assert {"messages", "chats", "users"} <= changed, f"where nobody looks it works from {name}"


@pytest.mark.security("forgery")
def test_no_form_of_another_site_takes_somebody_along(context, servers, attacker, attack):
    """A form that leads the whole tab to us: even the strictest browser sends the cookie with it from another port."""
    for server, stored in zip(servers, (0, 2), strict=True):
        ann, bob = Person(server.url, "ann"), Person(server.url, "bob")
        sign_in(context, server.url, ann.token, sameSite="Lax", secure=False)
        for path, fields in ((f"/dialog/{bob.login}", {"text": "forged"}), ("/settings", {"name": "Forged"})):
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{attacker}/")
            with page.expect_response(server.url + path) as answered:
                page.evaluate(FORM, [server.url + path, fields])
            assert answered.value.status == (303 if stored else 403)
            page.close()
            attack.tried()
        names = [ann.get("/me").body["name"], *(m["text"] for m in ann.get(f"/dialog/{bob.login}").body)]
        assert sum(name in ("Forged", "forged") for name in names) == stored


def sockets(the_map, **given):
    """Every address on which one opens; the page's own say so. A protocol's home has the same ones once more."""
    rules = {HOMES.sub("", one.rule): one for one in the_map if one.is_socket and one.rule not in BY_SIGNATURE}
    paths = [HOMES.sub("", one.path(**given)) for one in rules.values()]
    return [*paths, *(f"{path}?page=1" for path in paths if path.endswith("/ws"))]


@pytest.mark.security("foreign sockets")
def test_no_socket_opens_for_another_site(context, servers, attacker, the_map, attack):
    for server, wanted in zip(servers, ("refused", "open"), strict=True):
        ann, bob = Person(server.url, "ann"), Person(server.url, "bob")
        group = ann.post("/group", {"name": "choir", "private": True, "members": [bob.login]}).body["id"]
        given = {"login": bob.login, "username": bob.login, "group_id": group, "chat_id": group}
        paths = sockets(the_map, **given)
        sign_in(context, server.url, ann.token)
        with places(context, attacker) as frames:
            for name, frame in frames.items():
                ends = frame.evaluate(KNOCK, [server.url, paths if name == "another port" else paths[::3]])
                known = {path: end[0] for path, end in ends.items() if path not in BY_FRAME}
                assert {path: end for path, end in known.items() if end != wanted} == {}, name
                told = [end[1:] for path, end in ends.items() if path in BY_FRAME]
                assert all(words in ([], ['{"Message":"Websocket Open"}']) for words in told)
                attack.tried(len(ends))
        if wanted == "refused":
            page = context.new_page()
            page.goto(f"{server.url}/version")
            ends = page.evaluate(KNOCK, [server.url, paths])
            assert {path for path, end in ends.items() if end[0] != "open"} == set(), "a page of ours opens them all"
            page.close()
