"""The commands for people, groups, invitations and messages: what they do, say and refuse."""

import json

import pytest

from messenger.core import entrance, invitations, members, people, sessions
from messenger.core.sessions import Device
from messenger.extensions import db

COMMANDS = {
    "user": "create list show password disable enable promote delete sessions",
    "group": "list create add remove",
    "invite": "create list revoke",
    "message": "send tail",
}


@pytest.fixture
def flask(app):
    """flask("user list") → what the command answered; fails unless the exit code is the expected one."""

    def run(line, *more, code=0, says="", input=None):
        result = app.test_cli_runner().invoke(args=[*line.split(), *more], input=input)
        assert result.exit_code == code, result.output
        assert says in result.output
        assert "Traceback" not in result.output
        return result.output

    with app.app_context():
        yield run
        db.session.remove()


@pytest.fixture
def asked(flask):
    """The same with --json, decoded."""
    return lambda line, *more, **how: json.loads(flask(line, *more, "--json", **how))


@pytest.fixture
def ann(asked):
    return asked("user create ann --name Ann --password secret --admin")


@pytest.fixture
def bob(ann, asked):
    return asked("user create bob --password secret")


@pytest.mark.parametrize("noun", COMMANDS)
def test_every_command_has_help_and_json(flask, noun):
    said = flask(f"{noun} --help")
    for name in COMMANDS[noun].split():
        assert name in said
        assert "--json" in flask(f"{noun} {name} --help")
    assert "--json" in flask("token --help")


def test_making_people(flask, asked, ann):
    assert (ann["login"], ann["name"], ann["is_admin"]) == ("ann", "Ann", True)
    made = asked("user create bob --email bob@example.org --generate --admin")
    assert made["is_admin"]
    assert entrance.authenticate("bob@example.org", made["password"], Device("test")).actor.is_admin
    asked("user create cid", input="from a pipe\n")
    assert entrance.authenticate("cid", "from a pipe", Device("test")).actor.login == "cid"
    flask("user create ANN --password secret", code=1, says="already taken")
    flask("user create dan --password x", code=1, says="at least 3")
    flask("user create a/b --password secret", code=1, says="letters")
    flask("user create", code=2)
    assert [row["login"] for row in asked("user list")] == ["ann", "bob", "cid"]
    assert "bob@example.org" in flask("user list")


def test_showing_a_person(flask, asked, ann):
    shown = asked("user show ann")
    assert (shown["login"], shown["is_disabled"], shown["sessions"]) == ("ann", False, 0)
    assert "created_at" in flask("user show ann")
    flask("user show nobody", code=1, says="nobody called nobody")


def test_another_password_ends_the_sessions(asked, ann):
    before = entrance.authenticate("ann", "secret", Device("test"))
    made = asked("user password ann --generate")
    assert sessions.resolve(before.token) is None
    assert entrance.authenticate("ann", made["password"], Device("test")).actor.login == "ann"


def test_disabling_enabling_and_promoting(flask, asked, bob):
    signed_in = entrance.authenticate("bob", "secret", Device("test"))
    assert asked("user disable bob")["is_disabled"]
    assert sessions.resolve(signed_in.token) is None
    assert not asked("user enable bob")["is_disabled"]
    assert asked("user promote bob")["is_admin"]
    assert not asked("user promote bob --demote")["is_admin"]
    flask("user promote nobody", code=1)


def test_the_last_administrator_stays(flask, asked, bob):
    for deed in ("disable ann", "promote ann --demote", "delete ann --yes", "delete ann --dry-run"):
        flask(f"user {deed}", code=1, says="This server needs an administrator: make somebody else one first.")
    asked("user promote bob")
    assert asked("user delete ann --yes") == {"deleted": "ann"}


def test_deleting_asks_first(flask, asked, bob):
    flask("user delete bob --dry-run", says="Would delete the account of bob")
    flask("user delete bob", input="n\n", code=1)
    assert people.by_login("bob").login == "bob"
    db.session.remove()
    assert asked("user delete bob --yes") == {"deleted": "bob"}
    flask("user show bob", code=1)


