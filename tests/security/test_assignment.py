"""Fields that a request has no business with: every body carries every column of every table, and none sticks."""

import io
import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from messenger.extensions import Base, db
from messenger.settings import Settings
from tests.promises.foreign import HOMES
from tests.security.addresses import UNSAFE, addresses, register, sign_in

pytestmark = pytest.mark.security("mass assignment")
NUMBER, WORD = 987_654_321, "poisoned"
# Where what somebody sends may stand, because it is what he says, wants or is called.
SAYS = {
    ("messages", "text"), ("messages", "html"), ("messages", "client_id"), ("messages", "fingerprint"),
    ("messages", "event"), ("editions", "text"),
    ("chats", "name"), ("users", "name"), ("users", "about"), ("users", "first_name"), ("users", "last_name"),
    ("users", "preferences"), ("users", "login"), ("users", "login_key"), ("users", "email"), ("users", "email_key"),
    ("members", "draft"), ("members", "notify"), ("reactions", "emoji"), ("attachments", "name"), ("reports", "reason"),
}  # fmt: skip
TAKES_FILES = re.compile("upload|avatar|attachment|^/settings$|^/(dialog|group)/[^/]+$")
# What makes somebody more than he is.
POWER = ("is_admin", "disabled_at", "deleted_at", "password_hash", "uid", "created_at")


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


def columns():
    """Every column of every table, as it is called and as programs write it."""
    names = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    return sorted(
        names | {"".join(w.capitalize() if n else w for n, w in enumerate(name.split("_"))) for name in names}
    )


def poison(kind):
    """Every field there is, with a value that can be recognised."""
    flags = {name: True for name in columns() if name.startswith(("is", "shows"))}
    if kind == "json":
        words = {
            name: WORD if name in ("role", "kind", "door", "status", "passwordHash", "password_hash") else NUMBER
            for name in columns()
        }
        return (
            words
            | flags
            | {"admin": True, "isAdmin": True, "role": "owner", "text": "said", "user": {"is_admin": True}}
        )
    return (
        {name: str(NUMBER) for name in columns()}
        | dict.fromkeys(flags, "1")
        | {"admin": "1", "role": "owner", "text": "said"}
    )


def stains(app):
    """(table, column) of every place where a poisoned value stands."""
    found = set()
    with app.app_context():
        for name, table in Base.metadata.tables.items():
            for column in table.columns:
                here = f'CAST("{column.name}" AS TEXT)'
                asked = text(f'SELECT count(*) FROM "{name}" WHERE {here} LIKE :a OR {here} LIKE :b')
                if db.session.execute(asked, {"a": f"%{NUMBER}%", "b": f"%{WORD}%"}).scalar():
                    found.add((name, column.name))
        db.session.remove()
    return found


def powers(app, login):
    """What somebody is."""
    with app.app_context():
        row = db.session.execute(
            text(f"SELECT {', '.join(POWER)} FROM users WHERE login = :login"), {"login": login}
        ).one()
        db.session.remove()
    return tuple(row)


def admins(app):
    """How many people administer the server."""
    with app.app_context():
        found = db.session.execute(text("SELECT count(*) FROM users WHERE is_admin")).scalar()
        db.session.remove()
    return found


def bombard(app, bob, attack, asked):
    """Every field to every address, as JSON, as a form, and as a form with a file."""
    for one in asked:
        path = one.path(login="ann", username="ann", chat_id=2, group_id=2, message_id=1, conversation_id=1)
        if bob.get("/me").status_code != 200:  # one of the addresses has signed him out
            bob = sign_in(app, "bob")
        for kind in ("json", "form", "parts") if TAKES_FILES.search(one.rule) else ("json", "form"):
            given = {"json": poison("json")} if kind == "json" else {"data": poison("form")}
            if kind == "parts":
                given["data"] = {**poison("form"), "files": (io.BytesIO(b"x"), "x.txt")}
                given["content_type"] = "multipart/form-data"
            headers = {"Authorization": f"Bearer {bob.token}", "Accept": ("*/*", "text/html")[kind != "json"]}
            assert app.test_client().open(path, method=one.method, headers=headers, **given).status_code < 500, one
            attack.tried()


def test_no_field_sticks_that_is_not_asked_for(app, attack):
    ann, bob = register(app, "ann"), register(app, "bob")
    ann.post("/dialog/bob", json={"text": "one"})
    bob.post("/group", json={"name": "choir", "private": False, "members": ["ann"]})
    before = powers(app, "ann"), powers(app, "bob"), admins(app)
    # The home of a protocol says the same as the root.
    asked = {(one.method, HOMES.sub("", one.rule)): one for one in addresses(app, UNSAFE)}
    asked = [one for one in asked.values() if not one.rule.endswith(("logout", "destroy"))]
    bombard(app, bob, attack, asked)
    assert (powers(app, "ann"), powers(app, "bob"), admins(app)) == before
    assert stains(app) - SAYS == set(), "say in SAYS that this is what one may write"


def test_a_field_that_is_asked_for_sticks_and_is_found(app):
    """So the looking finds: her name is written by her, and a column by us."""
    ann = register(app, "ann")
    assert (
        ann.post("/settings", data={"name": WORD, "about": ""}, headers={"Origin": "http://localhost"}).status_code
        == 303
    )
    assert ("users", "name") in stains(app)
    with closing(sqlite3.connect(app.extensions["settings"].sqlite_path, timeout=20)) as database, database:
        database.execute("UPDATE users SET avatar_key = ?", [WORD])
    assert ("users", "avatar_key") in stains(app) - SAYS


def test_looking_changes_nothing(app, attack):
    """No GET of the map does: afterwards every row is as it was, but for when and how far somebody has read."""
    ann, bob = register(app, "ann"), register(app, "bob")
    ann.post("/dialog/bob", json={"text": "one"})
    before = rows(app)
    for one in addresses(app, {"GET"}):
        for accept in ("*/*", "text/html"):
            path = one.path(login="ann", username="ann", chat_id=1, group_id=1, message_id=1, conversation_id=1)
            bob.get(f"{path}?q=one&delete=1&remove=1&_method=DELETE", headers={"Accept": accept})
            attack.tried()
    after = rows(app)
    assert {table: (before[table], after[table]) for table in before if before[table] != after[table]} == {}
    bob.post("/dialog/ann", json={"text": "two"})
    assert rows(app) != before, "the looking finds"


def rows(app):
    """Everything that is kept, but for who has seen what when."""
    quiet = {
        "seen_at",
        "read_position",
        "delivered_position",
        "revision",
        "leveled",
        "read_level",
        "delivered_level",
        "read_spoken",
    }
    kept = {}
    with app.app_context():
        for name, table in Base.metadata.tables.items():
            if name != "keepsakes":
                wanted = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in quiet)
                kept[name] = db.session.execute(text(f'SELECT {wanted} FROM "{name}" ORDER BY 1')).fetchall()
        db.session.remove()
    return kept
