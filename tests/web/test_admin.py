"""The administrators' pages: what they show, what they do, and that nobody else finds anything there."""

import html
import io
import re

import pyotp
import pytest

from messenger.core import accounts, administration, audit, factors, groups, people, reports, sessions
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.sessions import Device
from messenger.extensions import db
from messenger.settings import Settings
from tests.fixtures.pictures import picture

OURS = {"Origin": "http://localhost", "Accept": "text/html"}
PAGES = ("people", "groups", "invitations", "reports", "storage", "health", "settings", "trail")


class Desk:
    """Somebody's browser."""

    def __init__(self, app, login):
        self.app, self.client = app, app.test_client()
        with app.app_context():
            made = accounts.register(Application(login, "secret", login.capitalize()), Device("test"))
            self.actor = made.actor
        self.client.set_cookie("sessionToken", made.token)

    def get(self, path, status=200):
        answer = self.client.get(path, headers=OURS)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return html.unescape(answer.text)

    def do(self, path, status=303, **fields):
        answer = self.client.post(path, data=fields, headers=OURS)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return html.unescape(answer.text)


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), metrics="a token nobody may see", site_name="The Choir")


@pytest.fixture
def chief(app):
    chief = Desk(app, "chief")
    with app.app_context():
        administration.promote(Steward(), chief.actor.user_id)
    return chief


@pytest.fixture
def bob(app, chief):
    return Desk(app, "bob")


def last(app):
    with app.app_context():
        trace = audit.traces(limit=1)[0]
        return trace.deed, trace.object, trace.person.login


@pytest.mark.security("authority")
def test_for_everybody_else_there_is_nothing(app, chief, bob):
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert len(rules) > 15
    for rule in rules:
        filled = {"login": "chief", "number": 1, "deed": re.search(r"any\((\w+)", rule.rule + "any(x")[1]}
        _, path = rule.build({name: filled[name] for name in rule.arguments}, append_unknown=False)
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            assert bob.client.open(path, method=method, headers=OURS).status_code == 404, (method, path)
            nobody = app.test_client().open(path, method=method, headers=OURS)
            assert nobody.status_code == 303, (method, path)
            assert nobody.location.startswith(("/login", "/")), path
        if "POST" in rule.methods:
            forged = {"Origin": "http://elsewhere.example", "Accept": "text/html"}
            assert chief.client.post(path, headers=forged).status_code == 403, path
    with app.app_context():
        assert [trace.deed for trace in audit.traces()] == ["promoted"]
    assert "/admin" not in bob.get("/chats")
    assert "/admin/people" in chief.get("/chats")


def test_every_page_can_be_read_without_scripts(chief, bob):
    for name in PAGES:
        page = chief.get(f"/admin/{name}")
        assert re.search(rf'href="/admin/{name}"[^>]*aria-current="page"', page), name
        assert f'hx-get="/admin/{name}"' in page
    assert "People" in chief.get("/admin")


def test_people_are_found_and_paged(app, chief, bob):
    with app.app_context():
        for number in range(60):
            accounts.create(Application(f"singer{number:02}", "", f"Singer {number}"), "no password")
    first = chief.get("/admin/people?q=singer")
    assert first.count("ledger-row") == 50
    more = re.search(r'href="(/admin/people\?[^"]*after=[^"]*)"', first)[1]
    assert chief.get(more).count("ledger-row") == 10
    assert "@bob" in chief.get("/admin/people?q=BOB")
    assert "Nobody goes by that name" in chief.get("/admin/people?q=100%25_")
    assert "@bob" not in chief.get("/admin/people?kind=admins")
    assert "@chief" in chief.get("/admin/people?kind=nonsense")
    assert chief.get("/admin/people/nobody", 404)


def test_a_person_is_kept_out_let_in_promoted_signed_out_and_helped(app, chief, bob):
    deeds = {
        "promote": "promoted",
        "demote": "demoted",
        "out": "signed out",
        "disable": "disabled",
        "enable": "enabled",
    }
    for deed, kept in (*deeds.items(), ("enable", "enabled")):
        chief.do(f"/admin/people/bob/{deed}")
        assert last(app) == (kept, "@bob", "chief")
    assert bob.get("/chats", 303) is not None
    page = chief.do("/admin/people/bob/link", 200)
    link = re.search(r'value="http://localhost(/reset\?pass=[\w.-]+)"', page)[1]
    assert last(app)[0] == "reset link made"
    assert "@bob" in html.unescape(app.test_client().get(link).text)
    assert "make somebody else one first" in chief.do("/admin/people/chief/demote", 409)
    assert "make somebody else one first" in chief.do("/admin/people/chief/disable", 409)
    assert "second step" not in chief.get("/admin/people/bob")
    with app.app_context():
        setup = factors.begin(bob.actor)
        factors.confirm(bob.actor, pyotp.TOTP(setup.secret).now())
    assert "Take away the second step" in chief.get("/admin/people/bob")
    chief.do("/admin/people/bob/factor")
    assert "second step" not in chief.get("/admin/people/bob")
    chief.do("/admin/people/bob/nonsense", 404)
    chief.do("/admin/people/nobody/out", 404)