def test_sessions_and_tokens(flask, asked, ann):
    token = flask("token ann").strip()
    assert sessions.resolve(token).login == "ann"
    other = asked("token ann --minutes 5")
    assert {row["session"] for row in asked("user sessions ann")} >= {other["session"]}
    assert asked("user sessions ann --end", str(other["session"])) == {"ended": 1}
    db.session.remove()
    assert sessions.resolve(other["token"]) is None
    flask("user sessions ann --end", str(other["session"]), code=1, says="no such session")
    flask(f"user sessions ann --end {2**70}", code=1, says="no such session")
    assert asked("user sessions ann --end-all") == {"ended": 1}
    flask("user sessions ann", says="nowhere")
    flask("token nobody", code=1)
    flask("token ann --minutes 0", code=2)


def test_groups(flask, asked, bob):
    flask("group list", says="no group yet")
    made = asked("group create --owner ann --member bob --public", "The choir")
    assert made["is_public"]
    asked("user create cid --password secret")
    number = str(made["group"])
    assert asked("group add", number, "cid", "--role", "admin")["role"] == "admin"
    roles = {row["login"]: row["role"] for row in asked("group list --members", number)}
    assert roles == {"ann": "owner", "bob": "member", "cid": "admin"}
    flask("group add", number, "cid", code=1, says="already")
    flask("group remove", number, "bob", "--dry-run", says="Would take bob out")
    assert len(members.of(made["group"])) == 3
    asked("group remove", number, "bob", "--yes")
    flask("group remove", number, "bob", "--yes", code=1, says="not in this group")
    (row,) = asked("group list")
    assert (row["name"], row["members"]) == ("The choir", 2)
    flask("group add 99 ann", code=1, says="no such group")
    flask("group create --owner nobody", "X", code=1)


def test_invitations(flask, asked):
    flask("invite list", says="Nobody was invited yet")
    made = asked("invite create --uses 2 --note choir")
    assert invitations.is_valid(made["code"])
    (row,) = asked("invite list")
    assert (row["note"], row["uses_left"], row["is_valid"]) == ("choir", 2, True)
    assert made["code"] not in flask("invite list")
    number = str(row["invitation"])
    flask("invite revoke --dry-run", number, says="Would revoke")
    db.session.remove()
    assert invitations.is_valid(made["code"])
    asked("invite revoke", number)
    assert not invitations.is_valid(made["code"])
    flask("invite revoke 99", code=1, says="no such invitation")
    flask("invite create --uses 0", code=2)


def test_messages(flask, asked, bob):
    first = asked("message send ann bob hello --client-id c1")
    assert asked("message send ann bob hello --client-id c1") == first
    flask("message send bob ann", input="from\na pipe\n")
    db.session.remove()
    assert [json.loads(line)["text"] for line in flask("message tail ann bob --json").splitlines()] == [
        "hello",
        "from\na pipe",
    ]
    assert "ann: hello" in flask("message tail bob ann")
    flask("message send ann bob other --client-id c1", code=1, says="another message")
    flask("message send ann nobody hello", code=1)
    flask("message send ann bob", input="", code=1, says="Write something")
    assert flask("message tail ann ann") == ""


def test_messages_in_a_group_are_for_its_members(flask, asked, bob):
    number = asked("group create --owner ann", "Team")["group"]
    assert asked(f"message send ann #{number} hello")["author"] == "ann"
    flask(f"message tail bob #{number}", code=1, says="not a member")
    flask(f"message send bob #{number} hello", code=1, says="not a member")
    flask(f"message tail ann #{2**70}", code=1, says="no such chat")


def test_what_people_wrote_does_not_move_the_cursor_of_a_terminal(flask, asked, bob):
    asked("message send ann bob", "a\u202eb\u2028\u009b2Jc")
    said = flask("message tail ann bob")
    assert not any(sign in said for sign in "\u202e\u2028\u009b")
