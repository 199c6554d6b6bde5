"""What was acknowledged stays, once, in order and whole: through kills, twins, full disks and many writers."""

import contextlib
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter

import psycopg
import pytest
from sqlalchemy import event

from messenger.core import changes, chats, database, messages, receipts
from messenger.core.database import NotDurable
from messenger.core.facts import MessageSent, StatusChanged
from messenger.core.models import Message
from messenger.core.refusals import Overloaded, Reused
from messenger.extensions import db
from tests.core.world import World
from tests.fixtures.server import HOME


@pytest.fixture
def stage(tmp_path, blank_url, kind):
    """A database with one chat of two people, and the orders for hands that write in it."""
    with World(blank_url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob), "first").chat
        yield Stage(world, chat, ann, bob, blank_url, tmp_path)


class Stage:
    """Everything a test of this file needs."""

    def __init__(self, world, chat, ann, bob, url, folder):
        self.world, self.chat, self.ann, self.bob, self.url, self.folder = world, chat, ann, bob, url, folder

    @property
    def path(self):
        return self.url.partition(":///")[2]

    def hand(self, name, **more):
        """A process that writes."""
        order = {"url": self.url, "folder": str(self.folder), "chat_id": self.chat.chat_id, "name": name,
                 "user_ids": [self.ann.user_id, self.bob.user_id], "path": self.path} | more  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "tests.core.hand", json.dumps(order)],
            cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def rows(self):
        """(id, position, client_id, text) of the whole chat, asked past all of our own code."""
        sql = (
            f"SELECT id, position, client_id, text FROM messages WHERE chat_id = {self.chat.chat_id} ORDER BY position"
        )
        return self.ask(sql)

    def ask(self, sql):
        if self.url.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(self.path)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def check(self):
        """G7, G8 and G5: the file is whole, positions have no gap, nothing is stored twice, in part or half."""
        rows = self.rows()
        assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
        again = [name for name, count in Counter(row[2] for row in rows if row[2]).items() if count > 1]
        assert again == []
        half = [row for row in rows if row[2] and not row[3].startswith(row[2].split("-")[0])]
        assert half == []
        ((position, spoken, revision),) = self.ask(
            f"SELECT position, spoken, revision FROM chats WHERE id = {self.chat.chat_id}"
        )
        assert (position, spoken) == (len(rows), len(rows))
        assert revision >= position
        born = [
            row[0]
            for row in self.ask(f"SELECT born FROM messages WHERE chat_id = {self.chat.chat_id} ORDER BY position")
        ]
        assert all(one < other for one, other in itertools.pairwise(born)), "revisions rise with positions"
        if self.url.startswith("sqlite"):
            assert self.ask("PRAGMA integrity_check") == [("ok",)]
            assert self.ask("PRAGMA foreign_key_check") == []
        return rows


def acknowledged(said):
    """What a hand said was answered with a message; the last line may be cut."""
    lines = [line.split() for line in said.decode().splitlines(keepends=True) if line.endswith("\n")]
    return {client_id: int(word) for client_id, word in lines if word.isdigit()}


def kill_under_load(stage, times, seed):
    """Start a hand, let it write, kill its whole process group; what it acknowledged must be there."""
    luck = random.Random(seed)
    promised, fastest = {}, 0
    for number in range(times):
        hand = stage.hand(f"kill{number}")
        first = hand.stdout.readline()
        began = time.monotonic()
        threading.Timer(luck.uniform(0.2, 0.8), os.killpg, (hand.pid, signal.SIGKILL)).start()
        said = first + hand.stdout.read()
        took = time.monotonic() - began
        hand.wait()
        hand.stderr.close()
        assert hand.returncode == -signal.SIGKILL
        fresh = acknowledged(said)
        fastest = max(fastest, len(fresh) / took)
        promised |= fresh
        stored = {row[2]: row[0] for row in stage.check()}
        lost = {client_id for client_id, message_id in promised.items() if stored.get(client_id) != message_id}
        assert lost == set(), f"seed {seed}: after kill {number + 1}"
    rows = stage.check()
    unasked = len(rows) - 1 - len(promised)
    print(f"G1: {times} kills at up to {fastest:.0f} msg/s (seed {seed}): {len(promised)} acknowledged, "
          f"0 lost, 0 doubled; {unasked} stored whole without an answer; G5, G7: ok")  # fmt: skip
    return fastest


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_was_acknowledged_survives_kill_9(stage):
    """G1, quick form."""
    kill_under_load(stage, 5, seed=random.randrange(10**6))


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_survives_kill_9_twenty_times_under_a_thousand_a_second(stage):
    """G1."""
    assert kill_under_load(stage, 20, seed=random.randrange(10**6)) >= 1_000


