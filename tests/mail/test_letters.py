"""Letters, sent to a real mail server: a forgotten password, a proven address, messages that wait."""

import socket

import pytest

from messenger import mail
from messenger.core import (
    accounts,
    clock,
    entrance,
    groups,
    letters,
    mailing,
    messages,
    missed,
    passes,
    recovery,
    sessions,
)
from messenger.core import chats as chats_of
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.models import Letter, Mailing, User
from messenger.core.refusals import Forbidden, Invalid, TooLong, Unauthenticated, Unknown
from messenger.core.sessions import Device
from messenger.extensions import db, writer
from messenger.settings import Settings
from tests.fixtures.post import link_in, text_of

HERE = Device("test")
OURS = {"Origin": "http://localhost", "Accept": "text/html"}


@pytest.fixture
def settings(instance, post):
    return Settings.for_tests(
        instance_dir=str(instance),
        smtp_url=f"smtp://ann%40box:p%40ss%20word@{post.address}",
        base_url="http://localhost",
        site_name="The Choir",
    )


@pytest.fixture
def within(app):
    with app.app_context():
        yield


@pytest.fixture
def ann(within):
    return person("ann", "ann@example.org")


@pytest.fixture
def bob(within):
    return person("bob")


def person(login, address=None):
    return accounts.register(Application(login, "secret", login.capitalize(), address), HERE).actor


def ask(client, login):
    answer = client.post("/forgot", data={"login": login}, headers=OURS)
    assert answer.status_code == 200
    assert "If there is such an account" in answer.text
    waited(login)


def waited(login):
    """What the page hands over without waiting is done before whatever is handed over now."""
    recovery.ask("nobody at all, but behind it in the queue")
    db.session.remove()


def later(monkeypatch, microseconds):
    moment = clock.now() + microseconds
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(client, ann, post):
    assert "/forgot" in client.get("/login").text
    ask(client, "ANN")
    mail.deliver()
    (letter,) = post.take()
    assert (letter["To"], letter["Subject"]) == ("ann@example.org", "The Choir: Choose another password")
    assert letter["From"] == "The Choir <no-reply@localhost>"
    assert post.users == ["ann@box"]
    path = link_in(letter, "reset")
    assert path in letter.get_body(("html",)).get_content().replace("&amp;", "&")
    assert "@ann" in client.get(path).text
    given = path.partition("pass=")[2]
    for password, repeat, words in (("short", "short", "at least 8"), ("long enough", "other", "not the same")):
        wrong = client.post("/reset", data={"pass": given, "password": password, "repeat": repeat}, headers=OURS)
        assert (wrong.status_code, words in wrong.text) == (400, True)
    chosen = {"pass": given, "password": "a new long one", "repeat": "a new long one"}
    assert client.post("/reset", data=chosen, headers=OURS).status_code == 303
    assert entrance.authenticate("ann", "a new long one", HERE).actor.login == "ann"
    with pytest.raises(Unauthenticated):
        entrance.authenticate("ann", "secret", HERE)
    assert client.post("/reset", data=chosen, headers=OURS).status_code == 404
    assert client.get(path).status_code == 404


def test_every_session_ends_with_the_old_password(ann):
    token = entrance.authenticate("ann", "secret", HERE).token
    assert sessions.resolve(token) is not None
    recovery.choose(recovery.link(Steward(), ann.user_id).partition("pass=")[2], "a new long one", 8)
    db.session.remove()
    assert sessions.resolve(token) is None


def test_nobody_learns_who_is_here_and_no_box_is_flooded(client, ann, bob, post):
    for login in ("nobody", "bob", "nobody@example.org", "x" * 5000, "\x00"):
        ask(client, login)
    assert letters.waiting() == 0
    for _ in range(5):
        ask(client, "ann@Example.org")
    assert letters.waiting() == letters.MOST_AN_HOUR
    for _ in range(12):
        answer = client.post("/forgot", data={"login": "ann"}, headers=OURS)
    assert answer.status_code == 429


def test_a_link_of_another_kind_another_person_or_another_time_opens_nothing(ann, bob, monkeypatch):
    given = recovery.link(Steward(), ann.user_id).partition("pass=")[2]
    user_id, expires, mark = given.split(".")
    wrong = ["", "..", "x.y.z", f"{bob.user_id}.{expires}.{mark}", f"{user_id}.{int(expires) + 1}.{mark}", given + "x"]
    for other in (*wrong, "9" * 300, f"{user_id}.{expires}.\ud800"):
        with pytest.raises(Unknown):
            recovery.whose(other)
    with pytest.raises(Unknown):
        mailing.unsubscribe(given)
    with pytest.raises(Forbidden):
        recovery.link(Steward(bob), ann.user_id)
    with pytest.raises((Invalid, TooLong)):
        recovery.choose(given, "x" * 1000, 8)
    later(monkeypatch, 2 * clock.DAY)
    with pytest.raises(Unknown):
        recovery.whose(given)


def test_an_address_is_proven_by_its_letter_and_no_longer_when_it_changes(client, ann, post):
    client.post("/login", data={"login": "ann", "password": "secret"}, headers=OURS)
    assert "Send me a link" in client.get("/settings/email", headers=OURS).text
    assert client.post("/settings/email/verify", headers=OURS).status_code == 303
    db.session.remove()
    mail.deliver()
    path = link_in(post.take()[0], "verify")
    assert "Yes, it is mine" in client.get(path).text
    assert not mailing.wishes(ann).is_verified
    db.session.remove()
    assert client.post("/verify", data={"pass": path.partition("pass=")[2]}, headers=OURS).status_code == 200
    assert mailing.wishes(ann).is_verified
    assert "is proven to be yours" in client.get("/settings/email", headers=OURS).text
    answer = client.post("/settings/email", data={"email": "new@example.org", "password": "secret"}, headers=OURS)
    assert answer.status_code == 303
    db.session.remove()
    assert not mailing.wishes(ann).is_verified
    assert client.get(path).status_code == 404


