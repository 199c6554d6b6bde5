"""What leaves one server by `flask export` and comes into another by `flask import` is the same there."""

import json
import shutil

import pytest

from messenger.core import accounts, attachments, avatars, groups, messages, people, reactions, standings
from messenger.core.models import Chat, Member, Message, User
from messenger.core.snapshots import Actor
from messenger.core.verbs import verb
from messenger.extensions import db
from tests.cli.arrivals import fresh, told, typed
from tests.core.world import World
from tests.fixtures.pictures import picture


def fill(world):
    """A world with one of everything."""
    ann, bob, cid, gone = (world.person(role) for role in ("ann", "bob", "cid", "gone"))
    team = world.group(ann, bob, gone, name="Team <b>&", is_public=True)
    said = world.say(ann, team, "**first** & <script>x</script>", client_id="1")
    answer = world.say(bob, team, f"see @{ann.login}", reply_to_id=said.message_id)
    messages.edit(ann, said.message_id, "**first**, said better")
    reactions.react(bob, said.message_id, "👍")
    reactions.react(ann, answer.message_id, "🎉")
    messages.pin(bob, said.message_id)
    file = attachments.receive(bob, "../../harbour <1>.png", [picture(width=60, height=40)])
    page = attachments.receive(bob, "page.html", [b"<script>alert(1)</script>"])
    world.say(bob, team, "", attachment_ids=(file.attachment_id, page.attachment_id))
    taken_back = world.say(bob, team, "never mind")
    messages.delete(bob, taken_back.message_id)
    world.say(gone, team, "my last words")
    groups.leave(gone, team.chat_id)
    accounts.remove(gone.user_id)
    world.say(ann, world.dialog(ann, bob), "between us")
    world.say(ann, world.dialog(ann, ann), "to myself")
    alone = world.group(cid, name="Over")
    groups.leave(cid, alone.chat_id)
    worn = attachments.receive(ann, "me.png", [picture()])
    avatars.choose(ann, worn)
    accounts.disable(cid.user_id)
    return ann, bob, team


def same(told_there, told_here):
    """Both as they are, but for the numbers of chats and files."""
    return _numberless(told_there) == _numberless(told_here)


def _numberless(told):
    order = {line["chat"]: place for place, line in enumerate(told["chats"])}
    plain = json.loads(json.dumps(told))
    for line in (*plain["chats"], *plain["members"], *plain["messages"]):
        line["chat"] = order[line["chat"]]
        for file in line.get("files", ()):
            file["path"] = file["path"].rpartition("/")[2]
    plain["members"].sort(key=lambda line: (line["chat"], line["login"]))
    return plain


def lines_in(folder):
    """The JSON lines of an export."""
    names = ("people", "chats", "members", "messages")
    return {name: [json.loads(line) for line in (folder / f"{name}.jsonl").open()] for name in names}


def test_a_server_is_the_same_on_another_one(kind, request, tmp_path, blank_database):
    there, here = tmp_path / "there", tmp_path / "here"
    urls = []
    for folder in (there, here):
        folder.mkdir()
        if kind == "sqlite":
            shutil.copy(blank_database, folder / "messenger.db")
            urls.append(f"sqlite:///{folder / 'messenger.db'}")
        else:
            urls.append(request.getfixturevalue("postgres").blank())
    with World(urls[0], there) as world:
        fill(world)
        done = typed(world, "export", "server", tmp_path / "out")
        assert (done["chats"], done["files"], done["missing"]) == (4, 2, 0)
        assert done["messages"] == len(told(world)["messages"])
    with World(urls[1], here) as world:
        look = typed(world, "import", tmp_path / "out")
        assert (look["is_done"], look["unclear"], len(look["people"])) == (False, 0, 4)
        assert told(world)["people"] == []
        done = typed(world, "import", tmp_path / "out", "--enable", "--yes")
        assert (done["people"], done["messages"], done["files"], done["refused_files"]) == (4, look["messages"], 2, [])
        typed(world, "export", "server", tmp_path / "again.zip")
        shutil.unpack_archive(tmp_path / "again.zip", tmp_path / "again")
        assert same(lines_in(tmp_path / "out"), lines_in(tmp_path / "again"))
        assert same(lines_in(tmp_path / "out"), told(world))
        once_more = typed(world, "import", tmp_path / "out", "--enable", "--yes")
        assert (once_more["people"], once_more["messages"], once_more["files"]) == (0, 0, 0)
        assert once_more["present"] == look["messages"]
        assert same(lines_in(tmp_path / "out"), told(world))
        _check_numbers(world)
        assert "this very server" in typed(world, "import", tmp_path / "again", code=1)


def _check_numbers(world):
    """Positions without a gap, nothing unread, nobody who may sign in, nobody who leads the server."""
    for chat in db.session.query(Chat):
        rows = db.session.query(Message).filter_by(chat_id=chat.id).order_by(Message.position).all()
        assert [row.position for row in rows] == list(range(1, chat.position + 1))
        assert all(row.client_id.startswith("import/messenger/") for row in rows)
        assert rows[-1].revision <= chat.revision
    for member in db.session.query(Member).filter(Member.left_at.is_(None)):
        assert member.read_position == db.session.get(Chat, member.chat_id).position
    users = db.session.query(User).all()
    assert all(user.password_hash is None and not user.is_admin for user in users)
    ann = next(user for user in users if user.login.startswith("ann"))
    assert ann.avatar_key
    listed = standings.of(Actor(people.snapshot(ann)), 50)
    assert [one.unread for one in listed] == [0, 0, 0]
    assert not any(one.mentioned for one in listed)
    world.look()


@pytest.fixture
def world(tmp_path, blank_database):
    with fresh(tmp_path / "there", blank_database) as made:
        yield made


