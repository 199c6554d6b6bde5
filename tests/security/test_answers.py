"""The headers of every answer: every address of the map, by whomever it is asked, however it goes wrong."""

import pytest

from messenger.web import headers
from tests.security.addresses import addresses, register

pytestmark = pytest.mark.security("headers")
# Set by the answer itself where it knows better: files keep, and are sealed off more tightly.
OWN = {"Cache-Control", "Content-Security-Policy", "Cross-Origin-Resource-Policy"}
WANTED = dict(headers.ALWAYS)
FOREIGN = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}


@pytest.fixture
def crowd(app):
    """Somebody and nobody, and an address that fails."""

    @app.get("/fault")
    def fault():
        raise RuntimeError("sesame")

    ann = register(app, "ann")
    ann.post("/dialog/ann", json={"text": "a note"})
    return {"ann": ann, "nobody": app.test_client()}


def faults_of(answer):
    """What is missing on an answer, or stands on it and should not."""
    found = answer.headers
    yield from (name for name, value in WANTED.items() if name not in OWN and found.get_all(name) != [value])
    if len(found.get_all("Content-Security-Policy")) != 1 or "unsafe" in found["Content-Security-Policy"]:
        yield "Content-Security-Policy"
    yield from (name for name in found.keys() if name.startswith("Access-Control") or name == "X-Powered-By")  # noqa: SIM118
    if any(sign.isdigit() for sign in found.get("Server", "")):
        yield "Server"
    if "Traceback" in answer.text or "sesame" in answer.text:
        yield "a trace"


def ask(app, crowd, attack):
    """Every address by everybody, as a page and as a program; whom, what, and what was wrong with the answer."""
    asked = [*addresses(app), *(one._replace(method="OPTIONS") for one in addresses(app, {"GET"})[::5])]
    asked = [one for one in asked if one.rule not in ("/logout", "/user/logout", "/gmessenger/logout")]
    for who, client in crowd.items():
        for number, one in enumerate(asked):
            accept = ("text/html", "*/*")[number % 2]
            # No route of the map ends her account: that takes a password.
            given = {**FOREIGN, "Accept": accept} if number % 3 else {"Accept": accept}
            answer = client.open(one.path(login="ann", username="ann"), method=one.method, headers=given)
            attack.tried()
            yield who, one, answer, sorted(set(faults_of(answer)))
            answer.close()


def test_every_answer_of_every_address_carries_them(app, crowd, attack):
    statuses = set()
    for who, one, answer, faults in ask(app, crowd, attack):
        assert faults == [], (who, one.method, one.rule, answer.status)
        statuses.add(answer.status_code)
        if who == "ann" and "assets" not in one.rule and "static" not in one.rule and answer.status_code != 304:
            kept = answer.headers["Cache-Control"]
            assert "no-store" in kept or "no-cache" in kept or one.rule == "/manifest.webmanifest", (one.rule, kept)
    assert {200, 303, 400, 401, 403, 404, 426, 500} <= statuses, statuses
    assert crowd["ann"].get("/me").json["login"] == "ann"


def test_without_the_dress_nothing_stands_on_them(app, crowd, attack, monkeypatch):
    """So the look is a look."""
    for name in list(headers.ALWAYS):
        monkeypatch.delitem(headers.ALWAYS, name)
    missing = [faults for *_, faults in ask(app, crowd, attack)]
    assert sum("X-Content-Type-Options" in faults for faults in missing) > 0.8 * len(missing)


def test_over_https_every_answer_says_so(app, crowd, attack):
    for path in ("/", "/nothing", "/fault", "/static/img/favicon.svg", "/chats/ws", "/me"):
        answer = crowd["nobody"].get(path, base_url="https://localhost")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000"), path
        assert "Strict-Transport-Security" not in crowd["nobody"].get(path).headers
        attack.tried()