def test_the_last_administrator_does_not_go_himself_either(app, chief, bob):
    page = chief.do("/settings/delete", 409, password="secret")
    assert "This server needs an administrator: make somebody else one first." in page
    answer = chief.client.delete("/profile/destroy", headers={"Origin": "http://localhost"})
    assert (answer.status_code, "needs an administrator" in answer.text) == (409, True)
    chief.do("/admin/people/bob/promote")
    assert chief.do("/settings/delete", password="secret") is not None
    assert "/admin/people" in bob.get("/chats")


def test_an_administrator_who_is_one_no_longer_does_nothing_more(app, chief, bob):
    with app.app_context():
        administration.promote(Steward(), bob.actor.user_id)
        administration.promote(Steward(), chief.actor.user_id, False)
    chief.do("/admin/people/bob/disable", 404)
    with app.app_context():
        assert people.by_login("bob")


def test_groups_are_closed_and_opened_again(app, chief, bob):
    with app.app_context():
        group = groups.create(bob.actor, "Tenors & <Basses>", False, [])
    page = chief.client.get("/admin/groups?q=tenors", headers=OURS).text
    assert "Tenors &amp; &lt;Basses&gt;" in page
    chief.do(f"/admin/groups/{group.chat_id}/close")
    assert last(app)[0] == "group closed"
    assert "closed" in chief.get("/admin/groups")
    assert bob.get(f"/group/{group.chat_id}", 404)
    chief.do(f"/admin/groups/{group.chat_id}/reopen")
    assert "Tenors" in bob.get(f"/group/{group.chat_id}")
    chief.do("/admin/groups/99/close", 404)


def test_an_invitation_is_shown_once_and_revoked(app, chief):
    page = chief.do("/admin/invitations", 200, note="for the altos", uses="3", days="7")
    code = re.search(r'value="http://localhost/\?tab=register&invitation=([\w-]+)"', page)[1]
    assert code not in chief.get("/admin/invitations")
    assert "for the altos" in chief.get("/admin/invitations")
    number = re.search(r"/admin/invitations/(\d+)/revoke", page)[1]
    chief.do(f"/admin/invitations/{number}/revoke")
    assert last(app) == ("invitation revoked", f"invitation {number}", "chief")
    assert "revoked" in chief.get("/admin/invitations")
    for wrong in ({"uses": "0", "days": "7"}, {"uses": "x", "days": "7"}, {"uses": "1", "days": "99999"}):
        assert 'role="alert"' in chief.do("/admin/invitations", 400, note="kept", **wrong)


def test_reports_are_answered_with_a_word(app, chief, bob):
    with app.app_context():
        number = reports.report_person(bob.actor, chief.actor.person, "He <shouts>.")
    assert "He <shouts>." in chief.get("/admin/reports")
    chief.do(f"/admin/reports/{number}/resolve", resolution="talked to him")
    assert "Nothing waits here" in chief.get("/admin/reports")
    assert "talked to him" in chief.get("/admin/reports?closed=1")
    chief.do(f"/admin/reports/{number}/reopen")
    assert last(app)[:2] == ("report reopened", f"report {number}")


def test_storage_says_who_keeps_what_and_is_swept(app, chief, bob):
    sent = {"text": "look", "files": (io.BytesIO(picture(size=(30, 20))), "p.png")}
    answer = bob.client.post("/dialog/chief", data=sent, headers=OURS, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = chief.get("/admin/storage?orphans=1")
    assert "@bob" in page or "/admin/people/bob" in page
    chief.do("/admin/storage/sweep")
    assert last(app)[0] == "storage swept"


def test_health_and_settings_hide_what_is_secret(app, chief, bob):
    page = chief.get("/admin/settings")
    assert "The Choir" in page
    assert "SECRET_KEY" in page
    assert "a token nobody may see" not in page
    assert app.extensions["settings"].secret_key not in page
    state = chief.get("/admin/health")
    for name in ("database", "schema", "storage", "SQLite", "Letters that wait"):
        assert name in state
    app.extensions["checks"]["bad"] = lambda: 1 / 0
    app.extensions["readiness"].clear()
    assert "failed" in chief.get("/admin/health")


def test_the_trail_is_searched(app, chief, bob):
    chief.do("/admin/people/bob/out")
    assert "@bob" in chief.get("/admin/trail?q=signed+out")
    assert "Nothing of the kind" in chief.get("/admin/trail?q=no+such+deed")
    assert "Nothing of the kind" in chief.get("/admin/trail?before=1")
    chief.get("/admin/trail?before=" + "9" * 40)
    with app.app_context():
        db.session.remove()
        assert sessions.of(bob.actor) == []