def test_what_came_later_comes_in_behind(world, tmp_path, blank_database):
    ann, bob = world.person("ann"), world.person("bob")
    dialog = world.dialog(ann, bob)
    first = world.say(ann, dialog, "monday")
    typed(world, "export", "server", tmp_path / "monday")
    world.say(bob, world.dialog(ann, bob), "tuesday", reply_to_id=first.message_id)
    typed(world, "export", "chat", f"{ann.login},{bob.login}", tmp_path / "tuesday")
    with fresh(tmp_path / "here", blank_database) as here:
        typed(here, "import", tmp_path / "monday", "--yes", "--enable")
        done = typed(here, "import", tmp_path / "tuesday", "--yes")
        assert (done["messages"], done["present"], done["people"]) == (1, 1, 0)
        assert [(m["text"], m["reply_to"]) for m in told(here)["messages"]] == [("monday", None), ("tuesday", 1)]


def test_people_of_the_same_login_or_e_mail_are_the_same_and_their_dialog_goes_on(world, tmp_path, blank_database):
    ann, bob = world.person("ann", email="ann@example.org"), world.person("bob")
    world.say(ann, world.dialog(ann, bob), "from there")
    typed(world, "export", "server", tmp_path / "out")
    with fresh(tmp_path / "here", blank_database) as here:
        other = here.person("anna", email="ann@example.org")
        bobby = accounts.create(accounts.Application(bob.login, "secret", "Bobby"), "no password", None).actor
        here.say(bobby, here.dialog(bobby, other), "from here")
        look = typed(here, "import", tmp_path / "out")
        assert [(p["how"], p["login"]) for p in look["people"]] == [("existing", other.login), ("existing", bob.login)]
        assert look["warnings"]
        typed(here, "import", tmp_path / "out", "--yes")
        assert here.texts(here.dialog(bobby, other)) == ["from here", "from there"]
        assert {user.is_active for user in db.session.query(User)} == {True}


def test_an_import_that_was_stopped_goes_on(world, tmp_path, blank_database):
    ann, bob = world.person("ann"), world.person("bob")
    for number in range(4):
        world.say(ann, world.dialog(ann, bob), f"{number}")
    world.say(ann, world.dialog(ann, ann), "last")
    typed(world, "export", "server", tmp_path / "out")
    with fresh(tmp_path / "here", blank_database) as here:
        _sql("CREATE TRIGGER full BEFORE INSERT ON messages WHEN (SELECT count(*) FROM messages) >= 4"
             " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")  # fmt: skip
        refused = typed(here, "import", tmp_path / "out", "--yes", code=1)
        assert "So far 4 messages in 1 whole chats came in." in refused
        _sql("DROP TRIGGER full")
        done = typed(here, "import", tmp_path / "out", "--yes")
        assert (done["messages"], done["present"]) == (1, 4)
        assert [m["text"] for m in told(here)["messages"]] == ["0", "1", "2", "3", "last"]


@verb
def _sql(tx, line):
    tx.connection().exec_driver_sql(line)


BROKEN = (
    ("messages.jsonl", "{broken", "messages.jsonl, line 2"),
    ("messages.jsonl", {"chat": 99, "position": 1, "author": "a", "text": "", "created_at": 1}, "chat 99 is unknown"),
    ("messages.jsonl", {"chat": 1, "position": 1, "author": "a", "text": "", "created_at": 1e300}, "line 2"),
    ("messages.jsonl", {"chat": 1, "position": 1, "author": "a", "text": 7, "created_at": 1}, "line 2"),
    ("messages.jsonl", "[" * 100_000, "line 2"),
    ("members.jsonl", {"chat": 99, "login": "ann"}, "there is no chat 99"),
    ("people.jsonl", {"login": "x"}, "people.jsonl, line 3"),
    ("chats.jsonl", {"chat": 2, "kind": "party"}, "chats.jsonl, line 2"),
    ("export.json", {"form": "messenger-export", "version": 2, "server": "x"}, "version 2"),
)


def test_a_broken_line_is_named_and_nothing_comes_in(world, tmp_path):
    ann, bob = world.person("ann"), world.person("bob")
    world.say(ann, world.dialog(ann, bob), "hello")
    typed(world, "export", "server", tmp_path / "out")
    head = json.loads((tmp_path / "out" / "export.json").read_text()) | {"server": "elsewhere"}
    (tmp_path / "out" / "export.json").write_text(json.dumps(head))
    before = told(world)
    for name, line, says in BROKEN:
        path = tmp_path / "out" / name
        sound = path.read_text()
        line = line if isinstance(line, str) else json.dumps(line)
        path.write_text(line if name == "export.json" else f"{sound}{line}\n")
        refused = typed(world, "import", tmp_path / "out", "--yes", code=1)
        assert says in refused
        assert "Nothing was brought in." in refused
        path.write_text(sound)
    assert told(world) == before
    assert typed(world, "import", tmp_path / "out")["messages"] == 1


def test_who_has_left_an_imported_group_here_is_not_brought_back(world, tmp_path, blank_database):
    ann, bob = world.person("ann"), world.person("bob")
    world.group(ann, bob)
    typed(world, "export", "server", tmp_path / "out")
    with fresh(tmp_path / "here", blank_database) as here:
        typed(here, "import", tmp_path / "out", "--yes", "--enable")
        user = db.session.query(User).filter_by(login=bob.login).one()
        chat = db.session.query(Chat).one()
        groups.leave(Actor(people.snapshot(user)), chat.id)
        typed(here, "import", tmp_path / "out", "--yes")
        assert [m["left_at"] is None for m in told(here)["members"]] == [True, False]
