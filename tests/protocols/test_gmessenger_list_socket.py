"""Plays of gmessenger's socket of all chats: everything that is said anywhere, and the rows that it changes."""

import secrets

import pytest

from tests.cast import Person, cast
from tests.protocols.gmessenger_play import hear, line, make_group, say, send


@pytest.fixture
def play(server):
    return cast(server.url)


@pytest.fixture
def listed(play):
    """Bob's socket of all chats, past its greeting."""
    ann, bob, cid = play
    with line(bob, "/chats/ws") as socket:
        yield ann, bob, cid, socket


def of(person):
    return lambda frame: person.login in (frame["payload"].get("id"), frame["payload"].get("user_login"))


def test_a_message_and_the_row_it_changes(listed):
    ann, bob, _, his = listed
    said = send(ann, f"/dialog/{bob.login}", "hello")
    told = hear(his, "new_message")
    assert told == said | {"chat": {"type": "dialog", "id": ann.login}}
    row = hear(his, "chat_updated")
    assert row == bob.get(f"/dialog/{ann.login}/about").body | {
        "last_seen": row["last_seen"],
        "last_status": "sent",
    } | {"cursor": row["cursor"]}
    assert (row["last_message"], row["unread"]) == ("hello", 1)
    send(ann, f"/dialog/{bob.login}", "again")
    row = his.hear_until(lambda frame: frame["payload"].get("last_message") == "again")["payload"]
    assert row["unread"] == 2


def test_what_is_told_there_counts_as_delivered(listed):
    ann, bob, _, _ = listed
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        say(hers, "send_message", text="hello")
        message_id = hear(hers, "new_message")["id"]
        status = hear(hers, "message_status")
        assert (status["id"], status["status"]) == (message_id, "delivered")


def test_ones_own_messages_leave_nothing_unread(listed):
    ann, bob, _, his = listed
    send(ann, f"/dialog/{bob.login}", "one")
    assert hear(his, "chat_updated")["unread"] == 1
    send(bob, f"/dialog/{ann.login}", "two")
    row = his.hear_until(lambda frame: frame["payload"].get("last_message") == "two")["payload"]
    assert row["unread"] == 0


def test_reading_on_another_device_is_told(listed):
    ann, bob, _, his = listed
    for n in range(3):
        said = send(ann, f"/dialog/{bob.login}", f"{n}")
    his.hear_until(lambda frame: frame["payload"].get("unread") == 3)
    bob.ask("PATCH", f"/dialog/{ann.login}", {"read": said["id"]})
    row = his.hear_until(lambda frame: frame["payload"].get("unread") == 0)["payload"]
    assert (row["id"], row["last_message"]) == (ann.login, "2")
    bob.ask("PATCH", f"/dialog/{ann.login}", {"unread": said["id"], "pinned": True})
    assert his.hear_until(lambda frame: frame["payload"].get("pinned"))["payload"]["id"] == ann.login


def test_a_group_one_is_put_into_appears_with_its_messages(listed):
    ann, bob, _, his = listed
    group = make_group(ann, bob)
    assert hear(his, "new_message")["text"] == "created the group"
    row = his.hear_until(lambda frame: frame["type"] == "chat_updated")["payload"]
    assert (row["type"], row["id"], row["name"], row["role"], row["unread"]) == ("group", group, "Choir", "member", 0)
    send(ann, f"/group/{group}", "hello")
    assert his.hear_until(lambda frame: frame["payload"].get("unread") == 1)["payload"]["id"] == group
    ann.ask("PATCH", f"/group/{group}", {"name": "Band"})
    assert his.hear_until(lambda frame: frame["payload"].get("name") == "Band")["payload"]["id"] == group
    late = make_group(ann)
    ann.post(f"/group/{late}/members", {"login": bob.login})
    assert his.hear_until(lambda frame: frame["payload"].get("id") == late)["payload"]["name"] == "Choir"


def test_an_edited_last_message_changes_the_row(listed):
    ann, bob, _, his = listed
    message_id = send(ann, f"/dialog/{bob.login}", "helo")["id"]
    assert hear(his, "chat_updated")["last_message"] == "helo"
    ann.put(f"/message/{message_id}", {"text": "hello"})
    assert hear(his, "message_edited")["chat"] == {"type": "dialog", "id": ann.login}
    assert his.hear_until(lambda frame: frame["payload"].get("last_message") == "hello")
    ann.delete(f"/message/{message_id}")
    assert his.hear_until(lambda frame: frame["payload"].get("last_message") == "")["payload"]["last_id"] == message_id


def test_everybodys_coming_and_going_is_told_unasked(listed):
    ann, bob, _, his = listed
    with line(ann, "/chats/ws") as hers:
        came = his.hear_until(of(ann))
        assert (came["type"], came["payload"]["is_online"]) == ("user_status", True)
        here = hers.hear_until(of(bob))
        assert (here["type"], here["payload"]["is_online"]) == ("user_status", True)


def test_somebody_new_appears_in_the_list(listed):
    _, bob, _, his = listed
    dan = Person(bob.base, "dan", f"Dan {secrets.token_hex(3)}")
    row = his.hear_until(of(dan))["payload"]
    assert row == bob.get(f"/dialog/{dan.login}/about").body


def test_one_may_write_and_type_from_there_by_naming_the_chat(listed):
    ann, bob, cid, his = listed
    group = make_group(ann, bob)
    with line(ann, f"/dialog/{bob.login}/ws") as hers, line(ann, f"/group/{group}/ws") as hers_too:
        for n in range(3):
            chat = {"type": "dialog", "id": ann.login}
            say(his, "send_message", text=f"{n}", client_id=f"c{n}", chat=chat)
        assert [hear(hers, "new_message")["text"] for _ in range(3)] == ["0", "1", "2"]
        assert hear(his, "new_message")["chat"]["type"] == "group"
        say(his, "typing", chat={"type": "dialog", "id": ann.login})
        assert hear(hers, "typing")["user_login"] == bob.login
        say(his, "send_message", text="all", chat={"type": "group", "id": int(group)})
        assert hear(hers_too, "new_message")["text"] == "all"
        say(his, "typing", chat={"type": "group", "id": group})
        assert hear(hers_too, "typing")["chat"] == {"type": "group", "id": group}
        hidden = make_group(cid)
        for kind, chat in (("send_message", {"type": "group", "id": hidden}), ("send_message", None), ("typing", None)):
            say(his, kind, text="x", client_id="bad", chat=chat)
            assert hear(his, "error")["client_id"] == "bad"


def test_typing_is_told_with_its_chat(listed):
    ann, bob, _, his = listed
    send(ann, f"/dialog/{bob.login}", "hello")
    with line(ann, f"/dialog/{bob.login}/ws") as hers:
        say(hers, "typing")
        assert hear(his, "typing")["chat"] == {"type": "dialog", "id": ann.login}
