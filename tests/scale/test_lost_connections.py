"""PostgreSQL goes away in the middle, gives way to somebody else, or has no room: done once, or refused; never half."""

import threading
import time
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import event, text

from messenger.core import accounts, chats, history, messages, pen, people, standings
from messenger.core.facts import PersonArrived
from messenger.core.models import Keepsake, Message
from messenger.core.refusals import Overloaded
from messenger.core.verbs import verb
from messenger.extensions import db
from tests.core.world import World
from tests.fixtures.poolers import Rotating


@verb
def keep(tx, name, meanwhile):
    """A row and a fact; `meanwhile` is called between the two."""
    tx.add(Keepsake(name=name, value="", kept_at=tx.now))
    tx.flush()
    meanwhile(tx)
    tx.announce(PersonArrived(name))
    return tx.scalar(text("SELECT count(*) FROM keepsakes WHERE name = :name"), {"name": name})


def kept(pair, name):
    return pair.do(f"SELECT count(*) FROM keepsakes WHERE name = '{name}'")[0][0]


def once(deed):
    """The first time only."""
    times = []
    return lambda *given: (times.append(1), deed(*given) if len(times) == 1 else None)[0]


def test_a_connection_cut_in_the_middle_of_a_verb_is_taken_up_again(world, pair):
    assert keep("cut", once(lambda tx: pair.cut_all())) == 1
    assert kept(pair, "cut") == 1
    assert [fact.person for fact in world.heard(PersonArrived)] == ["cut"], "told once"
    assert world.writer.pen.broken == 1


def test_whoever_shared_the_broken_commit_is_served_too(world, pair):
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    calls = [(messages.send, (ann, chat, str(n))) for n in range(5)]
    calls[2:2] = [(keep, ("shared", once(lambda tx: pair.cut_all())))]
    outcomes = world.at_once(calls)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert sorted(world.texts(chat)) == ["0", "1", "2", "3", "4", "hello"]
    assert sorted(m.position for m in outcomes if hasattr(m, "position")) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_commit_whose_answer_is_lost_happens_exactly_once(pair, tmp_path, when):
    """The line breaks with the COMMIT on its way, or with the answer on its way back: no client id helps here."""
    pooler = Rotating(pair)
    with World(pooler.url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob)).chat
        world.heard()
        pooler.cut = when
        said = world.say(ann, chat, "exactly once")
        assert (pooler.cuts, said.position) == (1, 2)
        assert world.texts(chat) == ["hello", "exactly once"]
        assert [fact.message.position for fact in world.heard() if hasattr(fact, "message")] == [2]
        assert world.say(ann, chat, "next").position == 3
    pooler.close()


def test_who_waits_is_told_when_nobody_can_know(world, pair, monkeypatch):
    monkeypatch.setattr(pen, "STATUS", text("SELECT CAST(NULL AS text) WHERE :number > 0"))
    event.listen(world.writer.engine, "commit", once(lambda connection: pair.cut_all()))
    with pytest.raises(Overloaded, match="Look whether it was done"):
        keep("unsure", lambda tx: None)
    assert world.heard(PersonArrived) == []
    assert keep("sure", lambda tx: None) == 1


def test_a_deadlock_with_a_stranger_is_sorted_out(world, pair):
    """He holds the second row and wants the first, we the other way round; PostgreSQL ends one of us, at first."""
    keep("row one", lambda tx: None)
    keep("row two", lambda tx: None)
    take = "SELECT 1 FROM keepsakes WHERE name = '{}' FOR UPDATE"
    stranger = psycopg.connect(pair.url())
    stranger.execute(take.format("row two"))

    def crosswise():
        try:
            stranger.execute(take.format("row one"))
            stranger.commit()
        except psycopg.errors.DeadlockDetected:
            stranger.rollback()

    def meanwhile(tx):
        tx.execute(text(take.format("row one")))
        if not threads:
            threads.append(threading.Thread(target=crosswise))
            threads[0].start()
            waiting(pair, "row one")
        tx.execute(text(take.format("row two")))

    threads = []
    assert keep("through the deadlock", meanwhile) == 1
    threads[0].join(10)
    stranger.close()
    assert kept(pair, "through the deadlock") == 1


def waiting(pair, words):
    """Until somebody stands still at a lock with a statement that has these words in it."""
    end = time.monotonic() + 20
    sql = f"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{words}%'"
    while not pair.do(sql):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_serialization_failure_is_done_again(world, pair):
    def fail(tx):
        tx.execute(text("DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$"))

    assert keep("serialized", once(fail)) == 1
    assert kept(pair, "serialized") == 1


def test_a_restart_under_load_loses_and_doubles_nothing(world, pair, monkeypatch):
    """G15 for the database: power cut, half a second of nothing, and back; senders with client ids go on."""
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    answers, refused, enough = {}, [], threading.Event()

    def send(number):
        with world.app.app_context():
            for n in range(60):
                name = f"s{number}-{n}"
                while True:
                    try:
                        answers[name] = messages.send((ann, bob)[n % 2], chat, name, name).message_id
                        break
                    except Overloaded:
                        refused.append(name)
                        time.sleep(0.05)
                if len(answers) > 60:
                    enough.set()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    pair.stop()
    pair.start()
    for thread in threads:
        thread.join(60)
    rows = pair.do(f"SELECT client_id, id, position FROM messages WHERE chat_id = {chat.chat_id} ORDER BY position")
    assert [row[2] for row in rows] == list(range(1, 242))
    assert {row[0]: row[1] for row in rows[1:]} == answers
    print(f"G15: a power cut of PostgreSQL under load: 240 of 240 stored once, {len(refused)} refused on the way")


