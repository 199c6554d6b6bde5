"""A platform as the server meets it: its port, its database, a disk that is wiped, two workers, half a gigabyte."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.cast import Person
from tests.fixtures.server import HOME, environment_of
from tests.wires import Wire

MEMORY = 512 * 1024 * 1024
# SIGKILL comes so long after SIGTERM.
GRACE = 30


class Dyno:
    """One process of the Procfile after the other, on a disk of its own."""

    def __init__(self, folder, database):
        self.folder, self.log_file = folder, folder.parent / "log.txt"
        self.lines = dict(line.split(": ", 1) for line in (HOME / "Procfile").read_text().splitlines())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        clean = environment_of(folder)
        del clean["LOG_FORMAT"]
        self.environment = clean | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DYNO": "web.1",
            "PORT": self.port,
            "DATABASE_URL": database,
            "SECRET_KEY": "x" * 64,
            "WEB_CONCURRENCY": "2",
            "TRUSTED_PROXIES": "1",
            "REGISTRATIONS_PER_HOUR": "1000",
        }
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def begin(self, name):
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", f"exec {self.lines[name]}"],
                cwd=HOME,
                env=self.environment,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self.process

    def serve(self):
        """Until both workers are there and ready."""
        before = len(self.log)
        self.begin("web")
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                is_ready = urllib.request.urlopen(f"{self.url}/readyz", timeout=5).status == 200
                if is_ready and self.log[before:].count("Booting worker") == 2:
                    return
            time.sleep(0.1)
        raise AssertionError(self.log)

    def wipe(self):
        """What a restart leaves of the disk."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    @property
    def log(self):
        return self.log_file.read_text() if self.log_file.exists() else ""

    def said(self, words):
        """How often; the first worker may be the last to be there."""
        until = time.monotonic() + 30
        while words not in self.log and time.monotonic() < until:
            time.sleep(0.1)
        return self.log.count(words)

    @property
    def memory(self):
        """Bytes of all its processes, what they share counted once."""
        everybody = [psutil.Process(self.process.pid)]
        everybody += everybody[0].children(recursive=True)
        return sum(one.memory_full_info().pss for one in everybody)


@pytest.fixture
def dyno(tmp_path, postgres):
    folder = tmp_path / "disk"
    folder.mkdir()
    with Dyno(folder, re.sub(r"^postgresql://", "postgres://", postgres.empty())) as made:
        yield made


def test_a_dyno_serves_says_what_will_be_lost_keeps_the_rest_and_leaves_in_time(dyno, record_property):
    assert dyno.environment["DATABASE_URL"].startswith("postgres://")
    assert dyno.begin("release").wait(60) == 0, dyno.log
    dyno.serve()
    assert "Uploads are files, and Heroku may wipe the disk at every restart" in dyno.log
    assert "The database is a file" not in dyno.log
    assert dyno.said("/?admin=") == 1
    ann, bob = Person(dyno.url, "ann"), Person(dyno.url, "bob")
    # The socket stays open: it must not keep the server from leaving.
    with bob.socket(f"/dialog/{ann.login}/ws"):
        assert ann.post(f"/dialog/{bob.login}", {"text": "before the restart"}).status == 201
        record_property("memory of two workers, MB", dyno.memory // 2**20)
        print(f"two workers with PostgreSQL: {dyno.memory / 2**20:.0f} MB")
        assert dyno.memory < MEMORY
        dyno.process.terminate()
        assert dyno.process.wait(GRACE) == 0, dyno.log
    assert "Traceback" not in dyno.log
    dyno.wipe()
    dyno.serve()
    again = Wire(dyno.url, ann.token).get(f"/dialog/{bob.login}")
    assert again.status == 200
    assert "before the restart" in str(again.body)
    assert dyno.process.terminate() is None
    assert dyno.process.wait(GRACE) == 0, dyno.log
