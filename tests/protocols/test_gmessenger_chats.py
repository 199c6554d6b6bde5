"""Plays of gmessenger: the list of chats, and what a person sets for himself in each."""

import json
import re
import secrets

import pytest

from tests.cast import Person, cast
from tests.protocols.gmessenger_play import is_error, make_group, send, texts
from tests.wires import Wire

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


def test_a_row_carries_what_the_document_says(play):
    ann, bob, _ = play
    send(bob, f"/dialog/{ann.login}", "hi")
    said = send(bob, f"/dialog/{ann.login}", "hello")
    row = rows(ann)[0]
    assert {name: row[name] for name in DOCUMENTED} == {
        "type": "dialog",
        "id": bob.login,
        "name": "Bob",
        "last_message": "hello",
        "unread": 2,
    }
    assert (row["last_id"], row["last_sender"], row["last_time"]) == (said["id"], bob.login, said["time"])
    group = make_group(ann, bob)
    row = rows(bob)[0]
    assert {name: row[name] for name in DOCUMENTED} == {
        "type": "group",
        "id": group,
        "name": "Choir",
        "last_message": "added Bob",
        "unread": 0,
    }


def test_latest_activity_comes_first_then_people_by_name(server):
    mark = secrets.token_hex(3)
    zoe, abe = Person(server.url, "zoe", f"{mark} zoe"), Person(server.url, "abe", f"{mark} Abe")
    ann, bob = Person(server.url, "ann"), Person(server.url, "bob", f"{mark} Mia")
    send(ann, f"/dialog/{zoe.login}", "first")
    group = make_group(ann, bob)
    public = make_group(bob, private=False)
    send(ann, f"/dialog/{bob.login}", "last")
    found = rows(ann)
    assert [row["id"] for row in found][:4] == [bob.login, public, group, zoe.login]
    strangers = [row for row in found if row["type"] == "dialog" and not row["last_message"]]
    assert [row["id"] for row in strangers if row["name"].startswith(mark)] == [abe.login]
    names = [row["name"].lower() for row in strangers]
    assert names == sorted(names)
    assert ann.login not in [row["id"] for row in found]


def test_ones_own_dialog_is_there_once_it_has_a_message(play):
    ann, *_ = play
    send(ann, f"/dialog/{ann.login}", "buy bread")
    assert rows(ann)[0]["id"] == ann.login
    assert rows(ann)[0]["unread"] == 0
    assert texts(ann.get(f"/dialog/{ann.login}")) == ["buy bread"]


def test_private_groups_of_others_are_not_listed_public_ones_are(play):
    ann, _, cid = play
    hidden, shown = make_group(ann), make_group(ann, private=False)
    assert hidden in [row["id"] for row in rows(ann)]
    listed = {row["id"]: row for row in rows(cid)}
    assert hidden not in listed
    assert listed[shown]["role"] is None
    assert listed[shown]["private"] is False


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_the_link_header_leads_through_the_whole_list_without_a_gap_or_a_double(play, limit):
    ann, bob, cid = play
    for other in (bob, cid):
        send(ann, f"/dialog/{other.login}", "hello")
    make_group(ann)
    whole = [(row["type"], row["id"]) for row in rows(ann)]
    paged, path = [], f"/chats?limit={limit}"
    while path:
        answer = ann.get(path)
        assert len(answer.body) <= limit
        paged += [(row["type"], row["id"]) for row in answer.body]
        found = re.fullmatch(r'<(\S+)>; rel="next"', answer.headers.get("Link", ""))
        path = found and found[1]
    assert paged == whole


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=-1", "?limit=x", "?after=x", "?after=chat-1", "?after=person-x", "?limit=%00"]
)
def test_what_is_no_page_is_refused(play, query):
    assert is_error(play[0].get(f"/chats{query}"), 400)


def test_what_one_sets_for_oneself_stands_in_ones_own_row_only(play):
    ann, bob, _ = play
    said = send(bob, f"/dialog/{ann.login}", "one")
    send(bob, f"/dialog/{ann.login}", "two")
    place = f"/dialog/{bob.login}"
    answer = ann.ask(
        "PATCH",
        place,
        {"muted_until": "2040-01-01T00:00:00Z", "pinned": True, "notify": "none", "draft": "Dear", "read": said["id"]},
    )
    wished = {
        "muted_until": "2040-01-01T00:00:00.000000Z",
        "pinned": True,
        "notify": "none",
        "draft": "Dear",
        "unread": 1,
    }
    assert answer.status == 200
    assert {name: answer.body[name] for name in wished} == wished
    assert ann.get(f"{place}/about").body == answer.body | {
        name: ann.get(f"{place}/about").body[name] for name in ("is_online", "last_seen")
    }
    plain = {"muted_until": None, "pinned": False, "notify": "all", "draft": ""}
    assert {name: row_of(bob, ann.login)[name] for name in plain} == plain
    undone = ann.ask("PUT", place, {**plain, "unread": said["id"]}).body
    assert {name: undone[name] for name in plain} == plain
    assert undone["unread"] == 2


@pytest.mark.parametrize(
    "wish",
    [
        {"muted_until": "tomorrow"}, {"muted_until": 5}, {"muted_until": "2040-13-01T00:00:00Z"}, {"pinned": "yes"},
        {"pinned": None}, {"notify": "loud"}, {"notify": None}, {"draft": 5}, {"draft": "x" * 8001}, {"read": "x"},
        {"read": -1}, {"unread": []}, [], "x", 5,
    ],
)  # fmt: skip
def test_what_is_no_wish_is_refused_and_changes_nothing(play, wish):
    ann, bob, _ = play
    send(bob, f"/dialog/{ann.login}", "one")
    with_a_good_one = {"draft": "not kept", **wish} if isinstance(wish, dict) else wish
    assert is_error(ann.ask("PATCH", f"/dialog/{bob.login}", json.dumps(with_a_good_one)), 400)
    row = row_of(ann, bob.login)
    assert (row["unread"], row["draft"], row["pinned"], row["notify"]) == (1, "", False, "all")


def test_a_dialog_that_has_not_begun_takes_no_wishes(play):
    ann, bob, _ = play
    assert is_error(ann.ask("PATCH", f"/dialog/{bob.login}", {"pinned": True}), 404)
    assert is_error(ann.ask("PATCH", "/dialog/nobody-at-all", {"pinned": True}), 404)
    assert ann.get(f"/dialog/{bob.login}/about").body["last_message"] == ""


def test_the_page_and_the_json_share_the_address(play):
    ann, bob, _ = play
    by_cookie = {"Cookie": f"sessionToken={ann.token}", "Accept": "text/html"}
    browser = Wire(ann.base)
    for path in ("/chats", f"/dialog/{bob.login}"):
        page = browser.get(path, headers=by_cookie)
        assert page.status == 200
        assert "text/html" in page.headers["Content-Type"]
        assert "application/json" in ann.get(path).headers["Content-Type"]
        assert "application/json" in ann.get(path, headers={"Accept": "*/*"}).headers["Content-Type"]
