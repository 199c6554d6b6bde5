"""Who tries names at the door: what he is told, and what it costs the server, are the same for names that exist."""

import re
import statistics
import time

import pytest

from messenger.core import accounts, passwords
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, register

pytestmark = pytest.mark.security("enumeration")
EMAIL = "ann@example.org"
DOORS = {
    "form": lambda client, name, word: client.post("/login", data={"login": name, "password": word}),
    "gmessenger": lambda client, name, word: client.post("/login", json={"login": name, "password": word}),
    "flash_chat": lambda client, name, word: client.post("/login", json={"username": name, "password": word}),
    "websocket_messenger": lambda client, name, word: client.post(
        "/user/login", json={"Username": name, "Password": word}
    ),
    "mvp_messenger": lambda client, name, word: client.post(
        "/auth/login", json={"email": f"{name}@example.org", "password": word}
    ),
}


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


@pytest.fixture
def door(app):
    """Ann has an account with a password; nobody has the login of nob."""
    ann = register(app, "ann")
    assert ann.patch("/profile/update", json={"email": EMAIL}).status_code == 201
    return app.test_client


@pytest.fixture
def work(monkeypatch):
    """Every look at a hash, counted."""
    done = []

    def verify(stored, password, really=passwords._verify):
        done.append(stored[:30])
        return really(stored, password)

    monkeypatch.setattr(passwords, "_verify", verify)
    return done


def said(answer):
    """The answer without what differs in every one."""
    kept = {name: value for name, value in answer.headers if name not in ("X-Request-ID", "Date", "Set-Cookie")}
    text = re.sub(r"I[jm][\w-]{20,}\.[\w.-]+", "a form's token", answer.text)
    return answer.status_code, kept, text.replace("ann", "…").replace("nob", "…")


@pytest.mark.parametrize("name", DOORS)
def test_an_unknown_login_looks_and_costs_like_a_wrong_password(door, work, name, attack):
    tried = {}
    for login in ("ann", "nob"):
        for word in ("not this one", "", "x" * 4_000):
            work.clear()
            answer = said(DOORS[name](door(), login, word))
            tried.setdefault(word, []).append((answer, list(work)))
            attack.tried()
    for word, (known, unknown) in tried.items():
        assert known == unknown, (name, word)
        assert known[0][0] in (400, 401, 404)
    assert any(len(known[1]) == 1 for known, _ in tried.values()), "a hash was looked at"
    work.clear()
    assert DOORS[name](door(), "ann", PASSWORD).status_code in (200, 201, 303)
    assert len(work) == 1


def test_without_the_look_at_nobody_s_hash_one_could_tell(door, work, monkeypatch):
    really = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda stored, word: stored is not None and really(stored, word))
    for login, times in (("ann", 1), ("nob", 0)):
        work.clear()
        DOORS["gmessenger"](door(), login, "not this one")
        assert len(work) == times


@pytest.mark.long
def test_the_clock_does_not_tell_either(door):
    """Forty of each, alternating; the medians differ by less than a fifth."""
    took = {"ann": [], "nob": []}
    for _ in range(40):
        for login, times in took.items():
            began = time.perf_counter()
            DOORS["gmessenger"](door(), login, "not this one")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    print(f"a wrong password {known * 1000:.1f} ms, an unknown login {unknown * 1000:.1f} ms")
    assert abs(known - unknown) < 0.2 * max(known, unknown)


def test_who_is_disabled_learns_it_only_with_his_password(app, door, attack):
    ann = door().post("/login", json={"login": "ann", "password": PASSWORD}).json["content"]["user"]
    with app.app_context():
        accounts.disable(ann["id"])
    wrong, unknown = (DOORS["gmessenger"](door(), login, "not this one") for login in ("ann", "nob"))
    assert said(wrong) == said(unknown)
    assert "disabled" in DOORS["gmessenger"](door(), "ann", PASSWORD).text
    attack.tried()
