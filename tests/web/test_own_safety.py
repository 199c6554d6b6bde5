"""Two steps at sign-in, all devices at once, blocking and reporting, by the plain forms of the pages."""

import re

import pyotp
import pytest

from messenger.core import audit, clock, people, reports
from messenger.core.audit import Steward
from messenger.extensions import presence
from tests.web.test_pages import HTMX, Visitor

PASSWORD = "correct horse"


@pytest.fixture
def ann(app):
    return Visitor(app, "ann", "Ann Lee")


@pytest.fixture
def bob(app, ann):
    return Visitor(app, "bob", "Bob Stone")


def switched_on(person):
    """The app's secret and the recovery codes of a person who has just switched the second step on."""
    assert person.done("/settings/security/begin", password=PASSWORD) == "/settings/security/setup"
    page = person.get("/settings/security/setup")
    assert '<svg viewBox="' in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    shown = person.post("/settings/security/setup", code=pyotp.TOTP(secret).now())
    assert shown.status_code == 200, shown.text[:500]
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", shown.text)
    assert len(set(codes)) == 10
    return secret, codes


def later(secret, steps=1):
    """The code of the next half minute, which a clock that is a little fast shows."""
    return pyotp.TOTP(secret).at(clock.now() // clock.SECOND + 30 * steps)


def stand_still(app):
    """No time passes for who has to wait."""
    app.extensions["throttle"].tallies.own.clock = lambda: 1000.0


def door(app):
    """Somebody in another browser who knows ann's password."""
    visitor = Visitor(app)
    return visitor, visitor.post("/login", login="ann", password=PASSWORD, next="/settings")


def test_the_second_step_is_asked_for_after_the_password(app, ann):
    secret, codes = switched_on(ann)
    visitor, answer = door(app)
    assert (answer.status_code, answer.location) == (303, "/login/code?next=%2Fsettings")
    assert "sessionToken" not in str(answer.headers.getlist("Set-Cookie"))
    assert visitor.led("/settings") == "/login?next=%2Fsettings"
    assert "six digits" in visitor.get(answer.location)
    wrong = visitor.post("/login/code", code="wrong", next="/settings")
    assert wrong.status_code == 401
    assert "wrong" in wrong.text
    code = later(secret)
    assert visitor.done("/login/code", code=code, next="/settings") == "/settings"
    visitor.get("/settings")
    again, _ = door(app)
    assert again.post("/login/code", code=code).status_code == 401, "none is taken twice"
    assert again.done("/login/code", code=codes[0].upper().replace("-", " ")) == "/"
    once_more, _ = door(app)
    assert once_more.post("/login/code", code=codes[0]).status_code == 401
    assert "9 recovery codes" in ann.get("/settings/security")


def test_without_the_first_step_there_is_no_second(app, ann):
    secret, _ = switched_on(ann)
    stranger = Visitor(app)
    assert stranger.led("/login/code") == "/login"
    assert stranger.post("/login/code", code=later(secret)).status_code == 401
    visitor, _ = door(app)
    ann.done("/settings/password", current=PASSWORD, password="another horse", repeat="another horse")
    assert visitor.post("/login/code", code=later(secret)).status_code == 401, "the password is another one now"


def test_codes_are_not_guessed(app, ann):
    stand_still(app)
    switched_on(ann)
    visitor, _ = door(app)
    tried = [visitor.post("/login/code", code=f"wrong {n}") for n in range(6)]
    assert [answer.status_code for answer in tried] == [*[401] * 5, 429]
    assert int(tried[-1].headers["Retry-After"]) > 0


def test_it_is_switched_on_renewed_and_off_with_the_password_alone(app, ann):
    assert ann.post("/settings/security/begin", password="wrong").status_code == 403
    assert ann.led("/settings/security/setup") == "/settings/security"
    secret, codes = switched_on(ann)
    assert ann.post("/settings/security/begin", password=PASSWORD).status_code == 409
    assert ann.post("/settings/security/codes", password="wrong").status_code == 403
    fresh = ann.post("/settings/security/codes", password=PASSWORD)
    assert not set(codes) & set(re.findall(r"<code>([a-z0-9-]+)</code>", fresh.text))
    assert ann.post("/settings/security/off", password="wrong").status_code == 403
    assert ann.done("/settings/security/off", password=PASSWORD) == "/settings/security"
    _, answer = door(app)
    assert answer.location == "/settings"
    assert ann.post("/settings/security/codes", password=PASSWORD).status_code == 409
    ann.done("/settings/security/begin", password=PASSWORD)
    assert ann.post("/settings/security/setup", code="123").status_code == 400
    assert secret not in ann.get("/settings/security/setup").replace(" ", "")


def test_other_doors_say_what_to_do_about_the_second_step(app, ann):
    secret, _ = switched_on(ann)
    client, body = app.test_client(), {"password": PASSWORD}
    flash = client.post("/flash-chat/login", json=body | {"username": "ann"})
    websocket = client.post("/user/login", json={"Username": "ann", "Password": PASSWORD})
    native = client.post("/gmessenger/login", json=body | {"login": "ann"})
    assert [answer.status_code for answer in (flash, websocket, native)] == [403, 403, 403]
    assert flash.json["content"] is None
    assert "token" in flash.json["message"]
    assert websocket.json["Message"] == "Error"
    assert "code" in native.json["message"]
    wrong = client.post("/gmessenger/login", json=body | {"login": "ann", "code": "nonsense"})
    assert wrong.status_code == 401
    right = client.post("/gmessenger/login", json=body | {"login": "ann", "code": later(secret)})
    assert right.status_code == 200
    page = ann.post("/settings/sessions/token", name="My bot", password=PASSWORD).text
    token = re.search(r'class="token"><code>([^<]+)<', page)[1]
    me = app.test_client().get("/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json["login"] == "ann"
    assert "My bot" in ann.get("/settings/sessions")
    assert ann.post("/settings/sessions/token", name="My bot", password="wrong").status_code == 403


def test_every_door_slows_down_who_guesses_and_says_when_to_come_back(app, ann):
    stand_still(app)
    client = app.test_client()
    doors = {
        "/login": lambda: Visitor(app).post("/login", login="ann", password="guess"),
        "/gmessenger/login": lambda: client.post("/gmessenger/login", json={"login": "ann", "password": "guess"}),
        "/flash-chat/login": lambda: client.post("/flash-chat/login", json={"username": "ann", "password": "guess"}),
        "/user/login": lambda: client.post("/user/login", json={"Username": "ann", "Password": "guess"}),
        "/auth/login": lambda: client.post("/auth/login", json={"email": "ann", "password": "guess"}),
    }
    for guess in doors.values():
        assert guess().status_code in (401, 404)
    for path, guess in doors.items():
        answer = guess()
        assert (path, answer.status_code) == (path, 429)
        assert int(answer.headers["Retry-After"]) > 0
        assert "wait" in answer.text
    known = Visitor(app)
    known.client = ann.client
    ann.done("/logout")
    assert known.done("/login", login="ann", password=PASSWORD) == "/", "her own browser is let in all the while"


def test_signing_out_everywhere(app, ann):
    elsewhere, _ = door(app)
    assert ann.done("/settings/sessions/everywhere") == "/"
    for browser in (ann, elsewhere):
        assert browser.led("/settings") == "/login?next=%2Fsettings"


def test_blocking_from_the_profile_the_sheet_and_the_list(app, ann, bob):
    ann.say("/dialog/bob", "before")
    assert 'action="/people/bob/block"' in ann.get("/dialog/bob/about")
    assert ann.done("/people/bob/block", next="/dialog/bob") == "/dialog/bob"
    page = ann.get("/dialog/bob")
    assert "You have blocked Bob Stone." in page
    assert 'name="text"' not in page
    assert ann.post("/dialog/bob", text="hello").status_code == 403
    refused = bob.post("/dialog/ann", text="hello", headers=HTMX)
    assert refused.status_code == 403
    assert "This person cannot be written to." in refused.text
    assert "bob" in ann.get("/settings/blocked")
    assert "/people/bob/unblock" in ann.get("/people/bob")
    with app.app_context():
        presence.active(people.by_login("bob"))
        presence.active(people.by_login("ann"))
    assert "data-online" not in ann.get("/people/bob")
    assert "data-online" not in bob.get("/people/ann")
    assert ann.done("/people/bob/unblock", next="https://elsewhere.example/") == "/people/bob"
    assert "data-online" in ann.get("/people/bob")
    bob.say("/dialog/ann", "again")
    assert ann.post("/people/ann/block").status_code == 400
    assert "/people/ann/block" not in ann.get("/people/ann")


def test_reporting_a_message_and_a_person(app, ann, bob):
    number = bob.say("/dialog/ann", "something bad")
    assert f"/message/{number}/report" in ann.get(f"/message/{number}/actions")
    assert ann.post(f"/message/{number}/report", reason=" ").status_code == 400
    assert ann.done(f"/message/{number}/report", reason="It is bad.").startswith("/dialog/bob?around=")
    assert ann.done("/people/bob/report", reason="He is bad.") == "/people/bob"
    assert bob.post(f"/message/{number}/report", reason="mine").status_code == 400
    with app.app_context():
        assert [(r.reason, r.message and r.message.text) for r in reports.listed()] == [
            ("He is bad.", None),
            ("It is bad.", "something bad"),
        ]
        reports.resolve(Steward(), reports.listed()[0].report_id, "talked")
        assert audit.traces()[0].deed == "report resolved"
