"""flask import: what stands here afterwards."""

import json
import shutil

from messenger.core import clock, history
from messenger.core.facts import MessageSent
from messenger.core.models import Attachment, Chat, User
from messenger.extensions import db, storage
from tests.cli.arrivals import SAMPLES, fresh, named, packed, told, typed


def test_slack_comes_in_as_it_was(world):
    ann, bob = named(world, "ann"), named(world, "bobby", "Bob", "bob@example.org")
    world.heard()
    look = typed(world, "import", SAMPLES / "slack")
    assert {p["name"]: (p["how"], p["login"], p["why"]) for p in look["people"]} == {
        "Ann Archer": ("existing", "ann", "same login"),
        "Bob Builder": ("existing", "bobby", "same e-mail"),
        "Cid Gone": ("new", "cid", "nobody here is like that"),
        "Weather": ("new", "Weather", "nobody here is like that"),
        "USLACKBOT": ("new", "USLACKBOT", "nobody here is like that"),
    }
    assert (look["messages"], look["missing_files"]) == (10, 1)
    done = typed(world, "import", SAMPLES / "slack", "--yes")
    assert (done["people"], done["chats"], done["messages"]) == (3, 4, 10)
    assert world.heard(MessageSent) == []
    said = [m for m in told(world)["messages"] if m["chat"] == 1]
    assert [(m["author"], m["kind"], m["text"]) for m in said] == [
        ("bobby", "system", "has joined the channel"),
        ("ann", "text", "Hello @bobby, **tides** are in [the table](https://example.org/t?a=1&b=2). 2 < 3 👍"),
        ("bobby", "text", "I see @here #general ~~no~~ `a*b*c &`"),
        ("cid", "text", "the plan\n📎 [plan.pdf](https://files.slack.com/files-pri/T0-F1/plan.pdf?t=xoxe-1)"),
        ("Weather", "text", "Wind 5"),
        ("USLACKBOT", "text", ""),
        ("ann", "text", "_waves_"),
    ]
    assert [m["reply_to"] for m in said] == [None, None, 2, None, None, None, None]
    assert [(r["login"], r["emoji"]) for r in said[1]["reactions"]] == [("ann", "👍"), ("bobby", "👋")]
    group = db.session.get(Chat, 1)
    assert (group.name, group.is_public, group.created_at) == ("general", True, 1704103200000000)
    assert db.session.get(Chat, 2).archived_at
    cid = db.session.query(User).filter_by(login="cid").one()
    assert (cid.is_active, cid.password_hash) == (False, None)
    world.say(bob, world.dialog(bob, ann), "and on it goes")
    assert world.texts(world.dialog(ann, bob)) == ["between us", "and on it goes"]
    again = typed(world, "import", SAMPLES / "slack", "--yes", "--enable")
    assert (again["people"], again["messages"], again["present"]) == (0, 0, 10)


def test_files_come_in_and_what_is_too_large_or_empty_is_said(tmp_path, blank_database):
    folder = tmp_path / "mattermost"
    shutil.copytree(SAMPLES / "mattermost", folder)
    (folder / "data/20240301/files/gone.txt").write_bytes(b"x" * 1_100_000)
    with fresh(tmp_path / "here", blank_database, max_upload_mb=1) as world:
        done = typed(world, "import", packed(folder, tmp_path / "in"), "--yes")
        assert (done["files"], len(done["refused_files"])) == (1, 1)
        assert "1 MiB at most" in done["refused_files"][0]
        first = told(world)["messages"][0]
        assert first["text"].endswith("📎 gone.txt (not in the export)")
        row = db.session.query(Attachment).one()
        assert (row.name, row.created_at) == ("tides.txt", first["created_at"])
        assert b"".join(storage.read(row.key)) == b"high water at nine\n"
        assert typed(world, "import", tmp_path / "in.zip", "--yes")["files"] == 0
        assert len(list(storage.entries())) == 1


def test_what_is_long_or_no_text_comes_in_as_far_as_it_can(world, tmp_path):
    words = " ".join(f"word{number}" for number in range(3_000))
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))"
    answered = {"thread_ts": "1704189600.000100"}
    said = [
        ("U1", words, {}),
        ("U1", "a\x00b\x07", {}),
        ("U2", "an answer", answered),
        ("U2", "", {}),
        ("U2", hostile, {}),
    ]
    lines = [
        {"type": "message", "user": who, "text": text, "ts": f"{1704189600 + number}.000100", **more}
        for number, (who, text, more) in enumerate(said)
    ]
    (tmp_path / "slack" / "x").mkdir(parents=True)
    (tmp_path / "slack/users.json").write_text('[{"id": "U1", "name": "ws"}, {"id": "U2", "name": "Ünï ¡!"}]')
    (tmp_path / "slack/channels.json").write_text(
        '[{"id": "C", "name": "x", "members": ["U1"], "created": 1704189000}]'
    )
    (tmp_path / "slack/x/2024-01-02.json").write_text(json.dumps(lines))
    done = typed(world, "import", tmp_path / "slack", "--yes")
    assert done["messages"] == 5
    said = told(world)["messages"]
    pieces = [m["text"] for m in said if m["text"].startswith("word")]
    assert len(pieces) == 4
    assert " ".join(pieces) == words
    assert all(len(piece) <= 8_000 for piece in pieces)
    assert [m["text"] for m in said[4:7]] == ["ab", "an answer", "–"]
    assert said[5]["reply_to"] == 1
    html = db.session.execute(db.text("SELECT html FROM messages WHERE text LIKE '<script%'")).scalar_one()
    assert "<script" not in html
    assert "javascript:" not in html.partition("href")[2]
    assert [u.login for u in db.session.query(User).order_by(User.id)][:2] == ["ws1", "ünï"]


def test_whatsapp_comes_in_for_two_people_who_talk_on(world):
    ann, bob = named(world, "ann"), named(world, "bob")
    where = SAMPLES / "whatsapp" / "WhatsApp Chat with Bob.txt"
    done = typed(world, "import", where, "--time-zone", "Europe/Berlin", "--yes")
    assert (done["people"], done["messages"]) == (0, 8)
    world.look()
    said = history.newest(world.dialog(ann, bob), 20)
    assert [m.position for m in said] == list(range(1, 9))
    assert f"{clock.moment(said[1].created_at):%Y-%m-%d %H:%M}" == "2024-01-13 20:59"
    assert said[3].text == "📎 Media omitted (not in the export)"
    assert said[5].deleted_at
    assert "no time zone" in world.app.test_cli_runner().invoke(args=["import", str(where), "--time-zone", "x"]).output
    plain = world.app.test_cli_runner().invoke(args=["import", str(where)])
    assert "2 people are here already" in plain.output
    assert "Nothing was brought in. With --yes" in plain.output
