"""G19: nothing holds up the loop. A storm of logins and a large upload, as a pinger and an idle socket see them."""

import secrets
import threading
import time

import pytest

from tests.cast import PASSWORD
from tests.promises.company import crowd, line, whisper
from tests.wires import Wire

WATCH = "-c tests/fixtures/watched_gunicorn.py"
MEGABYTE = 1 << 20


class Watch(threading.Thread):
    """Asks something again and again until it is told to stop; knows the longest wait."""

    def __init__(self, ask):
        super().__init__(daemon=True)
        self.ask, self.longest, self.count, self.is_over = ask, 0.0, 0, False

    def run(self):
        while not self.is_over:
            began = time.monotonic()
            self.ask()
            self.longest = max(self.longest, time.monotonic() - began)
            self.count += 1
            time.sleep(0.01)

    def end(self):
        self.is_over = True
        self.join()


def storm(guarded, tmp_path, logins, threads):
    """Log in so often and upload at the same time; the longest stall of the loop, of the pinger, of the socket."""
    notes = tmp_path / "lateness"
    server = guarded(GUNICORN_CMD_ARGS=WATCH, LATENESS=notes)
    ann, *others = crowd(server.url, 4)
    wire = Wire(server.url)
    with line(ann, "/chats/ws") as socket:

        def ping_pong():
            socket.inner.ping(b"here")
            while socket.inner.recv_data(control_frame=True)[0] != 10:
                pass

        watches = [Watch(lambda: wire.get("/healthz")), Watch(ping_pong)]
        began = time.monotonic()
        for watch in watches:
            watch.start()
        working = [threading.Thread(target=_log_in, args=(server, others, logins // threads)) for _ in range(threads)]
        working.append(threading.Thread(target=_upload, args=(ann,)))
        for one in working:
            one.start()
        for one in working:
            one.join()
        took = time.monotonic() - began
        for watch in watches:
            watch.end()
    stall = longest(notes, began, took)
    print(f"G19 {logins} logins and 10 MB in {took:.1f} s: the loop was late by {stall * 1000:.0f} ms at most,"
          f" /healthz took {watches[0].longest * 1000:.0f} ms at most ({watches[0].count} asked),"
          f" a pong {watches[1].longest * 1000:.0f} ms ({watches[1].count} asked)")  # fmt: skip
    assert min(watch.count for watch in watches) > 10, "they were answered all the time"
    return stall, [watch.longest for watch in watches]


def longest(notes, began, took):
    """By how much the loop was late at most, in these seconds."""
    noted = [tuple(map(float, note.split()[:2])) for note in notes.read_text().splitlines()]
    return max((by for moment, by in noted if began <= moment <= began + took), default=0.0)


def _log_in(server, people, times):
    for number in range(times):
        person = people[number % len(people)]
        body = {"username": person.login, "password": PASSWORD}
        assert Wire(server.url).post("/flash-chat/login", body).status == 200


def _upload(person, megabytes=10):
    answer = person.post(f"/upload?name={whisper().replace(' ', '-')}.bin", secrets.token_bytes(megabytes * MEGABYTE))
    assert answer.status == 201, answer


def test_a_storm_of_logins_and_a_large_upload_leave_room_for_others(guarded, tmp_path):
    storm(guarded, tmp_path, logins=40, threads=8)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_storm_of_two_hundred_logins_leaves_room_for_others(guarded, tmp_path):
    stall, waits = storm(guarded, tmp_path, logins=200, threads=20)
    assert stall < 0.5
    assert max(waits) < 2


@pytest.mark.long
@pytest.mark.timeout(120)
def test_a_large_upload_to_a_bucket_leaves_room_for_others(guarded, tmp_path, bucket):
    notes = tmp_path / "lateness"
    server = guarded(GUNICORN_CMD_ARGS=WATCH, LATENESS=notes, STORAGE_URL=bucket)
    (ann,) = crowd(server.url, 1)
    began = time.monotonic()
    _upload(ann, 25)
    took = time.monotonic() - began
    stall = longest(notes, began, took)
    print(f"G19 25 MiB to a bucket in {took:.1f} s: the loop was late by {stall * 1000:.0f} ms at most")
    assert stall <= 0.1
