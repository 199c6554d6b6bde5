"""What a serving process does besides answering."""

import json
import os
import subprocess
import sys
from time import monotonic, sleep

from tests.cast import Person
from tests.core.world import World
from tests.fixtures.server import HOME, Server
from tests.wires import Wire


def flask(server, *arguments):
    """A command beside the running server."""
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(command, cwd=HOME, env=server.environment, capture_output=True, text=True, timeout=60)


def test_the_administrator_of_the_settings_is_there_from_the_start(serve):
    server = serve(ADMIN_LOGIN="root-of-all", ADMIN_PASSWORD="a long enough one")
    answer = Wire(server.url).post("/login", {"login": "root-of-all", "password": "a long enough one"})
    assert answer.status == 200
    shown = flask(server, "user", "show", "root-of-all", "--json")
    assert json.loads(shown.stdout)["is_admin"] is True
    server.stop()
    server.start()
    assert server.log.count("is the administrator") == 1


def test_who_is_disabled_by_a_command_is_out_within_five_seconds(serve):
    server = serve()
    first, ann, bob = Person(server.url, "first"), Person(server.url, "ann"), Person(server.url, "bob")
    with ann.socket(f"/dialog/{bob.login}/ws") as socket, first.socket(f"/dialog/{bob.login}/ws") as other:
        done = flask(server, "user", "disable", ann.login)
        assert done.returncode == 0, done.stderr
        assert ann.get("/me").status == 401
        assert socket.hear_close(5).code == 1008
        first.post(f"/dialog/{bob.login}", {"text": "still here"})
        assert other.hear_until(lambda frame: frame["type"] == "new_message")["payload"]["text"] == "still here"


def test_of_two_workers_one_makes_the_backup_that_is_due(serve, postgres, tmp_path):
    shelf = tmp_path / "shelf"
    hurry = {"GUNICORN_CMD_ARGS": "-c tests/fixtures/hurried_gunicorn.py", "WEB_CONCURRENCY": "2"}
    url = postgres.blank()
    with World(url, tmp_path) as world:
        ann, bob = world.people(2)
        world.say(ann, world.dialog(ann, bob), "before the night")
    server = serve(DATABASE_URL=url, SECRET_KEY="k" * 64, BACKUP_EVERY="1", BACKUP_TO=shelf, **hurry)
    end = monotonic() + 90
    while "backup made: " not in server.log:
        assert monotonic() < end, server.log
        sleep(0.1)
    assert server.stop() == 0
    assert (server.log.count("backup made: "), server.log.count("Traceback")) == (1, 0)
    (archive,) = shelf.glob("*.tar.gz")
    assert f"backup made: {archive.name}, 1 messages, 0 files" in server.log
    there = Server(tmp_path / "there", SECRET_KEY="k" * 64)
    done = flask(there, "restore", str(archive), "--json")
    assert (done.returncode, json.loads(done.stdout)["messages"]) == (0, 1), done.stderr
    assert "before the night" in flask(there, "message", "tail", ann.login, bob.login).stdout


def test_a_database_that_forgets_is_not_served(serve, tmp_path, monkeypatch):
    """A database in which write-ahead logging cannot be: here because its folder lets nobody make the log beside it."""
    server = serve()
    server.stop()
    flimsy = tmp_path / "flimsy.py"
    flimsy.write_text(
        "import messenger.core.database as database\n"
        "kept = database.open_for_writing\n"
        "def forgetful(url):\n"
        "    from sqlalchemy import event\n"
        "    engine = kept(url)\n"
        "    event.listen(engine, 'connect', lambda connection, _: connection.execute('PRAGMA synchronous=NORMAL'))\n"
        "    return engine\n"
        "database.open_for_writing = forgetful\n"
        "exec(compile(open('gunicorn.conf.py').read(), 'gunicorn.conf.py', 'exec'))\n"
    )
    left = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", str(flimsy)],
        cwd=HOME, env=server.environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert left.returncode == os.EX_CONFIG
    assert "synchronous=1" in left.stderr + left.stdout
