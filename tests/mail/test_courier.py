"""Letters leave by themselves from a serving process, and on the other database too."""

import time

import pytest

from messenger import mail
from messenger.core import accounts, administration, clock, groups, letters, mailing, messages, missed, passes, recovery
from messenger.core import chats as chats_of
from messenger.core import register as people_of
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.models import User
from messenger.core.sessions import Device
from messenger.extensions import db
from tests.cast import Person
from tests.core.world import World
from tests.fixtures.post import link_in

HERE = Device("test")


@pytest.fixture
def world(tmp_path, postgres, post):
    url = f"smtp://{post.address}"
    with World(postgres.blank(), tmp_path, smtp_url=url, base_url="http://localhost") as made:
        yield made


def test_a_serving_process_sends_what_was_asked_for_without_being_asked_again(serve, post):
    server = serve(SMTP_URL=f"smtp://{post.address}", BASE_URL="http://127.0.0.1")
    ann = Person(server.url, "ann")
    form = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    said = ann.post("/settings/email", f"email=ann%40example.org&password={ann.password}", headers=form)
    assert said.status == 303, said
    assert ann.stranger().post("/forgot", f"login={ann.login}", headers=form).status == 200
    until = time.monotonic() + 40
    while not post.letters and time.monotonic() < until:
        time.sleep(0.1)
    (letter,) = post.take()
    assert ann.stranger().get(link_in(letter, "reset"), headers={"Accept": "text/html"}).status == 200
    assert "Traceback" not in server.log


def test_the_same_words_on_postgresql(world, post, monkeypatch):
    ann = accounts.register(Application("ann", "secret", "Ann", "ann@example.org"), HERE).actor
    bob = accounts.register(Application("bob", "secret", "Bob"), HERE).actor
    administration.promote(Steward(), bob.user_id)
    recovery.ask("ann")
    mail.deliver()
    assert [letter["To"] for letter in post.take()] == ["ann@example.org"]
    key = db.session.get(User, ann.user_id).email_key
    mailing.verify(passes.made("verify", ann.user_id, key, 60))
    group = groups.create(bob, "Tenors", False, [ann.person])
    messages.send(bob, chats_of.with_person(bob, ann.person), "hello")
    moment = clock.now() + 31 * clock.MINUTE
    monkeypatch.setattr(clock, "now", lambda: moment)
    db.session.remove()
    missed.look()
    mail.deliver()
    assert len(post.take()) == 1
    assert letters.waiting() == 0
    assert [row.person.login for row in people_of.people_page("A", "all")] == ["ann"]
    assert [row.person.login for row in people_of.people_page("", "admins")] == ["bob"]
    assert [(row.chat_id, row.members) for row in people_of.groups_page("ten")] == [(group.chat_id, 2)]
    assert people_of.largest_holdings() == []
