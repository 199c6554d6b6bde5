"""/metrics: closed unless the settings open it, cheap, and what the board shows exists."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from time import monotonic, sleep

import psutil
import pytest

from messenger import create_app
from messenger.settings import Settings
from messenger.version import VERSION
from messenger.web.timings import BOUNDS, Timings
from tests.cast import cast
from tests.fixtures.apps import leave

HOME = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-the-scraper"
FAMILY = re.compile(r"\b(?:messenger|process)_\w+")


def told(text):
    """{name with its labels: value} of what Prometheus would read."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


@pytest.fixture
def asked():
    """asked(METRICS setting, headers) → the answer of a fresh app."""
    apps = []

    def ask(metrics, address="127.0.0.1", **headers):
        app = create_app(Settings.for_tests(metrics=metrics))
        apps.append(app)
        return app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    yield ask
    for app in apps:
        leave(app)


@pytest.mark.security("strangers")
def test_who_may_not_ask_finds_nothing(asked):
    token = {"Authorization": f"Bearer {TOKEN}"}
    assert asked("off").status_code == 404
    assert asked("off", **token).status_code == 404
    assert asked(TOKEN).status_code == 404
    assert asked(TOKEN, Authorization="Bearer other-token-for-it").status_code == 404
    assert asked(TOKEN, address="10.1.2.3", **token).status_code == 200
    assert asked("local", address="10.1.2.3").status_code == 404
    assert asked("local", **{"X-Forwarded-For": "10.1.2.3"}).status_code == 404
    assert asked("local").status_code == 200


class Scraped:
    """A server whose figures are read again and again."""

    def __init__(self, server):
        self.server = server
        self.text = ""

    def read(self):
        """{name with its labels: value} as they stand now."""
        status, headers, body = self.server.get("/metrics", Authorization=f"Bearer {TOKEN}")
        assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
        self.text = body.decode()
        return told(self.text)

    def until(self, condition):
        """What is read when this holds."""
        end = monotonic() + 50
        while monotonic() < end:
            with suppress(OSError):  # a worker that is killed answers nobody
                if condition(found := self.read()):
                    return found
            sleep(0.1)
        raise AssertionError(self.text)


def added(found, name, **labels):
    """One figure of all workers together."""
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    return sum(v for key, v in found.items() if key.startswith(f"{name}{{") and all(part in key for part in wanted))


def workers(found):
    """When each of them began."""
    return {key: value for key, value in found.items() if key.startswith("process_start_time_seconds")}


def test_every_worker_is_read_whoever_answers_and_the_board_names_only_what_is_there(serve, postgres):
    server = serve(METRICS=TOKEN, WEB_CONCURRENCY="2", DATABASE_URL=postgres.blank())
    scraped = Scraped(server)
    ann, bob, _ = cast(server.url)
    with ann.socket(f"/chats/{bob.login}") as line, bob.socket(f"/chats/{ann.login}") as other:
        line.say("hello")
        other.hear()
        ann.get("/nothing-here")
        # Who is asked knows of the others what they pinned up some seconds ago.
        found = scraped.until(
            lambda found: (
                len(workers(found)) == 2
                and added(found, "messenger_sockets", protocol="flash_chat") == 2
                and added(found, "messenger_answers_total", status=404) == 1
            )
        )
    assert added(found, "messenger_people_online") == 2
    assert found["messenger_messages_total"] == 1
    assert found["messenger_database_up"] == 1
    assert added(found, "messenger_writer_calls_total") >= added(found, "messenger_writer_commits_total") >= 4
    assert added(found, "messenger_writer_seconds_total") > 0
    assert added(found, "messenger_socket_opened_total") == 2
    assert added(found, "messenger_request_seconds_count", kind="flash_chat") >= 3
    assert {f'messenger_up{{version="{VERSION}",worker="{number}"}}' for number in (1, 2)} <= set(found)
    assert min(v for key, v in found.items() if key.startswith("process_resident_memory_bytes")) > 10**7
    assert not any(secret in scraped.text for secret in (ann.login, ann.token, "hello", TOKEN))
    on_the_board_is_only(scraped.text)
    one = min(child.pid for child in psutil.Process(server.process.pid).children())
    os.kill(one, SIGKILL)
    began = workers(found)
    after = scraped.until(lambda found: len(workers(found)) == 2 and workers(found) != began)
    assert set(workers(after)) == set(began), "the next one takes the place of who has gone"


def on_the_board_is_only(text):
    """What can be read."""
    known = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    known |= {f"{name}_{end}" for name in known for end in ("bucket", "count", "sum")}
    board = (HOME / "docs" / "grafana.json").read_text()
    named = {
        name
        for panel in json.loads(board)["panels"]
        for aim in panel["targets"]
        for name in FAMILY.findall(aim["expr"])
    }
    assert len(named) > 15
    assert named <= known


def test_times_fall_into_their_places(app):
    timings = Timings()
    with app.app_context():
        for seconds in (0.001, 0.005, 0.3, 99):
            timings.note("health.healthz", 200, seconds)
        timings.note(None, 404, 0.1)
        timings.note("static", 200, 0.1)
    assert timings.counts["health"][0] == 2
    assert timings.counts["health"][BOUNDS.index(0.5)] == 1
    assert timings.counts["health"][-1] == 1
    assert timings.answers == {("health", 200): 4, ("nowhere", 404): 1, ("files", 200): 1}
