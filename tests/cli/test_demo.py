"""`flask demo`: a lively cast on a fresh server, never on anybody's toes."""

import json

import pytest

from messenger.core import chats, clock, entrance, history, people, standings
from messenger.core.refusals import Unknown
from messenger.core.sessions import Device
from messenger.core.snapshots import Actor
from messenger.extensions import db


@pytest.fixture
def demo(app):
    """demo("--json") → exit code and what it said."""

    def run(*more):
        result = app.test_cli_runner().invoke(args=["demo", *more])
        assert "Traceback" not in result.output
        return result.exit_code, result.output

    with app.app_context():
        yield run
        db.session.remove()


def test_a_fresh_server_comes_alive(demo):
    code, said = demo("--json")
    told = json.loads(said)
    assert code == 0
    assert len(told["people"]) == 8
    first = told["people"][0]
    actor = entrance.authenticate(first["login"], first["password"], Device("test")).actor
    rows = standings.of(actor)
    assert len(rows) == 7
    assert sum(row.unread for row in rows) == 3
    assert any(row.draft for row in rows)
    assert any(row.pinned_at for row in rows)
    assert any(row.muted_until for row in rows)
    everything = [message for row in rows for message in history.newest(row.chat)]
    for trait in ("reply_to", "reactions", "attachments", "edited_at", "deleted_at", "pinned_at", "mentions"):
        assert any(getattr(message, trait) for message in everything), trait
    assert len({message.created_at // clock.DAY for message in everything}) >= 3
    for row in rows:
        moments = [message.created_at for message in history.newest(row.chat)]
        assert moments == sorted(moments)
    pictures = [file for message in everything for file in message.attachments]
    assert all(file.width and file.has_thumbnail for file in pictures)
    assert actor.person.avatar


def test_a_server_with_people_is_left_alone_and_done_again_it_adds_nothing(demo, app):
    assert app.test_cli_runner().invoke(args=["user", "create", "ann", "--password", "secret"]).exit_code == 0
    code, said = demo()
    assert code == 1
    assert "--force" in said
    with pytest.raises(Unknown):
        people.by_login("mira")
    assert demo("--force", "--password", "known to us")[0] == 0
    assert entrance.authenticate("jonas", "known to us", Device("test")).actor.login == "jonas"
    assert chats.ids_of(people.by_login("ann").user_id) == []
    code, said = demo("--force", "--json")
    assert (code, json.loads(said)["messages"]) == (0, 0)
    assert {row["password"] for row in json.loads(said)["people"]} == {"as it was"}
    assert len(standings.of(Actor(people.by_login("mira")))) == 7
