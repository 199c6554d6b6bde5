"""G8, G14: several workers are one messenger, whatever carries the news between them, and also when nothing does."""

import asyncio
import contextlib

import psycopg
import pytest
from websocket import WebSocketTimeoutException

from tests.cast import PASSWORD
from tests.fixtures.proxy import Tunnel
from tests.promises.company import line, say, whisper
from tests.promises.lines import writing
from tests.scale.workers import Choir, Workers, at, next_message, wait
from tests.wires import Refused, Wire

KINDS = ("rediss", "postgresql", "cluster")


@pytest.fixture(scope="module", params=KINDS)
def workers(request, postgres, tmp_path_factory):
    """Two of them; `hurt` cuts their bus, `heal` mends it."""
    kind, url = request.param, postgres.blank()
    bus, tunnel = "", None
    if kind == "rediss":
        valkey, authority = request.getfixturevalue("own_valkey"), request.getfixturevalue("self_signed")
        tunnel = Tunnel(valkey.port, certificate=authority)
        bus, hurt, heal = f"{tunnel.redis_url}?ssl_ca_certs={authority}", valkey.stop, valkey.start
    elif kind == "cluster":
        cluster = request.getfixturevalue("cluster")
        # Nobody starts it again: its copy takes over.
        bus, hurt, heal = cluster.url, lambda: cluster.carrier("*:workers").stop(), list
    else:
        hurt, heal = lambda: terminate(url), list
    made = Workers(tmp_path_factory.mktemp(kind), url, bus=bus, MESSAGES_BURST=200, MESSAGES_PER_SECOND=1)
    made.kind, made.hurt, made.heal = kind, hurt, heal
    made.wait(up=True)
    yield made
    made.kill()
    postgres.drop(url)
    if tunnel:
        tunnel.close()


def terminate(url):
    """The sessions that carry the news are ended by the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'messenger bus' AND datname = current_database()"
        ).fetchall()
    assert ended


def test_everybody_is_told_everything_in_one_order(workers):
    choir = Choir(workers, readers=6)

    async def work():
        texts = [[whisper(f"{writer} {n}") for n in range(40)] for writer in range(4)]
        await asyncio.gather(*(writing(choir.writer(n), choir.group, texts[n], 80) for n in range(4)))

    print(f"G8 {workers.kind}: {choir.listen(work)} messages by 4 writers at 2 workers, 6 readers: gaps 0, doubles 0")


def test_what_is_not_stored_crosses_too(workers):
    ann, bob = workers.people("ann", "bob")
    bob = at(bob, workers[1])
    say(ann, f"/dialog/{bob.login}", whisper())
    with line(bob, f"/dialog/{ann.login}/ws") as his, line(ann, f"/dialog/{bob.login}/ws") as hers:
        wait(lambda: is_seen(his, ann), "he sees that she is here")
        wait(lambda: is_typing_seen(hers, his, ann), "he sees that she types")
        say(ann, f"/dialog/{bob.login}", whisper())
        hers.hear_until(lambda frame: frame["payload"].get("status") == "read")


def is_seen(socket, person):
    """Whether that worker knows that this person is here."""
    socket.say({"type": "user_activity", "payload": {"user_login": person.login}})
    return socket.hear_until(lambda frame: frame["type"] == "user_status")["payload"]["is_online"]


def is_typing_seen(hers, his, person):
    """She types, and it is told at the other worker; unlike anything stored it may be lost."""
    hers.say({"type": "typing", "payload": {"is_typing": True}})
    with contextlib.suppress(WebSocketTimeoutException):
        while (frame := his.hear(3))["type"] != "typing":
            pass
        return frame["payload"]["user_login"] == person.login
    return False


def test_a_dialog_that_begins_is_heard_at_the_other_worker(workers):
    ann, bob = workers.people("ann", "bob")
    with line(at(bob, workers[1]), "/chats/ws") as his:
        say(ann, f"/dialog/{bob.login}", text := whisper())
        assert next_message(his) == text


def test_a_session_that_ends_ends_everywhere(workers):
    (ann,) = workers.people("ann")
    other = Wire(workers[1].url).post("/flash-chat/login", {"username": ann.login, "password": PASSWORD})
    device = at(ann, workers[1])
    device.token = other.body["content"]["token"]
    with line(device, "/chats/ws") as open_there:
        sessions = ann.get("/settings/sessions", headers={"Accept": "text/html"})
        assert sessions.status == 200
        done = ann.post("/settings/sessions/end", headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert done.status in (200, 303), done
        assert open_there.hear_close(20).code == 1008
    assert device.get("/me").status == 401


def test_sockets_of_a_person_are_counted_over_all_workers(workers):
    (ann, bob) = workers.people("ann", "bob")
    say(ann, f"/dialog/{bob.login}", whisper())
    opened = [line(at(ann, workers[n % 2]), "/chats/ws") for n in range(10)]
    for number in range(2):
        wait(lambda n=number: not _opens(ann, workers[n]), "ten are enough, wherever they are")
    for socket in opened:
        socket.close()
    wait(lambda: _opens(ann, workers[0]) and _opens(ann, workers[1]), "closed sockets are no longer counted")


def _opens(person, server):
    try:
        line(at(person, server), "/chats/ws").close()
    except Refused:
        return False
    return True


def test_who_says_too_much_at_one_worker_is_heard_by_none(workers):
    (ann,) = workers.people("ann")
    with line(ann, f"/dialog/{ann.login}/ws") as hers:
        for number in range(210):
            hers.say({"type": "send_message", "payload": {"text": whisper(f"{number}")}})
        hers.hear_until(lambda frame: frame["type"] == "error")
    answers = []

    def is_refused_there():
        answers.append(at(ann, workers[1]).post(f"/dialog/{ann.login}", {"text": whisper("elsewhere")}).status)
        return answers[-1] == 429

    wait(is_refused_there, "what she said is counted at the other worker")
    assert len(answers) < 100, "far fewer than one may say there alone"


def test_who_guesses_at_one_worker_waits_at_the_other_too(workers):
    ann, bob = workers.people("ann", "bob")
    guess = {"username": ann.login, "password": "a guess"}
    with line(at(bob, workers[1]), f"/dialog/{ann.login}/ws") as his:
        for _ in range(5):
            assert Wire(workers[0].url).post("/flash-chat/login", guess).status == 401
        say(ann, f"/dialog/{bob.login}", text := whisper("what was counted before this has come"))
        assert next_message(his) == text
    assert Wire(workers[1].url).post("/flash-chat/login", guess).status == 429


def test_without_the_bus_everything_arrives_all_the_same(workers):
    ann, bob = workers.people("ann", "bob")
    say(ann, f"/dialog/{bob.login}", whisper())
    with line(at(bob, workers[1]), f"/dialog/{ann.login}/ws") as his:
        workers.hurt()
        for number in range(3):
            say(ann, f"/dialog/{bob.login}", text := whisper(f"{number}"))
            assert next_message(his) == text
        assert ann.get("/me").status == 200
        assert workers[0].get("/readyz")[0] == 200, "a lost bus keeps nobody from serving"
        workers.heal()
        workers.wait(up=True)
        say(ann, f"/dialog/{bob.login}", text := whisper("again"))
        assert next_message(his) == text
    wait(lambda: "bus is back" in workers[0].log, "it is said that the bus is back")
    assert "bus is lost" in workers[0].log
