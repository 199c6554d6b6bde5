"""Plays of gmessenger: groups and who is in them."""

import subprocess
import sys

import pytest

from tests.cast import cast
from tests.fixtures.server import HOME
from tests.protocols.gmessenger_play import TIME, is_error, line, make_group, send, texts

DOCUMENTED = ["type", "id", "name", "last_message", "unread"]


@pytest.fixture
def play(server):
    return cast(server.url)


def rows(person, query=""):
    answer = person.get(f"/chats{query}")
    assert answer.status == 200, answer
    return answer.body


def row_of(person, chat_id):
    return next(row for row in rows(person) if row["id"] == chat_id)


def test_a_group_is_made_and_its_people_are_told(play):
    ann, bob, _ = play
    answer = ann.post("/group", {"name": "Choir", "private": True, "members": [bob.login]})
    assert answer.status == 201
    members = answer.body.pop("members")
    assert answer.body == {"id": answer.body["id"], "name": "Choir", "private": True}
    assert [(one["login"], one["name"], one["role"]) for one in members] == [
        (ann.login, "Ann", "owner"),
        (bob.login, "Bob", "member"),
    ]
    assert all(set(one) == {"login", "name", "role", "is_online", "last_seen"} for one in members)
    assert texts(bob.get(f"/group/{answer.body['id']}")) == ["created the group", "added Bob"]


def test_who_may_do_what_with_members(play):
    ann, bob, cid = play
    group = make_group(ann, bob)
    people = f"/group/{group}/members"
    assert is_error(cid.get(people), 403)
    assert is_error(cid.post(people, {"login": cid.login}), 403)
    added = bob.post(people, {"login": cid.login})
    assert (added.status, added.body["login"], added.body["role"]) == (201, cid.login, "member")
    assert is_error(bob.post(people, {"login": cid.login}), 409)
    assert is_error(bob.delete(f"{people}/{cid.login}"), 403)
    assert is_error(bob.ask("PATCH", f"{people}/{bob.login}", {"role": "owner"}), 403)
    assert is_error(ann.ask("PATCH", f"{people}/{bob.login}", {"role": "king"}), 400)
    assert ann.ask("PATCH", f"{people}/{bob.login}", {"role": "admin"}).body["role"] == "admin"
    assert is_error(ann.ask("PUT", f"{people}/{ann.login}", {"role": "member"}), 409)
    assert bob.delete(f"{people}/{cid.login}").body == {"code": "200", "message": "", "content": None}
    assert is_error(cid.get(f"/group/{group}"), 403)
    assert is_error(bob.delete(f"{people}/{cid.login}"), 404)
    assert is_error(ann.post(people, {"login": "nobody-at-all"}), 404)
    assert ann.delete(people).status == 200
    assert [(one["login"], one["role"]) for one in bob.get(people).body] == [(bob.login, "owner")]
    assert bob.delete(f"{people}/{bob.login}").status == 200
    assert is_error(bob.get(f"/group/{group}"), 404)


def test_a_public_group_is_read_by_all_and_joined_by_writing(play):
    ann, bob, cid = play
    group = make_group(ann, private=False)
    send(ann, f"/group/{group}", "welcome")
    assert texts(cid.get(f"/group/{group}"))[-1] == "welcome"
    send(cid, f"/group/{group}", "hello all")
    assert cid.login in [one["login"] for one in ann.get(f"/group/{group}/members").body]
    assert bob.post(f"/group/{group}/members", {"login": bob.login}).body["role"] == "member"
    assert texts(ann.get(f"/group/{group}"))[-2:] == ["hello all", "joined"]


def test_owners_rename_and_close_a_group(play):
    ann, bob, cid = play
    group = make_group(ann, bob, private=False)
    changed = ann.ask("PATCH", f"/group/{group}", {"name": "Band", "private": True})
    assert (changed.status, changed.body["name"], changed.body["private"]) == (200, "Band", True)
    assert texts(bob.get(f"/group/{group}"))[-2:] == ["renamed the group to Band", "made the group private"]
    assert is_error(bob.ask("PATCH", f"/group/{group}", {"name": "Mine"}), 403)
    assert is_error(cid.get(f"/group/{group}"), 403)
    assert is_error(ann.ask("PUT", f"/group/{group}", {"name": "Third", "private": "no"}), 400)
    assert ann.get(f"/group/{group}/about").body["name"] == "Band"


def test_presence_stands_in_the_list_and_among_members(play):
    ann, bob, _ = play
    group = make_group(ann, bob)
    bob.post("/user/active/update")
    assert row_of(ann, bob.login)["is_online"] is True
    assert TIME.fullmatch(row_of(ann, bob.login)["last_seen"])
    (his,) = [one for one in ann.get(f"/group/{group}/members").body if one["login"] == bob.login]
    assert his["is_online"] is True


def test_a_group_that_a_command_closes_is_gone_at_once_and_comes_back_as_it_was(server, play):
    ann, bob, _ = play
    chat_id = make_group(ann, bob)

    def close(*more):
        command = [sys.executable, "-m", "flask", "group", "close", str(chat_id), "--yes", *more]
        done = subprocess.run(command, cwd=HOME, env=server.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    with line(bob, "/chats/ws") as of_all, line(bob, f"/group/{chat_id}/ws") as of_one:
        close()
        assert of_all.hear_until(lambda f: f["type"] == "chat_closed")["payload"]["chat"]["id"] == str(chat_id)
        assert of_one.hear_close().code == 1008
        assert is_error(bob.get(f"/group/{chat_id}"), 404)
        assert str(chat_id) not in [row["id"] for row in rows(bob)]
        assert is_error(ann.post(f"/group/{chat_id}", {"text": "anybody?"}), 404)
    close("--reopen")
    assert texts(bob.get(f"/group/{chat_id}"))[0] == "created the group"
    send(ann, f"/group/{chat_id}", "we are back")
    assert row_of(bob, str(chat_id))["last_message"] == "we are back"