def test_while_it_is_away_everybody_is_refused_and_afterwards_nobody(world, pair, monkeypatch):
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    monkeypatch.setattr(pen, "PATIENCE", 0.2)
    assert len(standings.of(ann)) == 1
    pair.stop()
    world.look()  # what was read on a connection that is cut afterwards, was read
    try:
        for deed in (
            lambda: world.say(ann, chat, "nowhere"),
            lambda: standings.of(ann),
            lambda: history.newest(chat),
            lambda: people.by_login(bob.login),
            lambda: accounts.is_fresh_server(),
        ):
            world.look()
            with pytest.raises(Overloaded) as refusal:
                deed()
            assert refusal.value.status == 503
    finally:
        pair.start()
    assert world.say(ann, chat, "again").position == 2
    assert world.texts(chat) == ["hello", "again"]


def test_it_lives_within_its_share_of_a_small_plan(pair, tmp_path):
    """The plan has four connections; a worker takes no more, however many ask at once."""
    pair.do("CREATE ROLE small LOGIN CONNECTION LIMIT 4")
    for what in ("TABLES", "SEQUENCES"):
        pair.do(f"GRANT ALL ON ALL {what} IN SCHEMA public TO small")
    with World(pair.url(role="small"), tmp_path, database_connections=4) as world:
        ann, bob = world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob)).chat
        most, failed = [], []

        def work(number):
            with world.app.app_context():
                try:
                    for n in range(10):
                        messages.send(ann, chat, f"{number}-{n}")
                        history.newest(chat)
                        most.append(pair.do("SELECT count(*) FROM pg_stat_activity WHERE usename = 'small'")[0][0])
                        db.session.remove()
                except Exception as error:
                    failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failed == []
        assert world.row(chat).position == 81
        assert max(most) <= 4
        print(f"80 sends and 80 pages by 8 at once over at most {max(most)} connections")


def test_a_pool_without_a_free_connection_is_a_polite_no(pair, tmp_path):
    with World(pair.url(), tmp_path, database_pool=1) as world:
        db.engine.pool._timeout = 0.05
        with db.engine.connect(), pytest.raises(Overloaded):
            db.session.get(Message, 1)
        world.look()
        assert db.session.get(Message, -1) is None


def test_nothing_of_a_chat_is_seen_half(world, pair):
    """What one reading sees is one moment, also when the connection under it was new."""
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    pair.cut_all()
    world.look()
    before = chats.revision_of(chat.chat_id)
    with psycopg.connect(pair.url(), autocommit=True) as other:
        other.execute(f"UPDATE chats SET revision = revision + 1 WHERE id = {chat.chat_id}")
    assert chats.revision_of(chat.chat_id) == before
    world.look()
    assert chats.revision_of(chat.chat_id) == before + 1


def test_two_workers_that_begin_the_same_dialogs_at_once_never_stand_crosswise(pair, world, tmp_path):
    """Each in its own order of arrival: the database never has to end one of them."""
    with World(pair.url(), tmp_path / "other") as other:
        crowd = other.people(12)
        dialogs = [(crowd[n], crowd[n + 1]) for n in range(0, 12, 2)]
        before = (pair.folder / "log").read_text().count("deadlock detected")
        with ExitStack() as held:
            waits = [begun(held, world, dialogs), begun(held, other, [(b, a) for a, b in dialogs[::-1]])]
        outcomes = [outcome for wait in waits for outcome in wait()]
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert sorted(message.position for message in outcomes) == [1] * 6 + [2] * 6
        assert (pair.folder / "log").read_text().count("deadlock detected") == before


def begun(held, worker, dialogs):
    """The first words of each, waiting in the worker's held writer."""
    with worker.app.app_context():
        held.enter_context(worker.held())
        return worker.submitted([(messages.send, (a, worker.dialog(a, b), "hello")) for a, b in dialogs])


def test_every_wire_says_so_in_its_own_words(pair, world, monkeypatch):
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    client, token = world.app.test_client(), world.token(ann).token
    busy = "The server is busy. Please try again in a moment."
    envelopes = {
        ("GET", f"/websocket-messenger/message/{chat.chat_id}"): {"Message": "Error", "Data": busy},
        ("POST", "/message"): {"Message": "Error", "Data": busy},
        ("GET", "/flash-chat/users"): {"code": "503", "message": busy, "content": None},
        ("GET", "/chat/get-user-threads/"): {
            "status": "failure", "entity": None, "message": busy, "success": False,
        },
        ("GET", "/mvp-messenger/users/list"): None,
        ("GET", "/chats"): {"code": "503", "message": busy, "content": None},
        ("POST", f"/dialog/{bob.login}"): {"code": "503", "message": busy, "content": None},
    }  # fmt: skip

    def asked(method, path):
        body = {"Recipient": bob.login, "Message": "x", "text": "x"} if method == "POST" else None
        world.look()
        return client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {token}"})

    monkeypatch.setattr(pen, "PATIENCE", 0.1)
    for method, path in envelopes:
        assert asked(method, path).status_code in (200, 201), path
    pair.stop()
    try:
        for (method, path), envelope in envelopes.items():
            answer = asked(method, path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1"), path
            assert envelope is None or answer.json == envelope
        assert client.get("/healthz").status_code == 200
        assert busy in client.get("/chats", headers={"Accept": "text/html", "Cookie": f"sessionToken={token}"}).text
    finally:
        pair.start()
    world.look()
    assert asked("GET", "/chats").status_code == 200
