"""Servers for the tests of this folder: the tiny echo app under gunicorn or Werkzeug, each a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
APP = "tests.live.echo_app:create_app()"


class Server:
    """A running server; `stats()` is what it says of itself."""

    def __init__(self, kind: str = "gunicorn", **settings: object) -> None:
        self.port = free_port()
        command = {
            "gunicorn": ["gunicorn", "-c", "tests/live/echo_gunicorn.py", "-b", f"127.0.0.1:{self.port}", APP],
            "werkzeug": ["flask", "--app", APP, "run", "--port", str(self.port), "--no-reload"],
        }[kind]
        environ = {**os.environ, "ECHO_SETTINGS": json.dumps({"closing_seconds": 0.5, **settings})}
        environ["PYTHONPATH"] = os.pathsep.join([str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115 closed with the server
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=HOME, env=environ,
            stdout=self._output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                assert self.get("/healthz")[0] == 200
                return
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise AssertionError(self.log)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stats(self) -> dict:
        return json.loads(self.get("/stats")[1])

    def settled(self, **wanted: int) -> dict:
        """The stats, once they are as wanted; fails after ten seconds."""
        end = time.monotonic() + 10
        while any((stats := self.stats())[name] != value for name, value in wanted.items()):
            assert time.monotonic() < end, (wanted, stats)
            time.sleep(0.05)
        return stats

    def stop(self, number: int = signal.SIGTERM) -> str:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(15)
        return self.log

    @property
    def log(self) -> str:
        """What the server has written so far."""
        self._output.seek(0)
        return self._output.read()

    def kill(self) -> None:
        """End it without waiting for its goodbyes."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture(scope="session")
def lab():
    """A gunicorn without caps, shared by the tests of a run. No traceback may be in its log at the end."""
    server = Server(limits=False)
    yield server
    log = server.stop()
    assert "secret words" not in log
    surprising = [line for line in log.splitlines() if "Traceback" in line]
    assert not surprising, log


@pytest.fixture
def serve():
    """Starts servers with settings of their own."""
    servers = []

    def start(kind: str = "gunicorn", **settings: object) -> Server:
        servers.append(Server(kind, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
