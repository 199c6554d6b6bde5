"""flask import: who becomes whom, what stands here afterwards, and what is refused."""

import csv
import json
import os
import shutil
import stat
import zipfile

import pytest

from messenger.cli.imports import box
from messenger.core import accounts, clock, history
from messenger.core.facts import MessageSent
from messenger.core.models import Attachment, Chat, User
from messenger.extensions import db, storage
from tests.cli.arrivals import SAMPLES, fresh, packed, told, typed


@pytest.fixture
def world(tmp_path, blank_database):
    with fresh(tmp_path / "here", blank_database) as made:
        yield made


def named(world, login, name="", email=None):
    """Somebody of this very login."""
    application = accounts.Application(login, "secret", name or login.capitalize(), email)
    return accounts.create(application, "no password opens this", None).actor


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


def test_who_could_be_several_people_waits_for_the_map(world, tmp_path):
    named(world, "bob1", "Bob")
    named(world, "bob2", "Bob")
    named(world, "gone")
    where = SAMPLES / "telegram"
    look = typed(world, "import", where)
    assert {p["source"]: (p["how"], p["login"]) for p in look["people"]} == {
        "user1001": ("new", "ann.archer"), "user1002": ("unclear", None), "user1003": ("new", "deleted.account"),
    }  # fmt: skip
    refused = typed(world, "import", where, "--yes", code=1)
    assert "It is not clear who these are: Bob." in refused
    assert told(world)["messages"] == []
    typed(world, "import", where, "--write-map", tmp_path / "who.csv")
    assert "exists already" in typed(world, "import", where, "--write-map", tmp_path / "who.csv", code=1)
    rows = list(csv.DictReader((tmp_path / "who.csv").open()))
    assert rows[1] == {"source": "user1002", "name": "Bob", "email": "", "how": "", "login": ""}
    rows[1]["login"] = "bob2"
    rows[0] |= {"how": "new", "login": "annie"}
    with (tmp_path / "who.csv").open("w", newline="") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
    typed(world, "import", where, "--map", tmp_path / "who.csv", "--yes")
    said = told(world)["messages"]
    assert [m["author"] for m in said[:3]] == ["annie", "annie", "bob2"]
    assert "@bob2" in said[1]["text"]
    owners = [m["login"] for m in told(world)["members"] if m["role"] == "owner"]
    assert owners == ["bob2"]
    again = typed(world, "import", where, "--map", tmp_path / "who.csv", "--yes")
    assert (again["messages"], again["present"]) == (0, 9)
    (tmp_path / "other.json").write_text(json.dumps({"user1002": "bob1"}))
    assert "was brought in before, as bob2" in typed(world, "import", where, "--map", tmp_path / "other.json", code=1)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("m.json", '{"user1002": "nobody", "x": {"how": "existing"}}', "m.json, x: there is no 'x' in the export"),
        ("m.json", '{"user1002": {"how": "existing", "login": "nobody"}}', "nobody here is called 'nobody'"),
        ("m.json", '{"user1002": {"how": "new", "login": "gone"}}', "the login 'gone' is taken"),
        ("m.json", '{"user1002": {"how": "new", "login": "a b"}}', "A login is made of letters"),
        ("m.json", '{"user1002": {"how": "maybe", "login": "x"}}', "neither existing nor new"),
        ("m.json", "[1]", "must be an object"),
        ("m.json", '{"user1002": 3}', "a login is a text"),
        ("m.csv", "name,x\n1,2", "source and login"),
        ("m.csv", "source,login\nuser1002,x\nuser1002,y", "m.csv, line 3: 'user1002' stands twice"),
        ("missing.csv", None, "missing.csv cannot be read"),
    ],
)
def test_a_wrong_map_is_refused(shared, tmp_path, name, content, says):
    if content is not None:
        (tmp_path / name).write_text(content)
    assert says in typed(shared, "import", SAMPLES / "telegram", "--map", tmp_path / name, "--yes", code=1)
    assert db.session.query(User).count() == 1


@pytest.fixture(scope="module")
def shared(tmp_path_factory, blank_database):
    """A world in which only one person lives; nothing comes into it."""
    with fresh(tmp_path_factory.mktemp("shared"), blank_database) as made:
        named(made, "gone")
        yield made


def test_two_people_become_one_only_by_the_map(world, tmp_path):
    named(world, "ann", "Ann Archer", "bob@example.org")
    look = typed(world, "import", SAMPLES / "slack")
    assert [p["how"] for p in look["people"][:2]] == ["unclear", "unclear"]
    (tmp_path / "m.json").write_text(json.dumps({"U01ANN": "ann", "U02BOB": "ann"}))
    assert typed(world, "import", SAMPLES / "slack", "--map", tmp_path / "m.json", "--yes")["messages"] == 10
    (dialog,) = db.session.query(Chat).filter(Chat.kind == "dialog")
    assert dialog.pair_low == dialog.pair_high


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


def zipped(path, *entries):
    """A zip of these (name, content, mode)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


@pytest.mark.security
def test_traps_are_refused(shared, tmp_path):
    plain = stat.S_IFREG | 0o600
    for number, (name, content, mode, says) in enumerate(
        [
            ("../evil.json", "x", plain, "leads out of the export"),
            ("/etc/evil", "x", plain, "leads out of the export"),
            ("a/../../evil", "x", plain, "leads out of the export"),
            ("C:\\evil", "x", plain, "leads out of the export"),
            ("link", "/etc/passwd", stat.S_IFLNK | 0o777, "is a link"),
            ("bomb.json", b"\0" * 40_000_000, plain, "would unpack to"),
            ("nothing.txt", "known to nobody", plain, "does not look like an export of any that is known"),
        ]
    ):
        path = zipped(tmp_path / f"{number}.zip", (name, content, mode))
        refused = typed(shared, "import", path, "--yes", code=1)
        assert says in refused, name
        assert "Nothing was brought in." in refused
    assert "There is no" in typed(shared, "import", tmp_path / "missing", code=1)
    (tmp_path / "cut.zip").write_bytes((tmp_path / "6.zip").read_bytes()[:-10] + b"0" * 10)
    typed(shared, "import", tmp_path / "cut.zip", code=1)


@pytest.mark.security
def test_links_in_a_folder_and_paths_in_the_lines_lead_nowhere(shared, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    folder = tmp_path / "telegram"
    shutil.copytree(SAMPLES / "telegram", folder)
    (folder / "photos" / "photo_1@02-01-2024.jpg").unlink()
    os.symlink(secret, folder / "photos" / "photo_1@02-01-2024.jpg")
    look = typed(shared, "import", folder)
    assert (look["files"], look["missing_files"]) == (0, 2)
    for path in ("../secret.txt", str(secret)):
        text = (SAMPLES / "telegram" / "result.json").read_text()
        (folder / "result.json").write_text(text.replace("photos/photo_1@02-01-2024.jpg", path))
        assert "leads out of the export" in typed(shared, "import", folder, code=1)
    os.symlink(tmp_path, folder / "all")
    assert not any(name.startswith("all") for name in box.opened(folder).names)


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
