"""Pruning takes what is old and leaves every position where it was; statistics count and quote nobody."""

import json
import os

import pytest
from sqlalchemy import select, text

from messenger.core import clock, history, messages, search, sweeping, upkeep
from messenger.core.facts import MessageDeleted
from messenger.core.models import Attachment, Edition, Keepsake, Message, Session
from messenger.core.verbs import verb
from messenger.extensions import db
from tests.core.files import send_file, stored
from tests.core.world import World

YEAR = 365 * clock.DAY


@pytest.fixture
def world(tmp_path, blank_url):
    with World(blank_url, tmp_path) as made:
        made.storage = made.app.extensions["storage"]
        yield made


@pytest.fixture
def chat(world):
    """Thirty old messages, one of them edited and one with a file, and three of today."""
    ann, bob = world.person("ann"), world.person("bob")
    world.ann, chat = ann, world.dialog(ann, bob)
    said = [world.say(ann, chat, f"apple {number}") for number in range(29)]
    messages.edit(ann, said[3].message_id, "apple pie")
    send_file(world, ann, chat, "look")
    make_old()
    for number in range(3):
        world.say(bob, chat, f"pear {number}")
    world.look()
    world.heard()
    return world.dialog(ann, bob)


@verb
def make_old(tx):
    """As if everything had been written, and everybody had signed in, a year ago."""
    for column in ("messages.created_at", "editions.written_at", "sessions.expires_at"):
        table, name = column.split(".")
        tx.execute(text(f"UPDATE {table} SET {name} = {name} - {2 * YEAR}"))


def flask(world, *words, code=0, **more):
    """What a command says."""
    db.session.remove()
    result = world.app.test_cli_runner().invoke(args=list(words), **more)
    assert result.exit_code == code, (result.output, result.exc_info)
    return result.stdout


def asked(world, *words):
    """The same, decoded."""
    return json.loads(flask(world, *words, "--json"))


def test_old_messages_leave_only_their_places(world, chat):
    before = asked(world, "prune", "--days", "365", "--dry-run")
    assert (before["messages"], before["revisions"], before["sessions"]) == (30, 1, 2)
    assert len([text for text in world.texts(chat) if text]) == 33, "a dry run does nothing"
    flask(world, "prune", "--days", "365", code=1, input="n\n")
    done = asked(world, "prune", "--days", "365", "--yes")
    assert {name: done[name] for name in ("messages", "revisions", "sessions", "files")} == {
        "messages": 30, "revisions": 0, "sessions": 2, "files": 1,
    }  # fmt: skip
    world.look()
    newest = history.newest(chat, 200)
    assert [message.position for message in newest] == list(range(1, 34))
    assert [message.text for message in newest] == [""] * 30 + ["pear 0", "pear 1", "pear 2"]
    assert search.messages(world.ann, "apple") == []
    assert stored(world) == []
    for table in (Edition, Session, Attachment):
        assert db.session.scalars(select(table)).all() == []
    assert len([fact for fact in world.told if isinstance(fact, MessageDeleted)]) == 30, "open pages hear of it"
    assert asked(world, "prune", "--days", "365", "--yes")["messages"] == 0


def test_without_a_retention_messages_stay(world, chat):
    assert asked(world, "prune", "--yes")["messages"] == 0
    world.look()
    assert len([text for text in world.texts(chat) if text]) == 33


def test_the_server_prunes_by_itself_and_only_one_process_does(world, chat):
    object.__setattr__(world.settings, "retention_days", 365)
    upkeep.look()
    world.look()
    assert len([text for text in world.texts(chat) if text]) == 3
    make_old()
    upkeep.look()
    world.look()
    assert len([text for text in world.texts(chat) if text]) == 3, "it is not due again yet"


def test_figures_count_and_quote_nobody(world, chat):
    found = asked(world, "stats", "--days", "7")
    assert found["people"] | {"active_day": 0} == {
        "all": 2, "active_day": 0, "active_week": 2, "active_month": 2, "disabled": 0, "sessions": 0,
    }  # fmt: skip
    assert [row["messages"] for row in found["messages_per_day"]] == [0] * 6 + [3]
    assert found["sizes"]["messages"] == 33
    assert found["sizes"]["database_bytes"] > 0
    assert found["largest_chats"][0]["messages"] == 33
    assert found["sockets"] is None
    said = flask(world, "stats")
    assert "apple" not in said
    assert "Messages per day" in said


def test_backups_are_made_by_the_server_itself_when_they_are_due(app, settings, monkeypatch, caplog):
    for name, value in {"INSTANCE_DIR": settings.instance_dir, "ENV_FILE": os.devnull, "SECRET_KEY": "k" * 40}.items():
        monkeypatch.setenv(name, value)
    object.__setattr__(settings, "backup_every", 24)
    with app.app_context(), caplog.at_level("INFO"):
        upkeep.look()
        upkeep.look()
        (archive,) = (path for path in os.listdir(settings.backup_to) if path.endswith(".tar.gz"))
        monkeypatch.setenv("BACKUP_TO", "/dev/null/nowhere")
        make_due()
        upkeep.look()
        kept = db.session.get(Keepsake, "claim:backup")
        assert int(kept.value) < clock.now() - 20 * 3600 * clock.SECOND, "it is tried again soon, not tomorrow"
    said = caplog.text
    assert f"backup made: {archive}" in said
    assert "the backup could not be made" in said
    assert sweeping.OURS.fullmatch(archive) is None


@verb
def make_due(tx):
    """As if the last backup had been made long ago."""
    tx.get_one(Keepsake, "claim:backup").value = "0"


def test_an_empty_server_has_figures_too(world):
    found = asked(world, "stats")
    assert (found["people"]["all"], found["largest_chats"]) == (0, [])
    assert db.session.scalars(select(Message)).all() == []
