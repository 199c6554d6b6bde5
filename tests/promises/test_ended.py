"""G27: who is signed out, kept out or put out hears nothing more, is refused at once, and his sockets close in 5 s."""

import os
import subprocess
import sys
import time

import pytest

from tests.cast import PASSWORD
from tests.fixtures.server import HOME
from tests.promises.company import Ear, group_of, line, people, say, whisper
from tests.protocols.speakers import SPEAKERS
from tests.wires import Refused, Wire

IN_TIME = 5.0
# What another process has ended is noticed in the next round.
ROUND = 3.0
# One call of each wire, and how it says that it does not know the caller.
CALLS = {
    "websocket_messenger": ("GET", "/conversation"),
    "flash_chat": ("GET", "/users"),
    "netrox": ("GET", "/chat/get-user-threads/"),
    "mvp_messenger": ("GET", "/users/list"),
    "gmessenger": ("GET", "/chats"),
    "file": ("POST", "/upload?name=a.txt"),
}


def sign_out(person, server):
    assert person.post("/user/logout").status == 200


def change_password_elsewhere(person, server):
    change = {"oldPassword": PASSWORD, "newPassword": "another-one", "repeatNewPassword": "another-one"}
    assert person.elsewhere().ask("PATCH", "/profile/change-password", change).status == 201


def close_account_elsewhere(person, server):
    assert person.elsewhere().delete("/profile/destroy").status == 200


def end_others_elsewhere(person, server):
    other = person.elsewhere()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert other.post("/settings/sessions/end", "", headers=form).status in (200, 303)


def disable_by_command(person, server):
    command(server, "user", "disable", person.login)


def command(server, *words):
    done = subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=HOME, env={**os.environ, **server.environment}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


ENDINGS = (sign_out, change_password_elsewhere, close_account_elsewhere, end_others_elsewhere, disable_by_command)


def wait_for_ends(ears, since):
    """How each was closed, and how long after the moment the last one was."""
    for ear in ears.values():
        ear.join(max(0.05, since + IN_TIME + 1 - time.monotonic()))
    codes = {name: ear.code for name, ear in ears.items()}
    assert codes == dict.fromkeys(ears, 1008)
    last = max(ear.moment for ear in ears.values()) - since
    assert last < IN_TIME
    return last


@pytest.mark.security("sessions")
@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_an_ended_session_hears_nothing_more_and_is_refused_everywhere(stand, end):
    ann, bob = people(stand.url, "ann", "bob")
    group = group_of(ann, bob)
    say(ann, f"/dialog/{bob.login}", whisper("first"))
    pages = [f"/dialog/{ann.login}/ws?page=1", "/chats/ws?page=1", f"/group/{group}/ws?page=1"]
    paths = ["/chats/ws", f"/group/{group}/ws", *pages]
    sockets = {speaker.name: speaker.open(bob, ann) for speaker in SPEAKERS} | {path: line(bob, path) for path in paths}
    ears = {name: Ear(socket) for name, socket in sockets.items()}
    end(bob, stand)
    ended = time.monotonic()
    if end is disable_by_command:
        time.sleep(ROUND)
    after = whisper("after the end")
    say(ann, f"/group/{group}", after)
    if end not in (close_account_elsewhere, disable_by_command):  # who is gone cannot be written to
        say(ann, f"/dialog/{bob.login}", after)
    for name, (method, path) in CALLS.items():
        assert bob.ask(method, path, b"x" if method == "POST" else None).status == 401, name
    last = wait_for_ends(ears, ended)
    assert [name for name, ear in ears.items() if after in "".join(ear.heard)] == []
    with pytest.raises(Refused):
        line(bob, "/chats/ws")
    print(f"G27 {end.__name__}: {len(ears)} sockets closed after {max(0, last):.2f} s at the latest, 0 pushes")


def leave(server, ann, bob, group):
    assert bob.delete(f"/group/{group}/members").status == 200


def be_removed(server, ann, bob, group):
    assert ann.delete(f"/group/{group}/members/{bob.login}").status == 200


def leave_by_mvp(server, ann, bob, group):
    with bob.socket("/") as socket:
        socket.say({"type": "leaveGroup", "params": {"groupId": group}})
        assert socket.hear()["success"] is True


def be_removed_by_command(server, ann, bob, group):
    command(server, "group", "remove", group, bob.login, "--yes")


@pytest.mark.security("sessions")
@pytest.mark.parametrize("go", [leave, be_removed, leave_by_mvp, be_removed_by_command], ids=lambda go: go.__name__)
def test_who_is_no_longer_in_a_group_hears_nothing_more_of_it(stand, go):
    ann, bob, cid = people(stand.url, "ann", "bob", "cid")
    group = group_of(ann, bob, cid)
    inside = say(ann, f"/group/{group}", whisper("inside"))
    say(ann, f"/dialog/{bob.login}", whisper("dialog"))
    rooms = {path: line(bob, path) for path in (f"/group/{group}/ws", f"/group/{group}/ws?page=1")}
    lists = {path: line(bob, path) for path in ("/chats/ws", "/chats/ws?page=1")}
    lists |= {speaker.name: speaker.open(bob, ann) for speaker in SPEAKERS}
    rooms = {name: Ear(socket) for name, socket in rooms.items()}
    lists = {name: Ear(socket) for name, socket in lists.items()}
    go(stand, ann, bob, group)
    gone = time.monotonic()
    if go is be_removed_by_command:
        time.sleep(ROUND)
    after = whisper("after he went")
    said = say(ann, f"/group/{group}", after)
    cid.put(f"/message/{inside['id']}", {"text": after})
    ann.put(f"/message/{inside['id']}", {"text": after})
    ann.post(f"/message/{said['id']}/reactions", {"emoji": "👍"})
    refused = {
        "read": bob.get(f"/group/{group}"),
        "write": bob.post(f"/group/{group}", {"text": after}),
        "read by websocket_messenger": Wire(bob.base, bob.token).get(f"/message/{group}"),
        "write by websocket_messenger": bob.post("/message", {"ConversationId": group, "Message": after}),
        "react": bob.post(f"/message/{said['id']}/reactions", {"emoji": "👍"}),
        "members": bob.get(f"/group/{group}/members"),
        "pin": bob.put(f"/message/{said['id']}/pin"),
        "page": bob.get(f"/group/{group}", headers={"Accept": "text/html"}),
    }
    assert {name: answer.status for name, answer in refused.items() if answer.status not in (401, 403, 404)} == {}
    assert after not in str([answer.body for answer in refused.values()])
    last = wait_for_ends(rooms, gone)
    assert [name for name, ear in rooms.items() if after in "".join(ear.heard)] == []
    end = whisper("end")
    say(ann, f"/dialog/{bob.login}", end)
    heard = {name: ear.until(lambda words: end in words) for name, ear in lists.items()}
    assert [name for name, words in heard.items() if after in words] == []
    print(
        f"G27 {go.__name__}: {len(rooms)} sockets closed after {max(0, last):.2f} s, {len(lists)} others heard 0 of it"
    )
