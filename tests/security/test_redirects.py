"""Links to this server that want to lead somebody to another one."""

import re
from urllib.parse import quote, urlsplit

import pytest

from messenger.web import entering
from tests.security.addresses import PASSWORD, register

pytestmark = pytest.mark.security("redirects")
AWAY = [
    "//evil.example", "///evil.example", "////evil.example", "/////evil.example/x", "https://evil.example",
    "http:evil.example", "https:/evil.example", "https:///evil.example", "HTTPS://evil.example",
    "//evil.example/%2f..", "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example",
    "//\\evil.example", "/x\\..\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\t//evil.example", " //evil.example", "\x00//evil.example", "/\x0b/evil.example", "java\tscript:alert(1)",
    "javascript:alert(1)", "javascript://x/%0aalert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "ftp://evil.example", "ws://evil.example", "mailto:x@evil.example", "evil.example", "@evil.example",
    ":@evil.example", "//ann@evil.example", "//evil.example:80", "//[::1]", "//[evil", "?//evil.example",
    "#//evil.example", ".//evil.example", "//%65vil.example", "//evil%E3%80%82example", "/\u2028/evil.example",
    "\u3000//evil.example", "/dialog/bob\r\nSet-Cookie: sessionToken=x",
    "/dialog/bob\r\n\r\n<script>alert(1)</script>", "/\u202e/evil.example",
]  # fmt: skip


def leads_away(location):
    """Where a browser would go: it drops tabs and line ends and reads backslashes as slashes."""
    seen = re.sub(r"[\t\r\n]", "", location.strip("\x00\x0b\x0c \u3000")).replace("\\", "/")
    return seen.startswith("//") or bool(urlsplit(seen).scheme)


def doors(app, wanted):
    """Every way in that takes somebody on to where he wanted to go; a password is hashed only for some."""
    yield app.ann.get(f"/login?next={quote(wanted)}")
    yield app.ann.get(f"/register?next={quote(wanted)}")
    if wanted in AWAY[::10] or wanted not in AWAY:
        yield app.test_client().post("/login", data={"login": "ann", "password": PASSWORD, "next": wanted})


@pytest.fixture
def app(app):
    app.ann = register(app, "ann")
    return app


def test_nobody_is_led_away_who_signs_in(app, attack):
    for wanted in AWAY:
        for answer in doors(app, wanted):
            assert answer.status_code == 303, (wanted, answer.status_code)
            assert not leads_away(answer.headers["Location"]), (wanted, answer.headers["Location"])
            assert "\n" not in answer.headers["Location"]
            attack.tried()
    for wanted in AWAY:
        page = app.test_client().get(f"/login?next={quote(wanted)}").text
        assert "evil" not in page, wanted
        attack.tried()


def test_a_place_of_our_own_is_kept(app):
    for wanted in ("/dialog/bob", "/dialog/bob?around=3#x", "/group/7", "/dialog/%D0%B0", "/people/анна"):
        for answer in doors(app, wanted):
            assert not leads_away(answer.headers["Location"])
            assert answer.headers["Location"] != "/"


def test_without_the_check_one_would_be_led_away(app, monkeypatch):
    """So the attack means something."""
    monkeypatch.setattr(entering, "safe", lambda address: address)
    led = [answer.headers["Location"] for answer in doors(app, "//evil.example")]
    assert set(led) == {"//evil.example"}
    assert all(map(leads_away, led))


def test_no_slash_is_put_behind_an_address_so_that_it_becomes_another(app, attack):
    """Servers that redirect `//evil/x` to `//evil/x/` have led people away."""
    for path in (
        "//evil.example",
        "//evil.example/..",
        "///evil.example/chats",
        "/\\evil.example/..",
        "//evil.example/%2f..",
    ):
        for client in (app.ann, app.test_client()):
            answer = client.get("/", environ_overrides={"PATH_INFO": path}, headers={"Accept": "text/html"})
            location = answer.headers.get("Location", "/").removeprefix("http://localhost/")
            assert not leads_away(location), (path, answer.headers)
            attack.tried()
