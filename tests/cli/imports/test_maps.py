"""flask import: who becomes whom, and who says so."""

import csv
import json

import pytest

from messenger.core.models import Chat, User
from messenger.extensions import db
from tests.cli.arrivals import SAMPLES, named, told, typed


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


def test_two_people_become_one_only_by_the_map(world, tmp_path):
    named(world, "ann", "Ann Archer", "bob@example.org")
    look = typed(world, "import", SAMPLES / "slack")
    assert [p["how"] for p in look["people"][:2]] == ["unclear", "unclear"]
    (tmp_path / "m.json").write_text(json.dumps({"U01ANN": "ann", "U02BOB": "ann"}))
    assert typed(world, "import", SAMPLES / "slack", "--map", tmp_path / "m.json", "--yes")["messages"] == 10
    (dialog,) = db.session.query(Chat).filter(Chat.kind == "dialog")
    assert dialog.pair_low == dialog.pair_high
