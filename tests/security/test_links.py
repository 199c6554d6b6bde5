"""Links that let somebody do one thing: choose another password, prove an address, come in by invitation."""

import pytest

from messenger.core import clock, invitations, passes, people, recovery
from messenger.core.models import User
from messenger.core.refusals import Unknown
from messenger.extensions import db
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, sign_in

NEW = "another password altogether"


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False, registration="invite")


@pytest.fixture
def invited(app):
    """invited(login, code) → the answer to who wants in with it. Ann is in."""

    def come(login, code=None):
        given = {"username": login, "login": login, "password": PASSWORD}
        return app.test_client().post("/register", json=given if code is None else {**given, "invitation": code})

    with app.app_context():
        assert come("ann", invitations.create(None)).status_code == 200
    return come


def user_id(app, login):
    with app.app_context():
        return people.by_login(login).user_id


@pytest.mark.security("tokens")
def test_a_link_to_another_password_opens_for_one_person_once(app, invited, attack, monkeypatch):
    ann = user_id(app, "ann")
    with app.app_context():
        assert invited("bob", invitations.create(None)).status_code == 200
        bob = people.by_login("bob").user_id
        user = db.session.get(User, ann)
        right = passes.made("reset", ann, user.password_hash, 10)
        others = {
            "of another purpose": passes.made("verify", ann, user.password_hash, 10),
            "to leave": passes.made("unsubscribe", ann, None, 10),
            "without what it hangs on": passes.made("reset", ann, None, 10),
            "of bob's password": passes.made("reset", ann, db.session.get(User, bob).password_hash, 10),
            "expired": passes.made("reset", ann, user.password_hash, -1),
            "for somebody else": right.replace(f"{ann}.", f"{bob}.", 1),
            "with another end": right.replace(right.split(".")[1], str(int(right.split(".")[1]) + 9)),
            "cut": right[:-1], "empty": "", "dots": "..", "huge": f"{10**30}.1.x", "not ASCII": "١.٢.x",
        }  # fmt: skip
        db.session.remove()
        for name, given in others.items():
            with pytest.raises(Unknown):
                recovery.choose(given, NEW, 8)
            answer = app.test_client().post("/reset", data={"pass": given, "password": NEW, "repeat": NEW})
            assert answer.status_code == 404, name
            attack.tried(2)
        assert recovery.whose(right).login == "ann", "the right one lets her"
        device = sign_in(app, "ann")
        recovery.choose(right, NEW, 8)
        with pytest.raises(Unknown):
            recovery.choose(right, PASSWORD, 8)
        attack.tried()
    assert device.get("/me").status_code == 401, "every session has ended"


@pytest.mark.security("invitations")
def test_an_invitation_opens_as_often_and_as_long_as_it_says(app, invited, attack, monkeypatch):
    with app.app_context():
        once, short = invitations.create(None, 1), invitations.create(None, 5, 1)
        taken_back = invitations.create(None, 5)
        invitations.revoke(max(one.invitation_id for one in invitations.every()))
    wrong_ones = (None, "", "x", once[:-1], once + "x", once.swapcase(), taken_back, "%", "*", "\x00", 1, [once])
    for number, wrong in enumerate(wrong_ones):
        assert invited(f"thief-{number}", wrong).status_code in (400, 403), wrong
        attack.tried()
    assert invited("bob", once).status_code == 200, "the right one does"
    assert invited("cid", once).status_code == 403
    assert invited("dee", short).status_code == 200
    later = clock.now() + 2 * clock.DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    assert invited("eve", short).status_code == 403
    attack.tried(2)
