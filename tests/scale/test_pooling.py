"""Behind a pooler that shares connections between transactions everything works but LISTEN, and that is said."""

import asyncio
import subprocess
import sys
import threading

import psycopg
import pytest

from messenger import schema
from messenger.core import changes, chats, connections, history, messages, people, receipts, search, standings
from messenger.core.connections import Deaf
from messenger.settings import Settings
from tests.core.world import World
from tests.fixtures.poolers import Bouncer, Rotating, kinds
from tests.fixtures.server import HOME, environment_of
from tests.promises.company import line, say, whisper
from tests.promises.lines import writing
from tests.scale.test_bus import is_typing_seen
from tests.scale.workers import Choir, Workers, at, next_message, wait

KINDS = {"pgbouncer": Bouncer, "rotating": Rotating}


@pytest.fixture(scope="module", params=kinds())
def pooler(request, pair):
    made = KINDS[request.param](pair)
    yield made
    made.close()


@pytest.fixture
def world(pooler, tmp_path):
    with World(pooler.url, tmp_path, database_pool=3) as made:
        yield made


def test_everything_works_through_it(world):
    schema.check(world.app)
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    cursor = chats.revision_of(chat.chat_id)
    for n in range(25):
        said = world.say(ann, chat, f"melon {n}", f"m{n}")
        assert world.say(ann, chat, f"melon {n}", f"m{n}").message_id == said.message_id
        world.look()
        assert people.by_login(bob.login).uid == bob.person.uid
    messages.edit(ann, said.message_id, "a lemon")
    receipts.read(bob, chat, 20)
    world.look()
    assert history.newest(chat)[-1].text == "a lemon"
    assert standings.one(bob, chat.chat_id).unread == 6
    assert len(changes.since(chat, cursor).facts) == 26
    assert len(search.messages(bob, "melon")) == 24


def test_many_at_once_share_its_few_connections(world):
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    failed = []

    def work(number):
        with world.app.app_context():
            try:
                for n in range(10):
                    messages.send(ann, chat, f"{number}-{n}")
                    world.look()
                    history.newest(chat)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert world.row(chat).position == 61


def test_several_processes_may_migrate_through_it(pair, pooler):
    """The lock is held by a transaction, not by a session that may be another's in the next moment."""
    app = World(pooler.url, "/nowhere").app
    threads = [threading.Thread(target=schema.bring_up_to_date, args=(app,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert pair.do("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_a_second_worker_that_would_hear_nothing_is_refused(pooler, pair, tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "HEARING_SECONDS", 0.2)
    deaf = Settings.for_tests(database_url=pooler.url, web_concurrency=2, instance_dir=str(tmp_path))
    with pytest.raises(Deaf, match=r"Set REDIS_URL"):
        connections.warnings(deaf)
    straight = Settings.for_tests(database_url=pair.url(), web_concurrency=2, instance_dir=str(tmp_path))
    assert connections.warnings(straight) == []
    for more in ({"web_concurrency": 1}, {"web_concurrency": 2, "redis_url": "redis://somewhere"}):
        assert connections.warnings(Settings.for_tests(database_url=pooler.url, **more)) == []


def test_more_connections_than_the_plan_gives_are_warned_of(pair):
    pair.do("DROP ROLE IF EXISTS tight")
    pair.do("CREATE ROLE tight LOGIN CONNECTION LIMIT 20")
    url = pair.url(role="tight")
    (said,) = connections.warnings(Settings.for_tests(database_url=url, web_concurrency=4))
    assert said.startswith("The database gives 20 connections, and this server may want 48.")
    shared = Settings.for_tests(database_url=url, web_concurrency=4, database_connections=20)
    assert shared.reading_connections == 3
    assert connections.warnings(shared) == []


def test_nothing_is_left_behind_on_a_connection(world):
    """No setting, no temporary table, no lock and no listener outlives its transaction."""
    ann, bob = world.person(), world.person()
    with world.statements() as written, world.queries() as read:
        chat = world.say(ann, world.dialog(ann, bob), "one", "c1").chat
        history.newest(chat)
        search.messages(ann, "one")
    words = ("SET ", "LISTEN", "PREPARE", "DECLARE", "CREATE TEMP", "PG_ADVISORY_LOCK", "NEXTVAL_CACHED")
    spoken = [statement for statement in written + read if statement.upper().startswith(words)]
    assert spoken == []
    assert len(written + read) > 10


def test_the_server_says_so_when_it_starts(pair, tmp_path):
    pooler = Rotating(pair)
    left = subprocess.run(
        [sys.executable, "-m", "gunicorn"], cwd=HOME, capture_output=True, text=True, timeout=60,
        env=environment_of(tmp_path, DATABASE_URL=pooler.url.replace("postgresql:", "postgres:"), WEB_CONCURRENCY=2),
    )  # fmt: skip
    assert left.returncode == 78
    assert "Set REDIS_URL" in left.stderr + left.stdout
    with psycopg.connect(pooler.url) as still:
        assert still.execute("SELECT 1").fetchone() == (1,)
    pooler.close()


def test_two_workers_behind_it_hear_each_other_by_redis(pair, valkey, tmp_path):
    """From end to end: the first words, a crowd of writers, what is not stored, and a line of the pool that is cut."""
    pooler = KINDS[kinds()[0]](pair)
    workers = Workers(tmp_path, pooler.url, bus=valkey.url, DATABASE_POOL=2, LIMITS="off")
    try:
        workers.wait(up=True)
        ann, bob = workers.people("ann", "bob")
        with line(at(bob, workers[1]), "/chats/ws") as list_of_his:
            say(ann, f"/dialog/{bob.login}", text := whisper("first"))
            assert next_message(list_of_his) == text
        with line(at(bob, workers[1]), f"/dialog/{ann.login}/ws") as his, line(ann, f"/dialog/{bob.login}/ws") as hers:
            wait(lambda: is_typing_seen(hers, his, ann), "he sees that she types")
            pair.cut_all()
            say(ann, f"/dialog/{bob.login}", text := whisper("after the cut"))
            assert next_message(his) == text
        choir = Choir(workers, readers=4)

        async def work():
            texts = [[whisper(f"{writer} {n}") for n in range(20)] for writer in range(4)]
            await asyncio.gather(*(writing(choir.writer(n), choir.group, texts[n], 60) for n in range(4)))

        assert choir.listen(work) > 80
    finally:
        workers.kill()
        pooler.close()
