"""Whom somebody has blocked, at every door; and who is no administrator, at every address of the administration."""

import io

import pytest

from messenger.core import administration, people
from messenger.core.audit import Steward
from messenger.settings import Settings
from tests.security.addresses import UNSAFE, addresses, register
from tests.security.test_assignment import admins, rows


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


def netrox(me, other, text):
    """What netrox says by a form: never without a file."""
    return {"receiver": me.uids[other], "message": text, "attached_file": (io.BytesIO(b"x"), "x.txt")}


OURS = {"Accept": "text/html", "Origin": "http://localhost"}
SAY = {
    "form": lambda me, other, text: me.post(f"/dialog/{other}", data={"text": text}, headers=OURS),
    "gmessenger": lambda me, other, text: me.post(f"/dialog/{other}", json={"text": text}),
    "gmessenger relay": lambda me, other, text: me.post(
        "/messages/new",
        json={"sender_userID": me.user["login"], "receiver_userID": other, "time": "01:01:2024 10:00", "text": text},
    ),
    "websocket_messenger": lambda me, other, text: me.post("/message", json={"Recipient": other, "Message": text}),
    "websocket_messenger id": lambda me, other, text: me.post(
        "/message", json={"ConversationId": me.chat, "Message": text}
    ),
    "netrox": lambda me, other, text: me.post("/chat/chat-attachment/", data=netrox(me, other, text), headers=OURS),
    "a group": lambda me, other, text: me.post("/group", json={"name": text, "private": True, "members": [other]}),
    "an edit": lambda me, other, text: me.put(f"/message/{me.said}", json={"text": text}),
    "a reaction": lambda me, other, text: me.post(f"/message/{me.said}/reactions", json={"emoji": "💥"}),
}


@pytest.mark.security("blocks")
def test_who_is_blocked_reaches_nobody_by_any_door_and_sees_nobody(app, attack):
    ann, bob = register(app, "ann"), register(app, "bob")
    bob.uids = {"ann": ann.user["uid"]}
    bob.said = bob.post("/dialog/ann", json={"text": "before"}).json["id"]
    bob.chat = bob.post("/conversation", json={"Recipient": "ann"}).json["Data"]
    assert ann.post("/people/bob/block", data={"x": ""}, headers=OURS).status_code == 303
    before = rows(app)
    for name, say in SAY.items():
        answer = say(bob, "ann", "reached")
        assert 400 <= answer.status_code < 500, (name, answer.text)
        attack.tried()
    after = rows(app)
    # A file of his own that no message carries is his alone until it is swept.
    assert [table for table in before if before[table] != after[table] and table != "attachments"] == []
    assert "reached" not in ann.get("/dialog/bob").text
    assert ann.post("/people/bob/unblock", data={"x": ""}, headers=OURS).status_code == 303
    for name, say in SAY.items():
        answer = say(bob, "ann", f"reached by {name}")
        assert answer.status_code < 400, (name, answer.status_code, answer.text)


@pytest.mark.security("administration")
def test_only_administrators_administer(app, attack):
    """Every address of it, by somebody and by nobody; the same requests by an administrator do something."""
    chief, bob = register(app, "chief"), register(app, "bob")
    with app.app_context():
        administration.promote(Steward(), people.by_login("chief").user_id)
    asked = [one for one in addresses(app) if one.rule.startswith("/admin")]
    assert len(asked) > 15
    form = {"uses": "3", "days": "7", "note": "x", "login": "bob", "words": "x", "q": "", "name": "x"}
    before = rows(app)
    for client in (bob, app.test_client()):
        for one in asked:
            for login in ("chief", "bob"):
                given = {"data": form} if one.method in UNSAFE else {}
                answer = client.open(one.path(login=login), method=one.method, headers=OURS, **given)
                assert answer.status_code in (303, 404), (one, answer.status_code)
                assert answer.status_code == 404 or "/admin" not in answer.headers["Location"].partition("?")[0]
                attack.tried()
    after = rows(app)
    assert [table for table in before if before[table] != after[table]] == []
    assert admins(app) == 1
    for one in asked:
        given = {"data": form} if one.method in UNSAFE else {}
        answer = chief.open(one.path(login="bob"), method=one.method, headers=OURS, **given)
        if one.method == "GET":
            assert answer.status_code in (200, 303), one
    changed = rows(app)
    assert {"users", "invitations"} <= {table for table in after if after[table] != changed[table]}


@pytest.mark.security("administration")
def test_the_trail_cannot_be_changed_by_any_address(app, attack):
    """Nothing of the map takes a line of it away, whoever asks."""
    chief = register(app, "chief")
    with app.app_context():
        administration.promote(Steward(), people.by_login("chief").user_id)
    before = rows(app)["audit_entries"]
    assert before
    for one in addresses(app, UNSAFE):
        if "trail" in one.rule or "audit" in one.rule or one.rule.startswith("/admin"):
            for method in sorted(UNSAFE):
                chief.open(one.path(login="bob", number=1), method=method, headers=OURS)
                attack.tried()
    assert rows(app)["audit_entries"][: len(before)] == before
