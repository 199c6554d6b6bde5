"""G23, G24: coming and going is told rarely, only to whom it concerns; neither it nor typing leaves anything behind."""

import sqlite3
import threading
import time
from collections import defaultdict
from contextlib import closing

import pytest
from websocket import WebSocketTimeoutException

from tests.promises.company import crowd, everything, line, people, say, whisper

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def flap(person, until):
    """Show and hide oneself, sockets opening and closing, as fast as it goes; how often."""
    times = 0
    while time.monotonic() < until:
        with line(person, "/chats/ws"):
            assert person.post("/settings/privacy", "receipts=1", headers=FORM).status in (200, 303)
        assert person.post("/settings/privacy", "receipts=1&presence=1", headers=FORM).status in (200, 303)
        times += 1
        time.sleep(0.2)
    return times


def listen(socket, until, heard, whose):
    """Note when each person's status was told."""
    while (left := until - time.monotonic()) > 0:
        try:
            frame = socket.hear(left)
        except WebSocketTimeoutException:
            return
        # With a name in it, it tells of a profile that was changed, which is told each time.
        if frame["type"] == "user_status" and "name" not in frame["payload"]:
            heard[whose, frame["payload"]["user_login"]].append(time.monotonic())


def flapping(stand, number, seconds):
    """Frames told of each person to each viewer, when so many people flap for so long."""
    ann, cid, dee, *flappers = crowd(stand.url, 3 + number)
    say(ann, f"/dialog/{flappers[0].login}", whisper("ann knows him"))
    say(cid, f"/dialog/{dee.login}", whisper("cid knows dee"))
    heard, done = defaultdict(list), []
    end = time.monotonic() + seconds
    viewers = {
        "list": line(ann, "/chats/ws"),
        "dialog": line(ann, f"/dialog/{flappers[0].login}/ws"),
        "other dialog": line(cid, f"/dialog/{dee.login}/ws"),
    }
    viewers["dialog"].say({"type": "user_activity", "payload": {"user_login": flappers[0].login}})
    threads = [threading.Thread(target=lambda p=p: done.append(flap(p, end))) for p in flappers]
    threads += [threading.Thread(target=listen, args=(s, end + 1, heard, who)) for who, s in viewers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for socket in viewers.values():
        socket.close()
    return flappers, heard, sum(done)


def check_flapping(stand, number, seconds):
    flappers, heard, times = flapping(stand, number, seconds)
    logins = {person.login for person in flappers}
    most = 2 + (seconds + 1) // 5  # one at once, one for each five seconds begun, and the answer that was asked for
    told = {key: len(moments) for key, moments in heard.items()}
    assert told["dialog", flappers[0].login] > 1, "it is told at all"
    assert max(told.values()) <= most, told
    assert {login for viewer, login in told if viewer == "other dialog"} & logins == set()
    assert {login for viewer, login in told if viewer == "dialog"} <= {flappers[0].login}
    print(f"G23 {number} people flapped {times} times in {seconds} s: {max(told.values())} frames a person at most")


def test_somebody_who_flaps_is_told_of_once_in_five_seconds(stand):
    check_flapping(stand, 3, 7)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_many_who_flap_are_told_of_once_in_five_seconds(stand):
    check_flapping(stand, 30, 40)


def test_typing_and_presence_are_neither_numbered_nor_stored(stand):
    ann, bob = people(stand.url, "ann", "bob")
    said = say(ann, f"/dialog/{bob.login}", whisper("first"))
    with line(bob, f"/dialog/{ann.login}/ws") as his, line(ann, f"/dialog/{bob.login}/ws") as hers:
        said = say(ann, f"/dialog/{bob.login}", whisper("second"))
        hers.hear_until(lambda frame: frame["payload"].get("status") == "read")
        before, rows = ann.get(f"/dialog/{bob.login}/about").body["cursor"], stored(stand)
        for number in range(50):
            hers.say({"type": "typing", "payload": {"is_typing": number % 2 == 0}})
            hers.say({"type": "user_activity", "payload": {"user_login": ann.login}})
        for number in range(50):
            frame = his.hear_until(lambda frame: frame["type"] == "typing")["payload"]
            assert "cursor" not in frame
            assert frame["is_typing"] is (number % 2 == 0)
        assert stored(stand) == rows
    assert ann.get(f"/dialog/{bob.login}/about").body["cursor"] == before
    assert everything(ann, f"/dialog/{bob.login}")[-1]["id"] == said["id"]
    print("G24 50 times typing, 50 signs of life: 0 rows, 0 numbers")


def stored(stand):
    """How much of everything that is kept of chats and what happens in them."""
    tables = ("chats", "members", "messages", "editions", "reactions", "mentions", "sessions", "audit_entries")
    with closing(sqlite3.connect(stand.folder / "messenger.db")) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]
        return counts + connection.execute("SELECT sum(revision) FROM chats").fetchall()
