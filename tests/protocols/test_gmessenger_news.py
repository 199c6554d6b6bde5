"""Plays of gmessenger's sockets: what is told besides new messages, frames in full."""

import pytest

from tests.cast import cast
from tests.protocols.gmessenger_play import TIME, hear, line, make_group, say, send, two
from tests.wires import Refused


@pytest.fixture
def play(server):
    return cast(server.url)


@pytest.fixture
def talk(server):
    """Ann's and bob's sockets of their dialog, which has not begun."""
    ann, bob = two(server.url)
    with line(ann, f"/dialog/{bob.login}/ws") as hers, line(bob, f"/dialog/{ann.login}/ws") as his:
        yield ann, bob, hers, his


def test_edits_deletions_reactions_and_pins_are_told(talk):
    ann, bob, _, his = talk
    message_id = send(ann, f"/dialog/{bob.login}", "helo")["id"]
    assert his.hear()["type"] == "new_message"
    where = {"chat": {"type": "dialog", "id": ann.login}}
    ann.put(f"/message/{message_id}", {"text": "hello"})
    edited = his.hear()
    assert edited["type"] == "message_edited"
    assert (edited["payload"]["id"], edited["payload"]["text"]) == (message_id, "hello")
    assert edited["payload"]["edited"] is not None
    ann.post(f"/message/{message_id}/reactions", {"emoji": "👍"})
    heard = his.hear()
    change = {
        "reactions": [{"emoji": "👍", "users": [ann.login]}],
        "user_login": ann.login,
        "emoji": "👍",
        "added": True,
    }
    assert heard == {
        "type": "reaction",
        "payload": {"id": message_id, **change, **where, "cursor": heard["payload"]["cursor"]},
    }
    ann.put(f"/message/{message_id}/pin")
    pinned = his.hear()
    assert (pinned["type"], pinned["payload"]["id"]) == ("message_pinned", message_id)
    assert TIME.fullmatch(pinned["payload"]["pinned"])
    ann.delete(f"/message/{message_id}")
    deleted = his.hear()
    assert deleted["type"] == "message_deleted"
    assert (deleted["payload"]["id"], deleted["payload"]["text"], deleted["payload"]["deleted"]) == (
        message_id,
        "",
        True,
    )
    cursors = [one["payload"]["cursor"] for one in (edited, heard, pinned, deleted)]
    assert cursors == sorted(set(cursors))


def test_the_client_says_how_far_it_has_come_and_the_writer_is_told(play):
    ann, bob, _ = play
    place = f"/dialog/{bob.login}"
    first, second = send(ann, place, "one")["id"], send(ann, place, "two")["id"]
    with line(ann, f"{place}/ws") as hers, line(bob, "/chats/ws") as his:
        say(his, "message_status", id=first, status="delivered")
        assert (told := hear(hers, "message_status"))["id"] == first
        assert told["status"] == "delivered"
        say(his, "message_status", id=str(second), status="read")
        assert (told := hear(hers, "message_status"))["id"] == second
        assert told["status"] == "read"
    assert bob.get(f"/dialog/{ann.login}/about").body["unread"] == 0


def test_a_group_message_is_as_far_as_the_last_of_the_others(play):
    ann, bob, cid = play
    group = make_group(ann, bob, cid)
    with line(ann, f"/group/{group}/ws") as hers, line(bob, f"/group/{group}/ws") as his:
        say(hers, "send_message", text="hello")
        assert hear(his, "new_message")["chat"] == {"type": "group", "id": group}
        message_id = hear(hers, "new_message")["id"]
        with line(cid, "/chats/ws") as third:
            hear(third, "user_status")
            say(third, "message_status", id=message_id, status="delivered")
            told = hear(hers, "message_status")
            assert (told["id"], told["status"]) == (message_id, "delivered")
            say(third, "message_status", id=message_id, status="read")
            assert hear(hers, "message_status")["status"] == "read"


def test_who_is_removed_hears_nothing_more(play):
    ann, bob, _ = play
    group = make_group(ann, bob)
    with line(bob, f"/group/{group}/ws") as his, line(bob, "/chats/ws") as listed:
        ann.delete(f"/group/{group}/members/{bob.login}")
        gone = hear(his, "member")
        assert (gone["user_login"], gone["role"]) == (bob.login, None)
        assert his.hear_close().code == 1008
        assert listed.hear_until(lambda frame: frame["payload"].get("removed"))["payload"]["id"] == group
        send(ann, f"/group/{group}", "secret")
        send(ann, f"/dialog/{bob.login}", "open")
        assert hear(listed, "new_message")["text"] == "open"
    with pytest.raises(Refused) as refused:
        line(bob, f"/group/{group}/ws")
    assert (refused.value.status, refused.value.body["code"]) == (403, "403")


def test_who_is_here_is_told_when_asked_and_when_it_changes(play):
    ann, bob, cid = play
    with line(ann, f"/dialog/{cid.login}/ws") as hers:
        say(hers, "user_activity", user_login=bob.login)
        status = hers.hear()
        assert status["type"] == "user_status"
        assert (status["payload"]["user_login"], status["payload"]["is_online"]) == (bob.login, False)
        with line(bob, "/chats/ws"):
            status = hers.hear()["payload"]
            assert (status["user_login"], status["is_online"]) == (bob.login, True)
            assert TIME.fullmatch(status["last_seen"])


def test_saying_i_am_here_makes_one_seen(play):
    ann, bob, _ = play
    with line(bob, "/chats/ws") as his, line(ann, f"/dialog/{bob.login}/ws") as hers:
        say(hers, "user_activity", user_login=ann.login)
        heard = his.hear_until(lambda frame: frame["payload"].get("user_login") == ann.login)
        assert heard["payload"]["is_online"] is True
