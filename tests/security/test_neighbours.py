"""Another server under the same domain, or somebody on an open line, gives ann's browser cookies that come here."""

import re
import time

import pytest
from sqlalchemy import select, update

from messenger.core.models import Session
from messenger.core.verbs import verb
from messenger.extensions import db
from messenger.reception import forgery
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, register, sign_in

HTTPS = "https://localhost"
PLAIN, OWN = "sessionToken", "__Host-sessionToken"
WORD = re.compile(r'name="csrf_token" value="([^"]+)"')
# What a browser says of the page that makes it ask; a program says nothing.
SAID = ("none", "same-origin", "same-site", "cross-site")


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


def given(answer):
    """Name, value and flags of the cookies in an answer."""
    lines = [line.split("; ") for line in answer.headers.getlist("Set-Cookie")]
    return {first.partition("=")[0]: (first.partition("=")[2], flags) for first, *flags in lines}


def jar(**cookies):
    """As a browser writes them, in this order."""
    return "; ".join(f"{name.replace('Host_', '__Host-')}={value}" for name, value in cookies.items())


def who(app, cookies, base=HTTPS, **headers):
    """As whom a browser with these cookies is seen; None is nobody."""
    client = app.test_client(use_cookies=False)
    answer = client.get("/me", headers={"Cookie": cookies, **headers}, base_url=base)
    return answer.json["login"] if answer.status_code == 200 else answer.status_code


@verb
def loosen(tx, login):
    """As sessions were that began before there was a name of their own for browsers."""
    tx.execute(update(Session).where(Session.user.has(login=login)).values(bound_at=None))


@pytest.mark.security("cookies")
def test_over_https_no_cookie_that_matters_has_a_name_that_others_may_set(app, attack):
    register(app, "ann")
    page = app.test_client()
    seen = given(page.get("/login", base_url=HTTPS, headers={"Accept": "text/html"}))
    form = {"data": {"login": "ann", "password": PASSWORD}, "headers": {"Accept": "text/html", "Origin": HTTPS}}
    seen |= given(page.post("/login", base_url=HTTPS, **form))
    assert set(seen) == {OWN, PLAIN, "__Host-knownDevice", "__Host-session"}
    for name, (value, flags) in seen.items():
        assert {"Secure", "HttpOnly", "Path=/"} <= set(flags), name
        assert not [flag for flag in flags if flag.startswith("Domain")], name
        assert value
        attack.tried()
    out = given(page.post("/logout", base_url=HTTPS, **form))
    assert [out[name][0] for name in (OWN, PLAIN)] == ["", ""]
    openly = given(page.post("/login", **form | {"headers": {}}))
    assert PLAIN in openly
    assert not [name for name in openly if name.startswith("__")], "over http no browser would take them"


@pytest.mark.security("cookies")
@pytest.mark.parametrize("door", ["form", "flash_chat", "auth", "token"])
def test_a_planted_session_is_not_taken_over(app, door, attack):
    """Who is signed in stays who he is, and who is not does not become the one who planted it."""
    ann, mallory = register(app, "ann", base_url=HTTPS), register(app, "mallory", base_url=HTTPS)
    planted = token_by(door, app, mallory)
    held = {"Host_sessionToken": ann.token, "sessionToken": planted}
    for said in SAID:
        for cookies in (jar(**held), jar(**dict(reversed(held.items())))):
            assert who(app, cookies, **{"Sec-Fetch-Site": said}) == "ann"
            attack.tried()
        assert who(app, jar(sessionToken=planted), **{"Sec-Fetch-Site": said}) == 401
        attack.tried()
    twice = f"{jar(Host_sessionToken=planted)}; {jar(Host_sessionToken=ann.token)}"
    assert who(app, twice, **{"Sec-Fetch-Site": "none"}) == 401
    assert who(app, jar(sessionToken=planted)) == "mallory", "a program, to which nobody plants anything"
    assert who(app, jar(Host_sessionToken=planted), **{"Sec-Fetch-Site": "none"}) == "mallory", "his own browser"


def token_by(door, app, person):
    """A token of this person, who came in by that door."""
    login = person.user["login"]
    if door == "form":
        form = {"login": login, "password": PASSWORD}
        answer = app.test_client().post("/login", data=form, headers={"Accept": "text/html"}, base_url=HTTPS)
        return given(answer)[OWN][0]
    if door == "auth":
        person.patch("/profile/update", json={"email": "m@example.org"}, base_url=HTTPS)
        body = {"email": "m@example.org", "password": PASSWORD}
        return app.test_client().post("/auth/login", json=body, base_url=HTTPS).json["token"]
    if door == "token":
        form = {"name": "bot", "password": PASSWORD}
        headers = {"Authorization": f"Bearer {person.token}", "Accept": "text/html"}
        page = app.test_client().post("/settings/sessions/token", data=form, headers=headers, base_url=HTTPS)
        return re.search(r'class="token"><code>([^<]+)<', page.text)[1]
    return sign_in(app, login, base_url=HTTPS).token