def test_the_same_send_after_a_restart_gets_the_same_answer(tmp_path, blank_url, kind):
    """G3, across a restart."""
    with World(blank_url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        first = world.say(ann, world.dialog(ann, bob), "hello", "c1")
    with World(blank_url, tmp_path) as world:
        again = world.say(ann, world.dialog(ann, bob), "hello", "c1")
        with pytest.raises(Reused):
            world.say(ann, world.dialog(ann, bob), "other", "c1")
        assert (again.message_id, again.created_at) == (first.message_id, first.created_at)
        assert world.texts(world.dialog(ann, bob)) == ["hello"]


def twins(stage, rounds):
    world, found = stage.world, set()
    for number in range(rounds):
        calls = [(messages.send, (stage.ann, stage.chat, f"round {number}", f"twin-{number}"))] * 50
        outcomes = _in_threads(world, calls)
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert len({(m.message_id, m.position, m.created_at) for m in outcomes}) == 1
        found.add(outcomes[0].message_id)
    rows = [row for row in stage.rows() if row[2]]
    assert len(rows) == len(found) == rounds
    print(f"G3: 50 concurrent twins × {rounds} rounds = {len(rows)} rows")


def test_fifty_twins_are_one_message(stage):
    """G3, quick form."""
    twins(stage, 10)


@pytest.mark.long
def test_fifty_twins_a_hundred_times(stage):
    """G3."""
    twins(stage, 100)


def _in_threads(world, calls):
    """Each in a thread that stands still for its answer, five a thread."""
    outcomes = []

    def run(some):
        with world.app.app_context():
            for verb, given in some:
                outcomes.append(verb(*given))

    threads = [threading.Thread(target=run, args=(calls[n::10],)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(calls)
    return outcomes


@pytest.mark.parametrize("kind", ["postgresql"])
def test_twins_of_several_processes_are_one_message(stage):
    """G3, when the twins come through different workers: one answer, one row."""
    hands = [stage.hand("twin", count=150, window=20, user_ids=[stage.ann.user_id]) for _ in range(3)]
    answers = [acknowledged(hand.communicate(timeout=60)[0]) for hand in hands]
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) == 150
    stage.check()
    print("G3: 150 messages sent by 3 processes each = 150 rows, the same answers")


def writers(stage, count, each, processes):
    """G8: many writers at once, in this process or in several; positions without a gap, one order for all."""
    if processes:
        hands = [stage.hand(f"w{n}", count=each, window=50) for n in range(count)]
        for hand in hands:
            said, complaints = hand.communicate(timeout=300)
            assert len(acknowledged(said)) == each, complaints.decode()[-2_000:]
    else:
        calls = [
            (messages.send, (stage.ann, stage.chat, f"w{n}-{m}", f"w{n}-{m}"))
            for m in range(each)
            for n in range(count)
        ]
        outcomes = []
        for start in range(0, len(calls), 2_000):
            outcomes += stage.world.outcomes(calls[start : start + 2_000])
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    rows = stage.check()
    assert len(rows) == 1 + count * each
    ids = [row[0] for row in rows]
    assert ids == sorted(ids), "ids and positions tell the same order"
    how = "processes" if processes else "callers"
    print(f"G8: {count} {how} × {each} messages: positions 1…{len(rows)} without a gap")


def test_positions_have_no_gaps(stage):
    """G8, quick form."""
    writers(stage, 8, 200, processes=False)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_positions_have_no_gaps_with_several_processes(stage):
    """G8, quick form."""
    writers(stage, 3, 200, processes=True)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_positions_have_no_gaps_in_the_long_run(stage, kind):
    """G8."""
    writers(stage, 8, 2_000, processes=kind == "postgresql")


def can_mount():
    """Root in a container may not be allowed to either."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_full_disk_refuses_and_heals_by_itself(stage):
    """G6, by the one limit that needs no rights: no file of the process may grow beyond so much."""
    stage.world.writer.stop()
    stage.world.look()
    heals(stage, stage.hand("disk", disk=True, grow=300_000), "file size limit")


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("where", ["/dev/shm"] if not can_mount() else ["tmpfs"])
def test_a_full_disk_of_its_own_refuses_and_heals_by_itself(stage, where, tmp_path):
    """G6, on a small file system of its own where one can be had; else by a smaller limit once more."""
    if where != "tmpfs":
        heals(stage, stage.hand("disk", disk=True, grow=50_000), "smaller file size limit")
        return
    stage.world.writer.stop()
    stage.world.look()
    with small_disk(tmp_path / "disk", 4) as folder:
        ballast = folder / "ballast"
        path = folder / "messenger.db"
        with contextlib.closing(sqlite3.connect(stage.path)) as old, contextlib.closing(sqlite3.connect(path)) as new:
            old.backup(new)
        ballast.write_bytes(b"\0" * 1_000_000)
        stage.url = f"sqlite:///{path}"
        heals(stage, stage.hand("disk", disk=True, ballast=str(ballast)), "4 MB tmpfs")


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system of this size, gone afterwards."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def heals(stage, hand, how):
    said, complaints = hand.communicate(timeout=60)
    assert hand.returncode == 0, complaints.decode()[:6_000]
    said = json.loads(said)
    assert said["before"] > 0
    assert set(said["refused"]) == {507}
    assert said["readable"] == min(50, said["before"] + 1)
    assert said["after"] == 20
    rows = stage.rows()
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == 1 + said["before"] + 20
    assert all(len(row[3]) >= 7_000 for row in rows[1 : 1 + said["before"]])
    assert stage.ask("PRAGMA integrity_check") == [("ok",)]
    print(f"G6 ({how}): {said['before']} stored, {len(said['refused'])} refused with 507, reads went on, "
          "20 of 20 stored when there was room again, without a restart; G7: ok")  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("line", ["PRAGMA journal_mode=DELETE", "PRAGMA synchronous=NORMAL", "PRAGMA synchronous=OFF"])
def test_a_database_that_forgets_is_refused(stage, line):
    """G2."""
    stage.world.writer.stop()
    stage.world.look()
    db.engine.dispose()
    engine = database.open_for_writing(stage.url)
    database.check_durable(engine)

    @event.listens_for(engine, "connect")
    def spoil(connection, _):
        connection.execute(line)

    with pytest.raises(NotDurable, match=r"must be wal and 2"):
        database.check_durable(engine)
    print(f"G2: refused to serve after {line}")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_locked_database_is_an_answer_and_passes(tmp_path, blank_url, monkeypatch):
    """Somebody else holds the lock for longer than we wait: 503, nothing stored; afterwards all is well."""
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 100)
    with World(blank_url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob)).chat
        with contextlib.closing(sqlite3.connect(blank_url.partition(":///")[2], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Overloaded):
                world.say(ann, chat, "locked out")
        assert world.say(ann, chat, "again").text == "again"
        assert world.texts(chat) == ["hello", "again"]


@pytest.mark.parametrize("kind", ["postgresql"])
def test_catching_up_never_skips_while_others_hold_their_transactions_open(stage, kind):
    """G9: eight writers that hold their commits back, a reader who asks for what is new all the time."""
    catch_up(stage, 8, 25)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["postgresql"])
def test_catching_up_never_skips_in_the_long_run(stage, kind):
    """G9."""
    catch_up(stage, 8, 1_000)


def catch_up(stage, count, each):
    seed = random.randrange(10**6)
    worlds = [World(stage.url, stage.folder) for _ in range(count)]
    threads = [threading.Thread(target=slow_writer, args=(w, stage, n, each, seed)) for n, w in enumerate(worlds)]
    seen, cursor, alive = [], chats.revision_of(stage.chat.chat_id), True
    for thread in threads:
        thread.start()
    while alive:
        alive = any(thread.is_alive() for thread in threads)
        stage.world.look()
        missed = changes.since(stage.chat, cursor)
        assert not missed.is_too_much
        seen += [fact.message.position for fact in missed.facts if isinstance(fact, MessageSent)]
        cursor = missed.revision
    assert seen == list(range(2, 2 + count * each)), f"seed {seed}"
    stage.check()
    print(f"G9: {count} writers × {each} holding transactions open 0–4 ms (seed {seed}): "
          f"{len(seen)} of {count * each} seen, loss 0")  # fmt: skip


def slow_writer(world, stage, number, each, seed):
    """A worker of its own, whose commits come late."""
    luck = random.Random(seed + number)
    event.listen(world.writer.engine, "commit", lambda connection: time.sleep(luck.uniform(0, 0.004)))
    with world:
        for n in range(each):
            messages.send((stage.ann, stage.bob)[n % 2], stage.chat, f"s{number}-{n}", f"s{number}-{n}")


@pytest.mark.parametrize("kind", ["postgresql"])
def test_receipts_of_one_process_never_take_back_the_count_of_another(stage, kind):
    """Positions, revisions and statuses come from several workers; every revision is given out once."""
    hand = stage.hand("busy", count=600, window=20, user_ids=[stage.ann.user_id])
    revisions = set()
    while hand.poll() is None:
        stage.world.look()
        position = stage.world.row(stage.chat).position
        receipts.read(stage.bob, stage.chat, position)
        revisions |= {fact.revision for fact in stage.world.heard(StatusChanged)}
    assert len(acknowledged(hand.communicate()[0])) == 600
    stage.check()
    stage.world.look()
    born = set(db.session.scalars(db.select(Message.born).where(Message.chat_id == stage.chat.chat_id)))
    assert not born & revisions, "a message and a status never share a revision"
    print(f"600 messages by one process, {len(revisions)} statuses by another: no revision given out twice")
