"""What a whole server holds on SQLite: its master and its worker together, as it is installed, alone on its machine."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.cast import Person
from tests.fixtures.server import HOME, environment_of
from tests.scale.pages import held

LEAN = {"GUNICORN_CMD_ARGS": "-c tests/fixtures/lean_gunicorn.py", "LIMITS": "off"}
MEGABYTE = 1_000_000
# What a master never loads.
APPLICATION = {"flask", "jinja2", "messenger.application", "messenger.core", "messenger.web", "sqlalchemy", "werkzeug"}
# What a worker loads when somebody asks for it, and not before.
LATER = {
    "PIL",
    "alembic",
    "boto3",
    "cryptography",
    "email.policy",
    "emoji",
    "flask_migrate",
    "jwt",
    "linkify_it",
    "mako",
    "markdown_it",
    "nh3",
    "prometheus_client",
    "psycopg",
    "puremagic",
    "redis",
    "segno",
    "sqlalchemy.dialects.postgresql",
    "webauthn",
}
LOADED = (
    "import runpy, sys; runpy.run_path('gunicorn.conf.py'); print(*sys.modules); "
    "import app, messenger.service; print(*sys.modules)"
)


def megabytes(server):
    """Held by all its processes."""
    master = psutil.Process(server.process.pid)
    return held([process.pid for process in (master, *master.children(recursive=True))]) / MEGABYTE


def test_a_server_at_rest_holds_little(serve):
    server = serve(**LEAN)
    assert server.get("/")[0] == 200
    figure = megabytes(server)
    print(f"memory of the whole server at rest, on SQLite: {figure:.0f} MB")
    assert figure < 110
    # Hashing a password takes 19 MiB for each that is hashed at once. They are given back.
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: Person(server.url, "ann"), range(8)))
    figure = megabytes(server)
    print(f"memory of the whole server after the first people have come, on SQLite: {figure:.0f} MB")
    assert figure < 125


def test_nothing_is_loaded_that_is_not_needed_yet(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=HOME, env=environment_of(tmp_path), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    master, worker = (set(line.split()) for line in done.stdout.splitlines())
    assert worker >= APPLICATION
    assert sorted(APPLICATION & master) == []
    assert sorted(LATER & worker) == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_thousand_people_connected_hold_little_more(serve):
    server = serve(**LEAN)
    ann = Person(server.url, "ann")
    lines = [Person(server.url, "bob").socket(f"/chats/{ann.login}") for _ in range(1_000)]
    figure = megabytes(server)
    print(f"memory of the whole server with 1,000 people connected, on SQLite: {figure:.0f} MB")
    assert figure < 150
    for line in lines:
        line.close()