@pytest.mark.security("cookies")
def test_who_was_signed_in_before_stays_so_and_can_be_planted_no_more(app, attack):
    """A browser that holds only the name of before is given the better one, once; then the old one is worth nothing."""
    ann = register(app, "ann")
    with app.app_context():
        loosen("ann")
    browser = app.test_client(use_cookies=False)
    asked = {"Cookie": jar(sessionToken=ann.token), "Sec-Fetch-Site": "same-origin"}
    answer = browser.get("/me", headers=asked, base_url=HTTPS)
    assert (answer.json["login"], given(answer)[OWN][0]) == ("ann", ann.token)
    assert OWN not in given(browser.get("/me", headers={"Cookie": asked["Cookie"]}, base_url=HTTPS)), "no browser asked"
    assert who(app, asked["Cookie"], **{"Sec-Fetch-Site": "none"}) == "ann", "the answer may have been lost"
    both = {**asked, "Cookie": f"{asked['Cookie']}; {jar(Host_sessionToken=ann.token)}"}
    answer = browser.get("/me", headers=both, base_url=HTTPS)
    assert (answer.json["login"], given(answer)) == ("ann", {})
    bound(app)
    assert who(app, asked["Cookie"], **{"Sec-Fetch-Site": "none"}) == 401
    attack.tried()
    assert who(app, both["Cookie"], **{"Sec-Fetch-Site": "none"}) == "ann"


def bound(app):
    """Wait until the writer has noted it."""
    until = time.monotonic() + 20
    while True:
        with app.app_context():
            left = db.session.scalars(select(Session.id).where(Session.bound_at.is_(None))).all()
            db.session.remove()
        if not left:
            return
        assert time.monotonic() < until
        time.sleep(0.01)


def words(client, path, **more):
    """The proof in the forms of a page, and the cookie that its other half is in."""
    answer = client.get(path, headers={"Accept": "text/html"}, **more)
    return WORD.search(answer.text)[1], next(
        (f"{name}={value}" for name, (value, _) in given(answer).items() if name.endswith("session")), ""
    )


@pytest.mark.security("forgery")
def test_the_proof_of_somebody_else_s_page_does_not_count(app, attack, monkeypatch):
    """Mallory takes both halves from a page of his own, plants the cookie, and has ann's browser send the form."""
    ann, mallory = register(app, "ann"), register(app, "mallory")
    nobody = app.test_client(use_cookies=False)
    stolen = {"mallory's": words(mallory, "/settings"), "nobody's": words(nobody, "/login")}
    own = words(ann, "/settings")

    def send(word, cookie, site):
        headers = {"Cookie": f"{cookie}; {jar(sessionToken=ann.token)}", "Accept": "text/html", **site}
        form = {"csrf_token": word, "name": "Taken over", "about": ""}
        return nobody.post("/settings", data=form, headers=headers).status_code

    sites = ({"Origin": "http://evil.localhost"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}, {})
    for whose, (word, cookie) in stolen.items():
        for site in sites:
            assert send(word, cookie, site) == 403, whose
            assert send(own[0], cookie, site) == 403, "one half of each"
            attack.tried(2)
    assert [send(*own, site) for site in sites] == [303] * len(sites), "with her own it is she"
    monkeypatch.setattr(forgery, "_key", lambda: b"the same for everybody")
    word, cookie = words(app.test_client(use_cookies=False), "/login")
    assert send(word, cookie, sites[0]) == 303, "were it not bound to her session, it would do"


@pytest.mark.security("forgery")
def test_over_https_the_cookie_of_the_forms_cannot_be_planted_either(app, attack):
    """So nobody is signed in as mallory by a form that another site sends."""
    register(app, "mallory")
    nobody = app.test_client(use_cookies=False)
    word, cookie = words(nobody, "/login", base_url=HTTPS)
    form = {"login": "mallory", "password": PASSWORD, "csrf_token": word}

    def sent(cookie):
        headers = {"Cookie": cookie, "Origin": "https://evil.localhost", "Accept": "text/html"}
        return OWN in given(nobody.post("/login", data=form, headers=headers, base_url=HTTPS))

    assert cookie.startswith("__Host-session=")
    assert not sent(cookie.removeprefix("__Host-"))
    assert not sent(f"{cookie}x")
    assert not sent("")
    attack.tried(3)
    assert sent(cookie), "by a page of ours it is"