class TestMissed:
    """ann has proven her address and is away; bob writes."""

    @pytest.fixture
    def dialog(self, ann, bob):
        key = db.session.get(User, ann.user_id).email_key
        mailing.verify(passes.made("verify", ann.user_id, key, 60))
        db.session.remove()
        return chats_of.with_person(bob, ann.person)

    def say(self, bob, chat, text="the secret of the cellar"):
        messages.send(bob, chat, text)
        db.session.remove()

    def told(self, post):
        db.session.remove()
        missed.look()
        db.session.remove()
        mail.deliver()
        db.session.remove()
        return post.take()

    def test_one_letter_tells_who_wrote_and_how_many_but_never_what(self, ann, bob, dialog, post, monkeypatch, client):
        group = groups.create(bob, "Tenors", False, [ann.person])
        self.say(bob, dialog)
        self.say(bob, dialog)
        self.say(bob, group)
        assert self.told(post) == []
        later(monkeypatch, 31 * clock.MINUTE)
        (letter,) = self.told(post)
        text = text_of(letter)
        assert "3 messages wait for you" in text
        assert "- Bob: 2" in text
        assert "- Tenors: 1" in text
        assert "cellar" not in letter.as_string()
        assert self.told(post) == []
        leave = link_in(letter, "unsubscribe")
        assert letter["List-Unsubscribe"] == f"<http://localhost{leave}>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        one_click = client.post(leave, data={"List-Unsubscribe": "One-Click"}, headers={"Accept": "text/html"})
        assert one_click.status_code == 200
        assert not mailing.wishes(ann).wants_missed

    def test_again_only_after_a_while_and_for_something_new(self, ann, bob, dialog, post, monkeypatch):
        self.say(bob, dialog)
        later(monkeypatch, 31 * clock.MINUTE)
        assert len(self.told(post)) == 1
        later(monkeypatch, 9 * 60 * clock.MINUTE)
        assert self.told(post) == []
        self.say(bob, dialog)
        later(monkeypatch, 31 * clock.MINUTE)
        (letter,) = self.told(post)
        assert "2 messages" in text_of(letter)

    @pytest.mark.parametrize("why", ["read", "muted", "unproven", "unwanted", "gone", "here", "off"])
    def test_nobody_is_told_who_need_not_be(self, app, ann, bob, dialog, post, monkeypatch, why):
        self.say(bob, dialog)
        mine = chats_of.with_person(ann, bob.person)
        later(monkeypatch, 31 * clock.MINUTE)
        if why == "off":
            object.__setattr__(app.extensions["settings"], "missed_mail_minutes", 0)
        elif why == "here":
            presence = app.extensions["presence"]
            presence.is_connected = lambda user_id: True
            presence.look(ann.person)
        elif why == "gone":
            accounts.disable(ann.user_id)
        elif why == "unwanted":
            mailing.wish(ann, False)
        else:
            self.change(ann, mine, why)
        assert self.told(post) == []

    def change(self, ann, mine, why):
        with_writer = {"read": "read_spoken = 1, read_position = 1", "muted": f"muted_until = {2**53}"}
        statement = "UPDATE mailings SET verified_key = NULL"
        if why in with_writer:
            statement = f"UPDATE members SET {with_writer[why]} WHERE user_id = {ann.user_id}"
        self.run(statement)

    def run(self, statement):
        with writer.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_what_is_not_taken_now_is_tried_again_and_what_never_is_given_up(ann, post, monkeypatch, caplog):
    post.is_busy = True
    recovery.ask("ann")
    mail.deliver()
    assert (post.take(), letters.waiting()) == ([], 1)
    mail.deliver()
    post.is_busy = False
    mail.deliver()
    assert post.take() == []
    later(monkeypatch, 2 * clock.MINUTE)
    db.session.remove()
    mail.deliver()
    assert (len(post.take()), letters.waiting()) == (1, 0)
    post.refused.add("ann@example.org")
    recovery.ask("ann")
    mail.deliver()
    assert (post.take(), letters.waiting()) == ([], 0)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("messenger")]
    assert ours
    assert "ann@example.org" not in " ".join(ours)


def test_a_server_that_is_not_there_costs_no_letter(app, ann, post, monkeypatch):
    settings, url = app.extensions["settings"], f"smtp://{post.address}"
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        object.__setattr__(settings, "smtp_url", f"smtp://127.0.0.1:{nobody.getsockname()[1]}")
    recovery.ask("ann")
    mail.deliver()
    db.session.remove()
    row = db.session.query(Letter).one()
    assert (row.tries, row.sent_at) == (1, None)
    object.__setattr__(settings, "smtp_url", url)
    later(monkeypatch, 2 * clock.MINUTE)
    db.session.remove()
    mail.deliver()
    assert len(post.take()) == 1


def test_a_letter_that_came_too_late_or_to_another_address_is_thrown_away(ann, post, monkeypatch):
    recovery.ask("ann")
    later(monkeypatch, 3 * 60 * clock.MINUTE)
    db.session.remove()
    mail.deliver()
    assert (post.take(), letters.waiting()) == ([], 0)
    assert db.session.query(Mailing).count() == 0
