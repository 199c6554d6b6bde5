"""What a whole server holds on SQLite: its master and its worker, shared pages counted once, as it is installed."""

import subprocess
import sys

import psutil
import pytest

from tests.cast import Person

LEAN = {"GUNICORN_CMD_ARGS": "-c tests/fixtures/lean_gunicorn.py", "LIMITS": "off"}
# What a server loads when somebody asks for it, and not before.
LATER = {
    "alembic",
    "boto3",
    "cryptography",
    "emoji",
    "flask_migrate",
    "jwt",
    "mako",
    "prometheus_client",
    "segno",
    "webauthn",
}
LOADED = "import sys; from messenger import create_app, duty, greeting, serve; print(*sys.modules)"
MIB = 1024 * 1024


def held(server):
    """MiB of all its processes: each page counts once, however many have it."""
    master = psutil.Process(server.process.pid)
    return sum(process.memory_full_info().pss for process in (master, *master.children(recursive=True))) / MIB


def test_a_server_at_rest_holds_little(serve):
    server = serve(**LEAN)
    assert server.get("/")[0] == 200
    figure = held(server)
    print(f"memory of the whole server at rest, on SQLite: {figure:.0f} MiB")
    assert figure < 125


def test_a_server_loads_nothing_that_it_does_not_need_yet():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    assert not LATER & set(done.stdout.split())


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_thousand_people_connected_hold_little_more(serve):
    server = serve(**LEAN)
    ann = Person(server.url, "ann")
    lines = [Person(server.url, "bob").socket(f"/chats/{ann.login}") for _ in range(1_000)]
    figure = held(server)
    print(f"memory of the whole server with 1,000 people connected, on SQLite: {figure:.0f} MiB")
    assert figure < 150
    for line in lines:
        line.close()
