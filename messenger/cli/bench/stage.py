"""What a measurement stands on: a fresh server process with its own folder, and people who are signed in to it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from flask import current_app

from messenger import schema
from messenger.core import accounts, chats, groups, messages
from messenger.core.accounts import Application
from messenger.core.sessions import Device, SignedIn
from messenger.core.verbs import nobody
from messenger.settings import Settings
from messenger.settings.whole import HOME

DEVICE = Device("bench")
START_SECONDS = 30


class Stage(msgspec.Struct):
    """A server that runs, and who is signed in."""

    port: int
    pids: list[int]
    people: list[SignedIn]
    group_id: int = 0

    def cpu_seconds(self) -> float:
        """Processor time that the server's workers have used so far."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids]
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")

    def memory_kib(self) -> int:
        """Resident memory of the workers."""
        lines = [line for pid in self.pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@contextmanager
def messenger(
    people: int, *, in_one_group: bool = False, history: int = 0, database: str = "", workers: int = 1
) -> Iterator[Stage]:
    """Our server, with every durability it promises and no rate limits, on SQLite unless an empty database is named."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = Settings.for_tests(instance_dir=folder, database_url=database, limits=False)
        signed_in, group_id = _populate(settings, people, in_one_group, history)
        said = {"INSTANCE_DIR": folder, "SECRET_KEY": settings.secret_key, "DATABASE_URL": database, "REDIS_URL": ""}
        with _gunicorn("app:app", said, workers) as (port, pids):
            yield Stage(port, pids, signed_in, group_id)


@contextmanager
def reference() -> Iterator[Stage]:
    """flask-sock as it comes, without database or identity: what the same work costs bare."""
    with _gunicorn("messenger.cli.bench.reference:app", {}) as (port, pids):
        yield Stage(port, pids, [])


def _populate(settings: Settings, count: int, in_one_group: bool, history: int) -> tuple[list[SignedIn], int]:
    app = current_app.extensions["create_app"](settings)
    schema.bring_up_to_date(app)
    with app.app_context():
        people = [
            accounts.create(Application(f"p{number}", "", f"Person {number}"), "no password", DEVICE)
            for number in range(count)
        ]
        group_id = 0
        if in_one_group:
            others = [person.actor.person for person in people[1:501]]
            chat = groups.create(people[0].actor, "Everybody", True, others)
            group_id = chat.chat_id or 0
            for person in people[501:]:
                groups.join(person.actor, group_id)
        _write(people, history)
        app.extensions["writer"].stop()
    return people, group_id


def _write(people: list[SignedIn], count: int) -> None:
    for number in range(count):
        author, reader = people[number % 2].actor, people[1 - number % 2].actor
        chat = chats.with_person(author, reader.person)
        if number:
            messages.send.submit(author, chat, f"message {number} of a long talk", then=nobody)
        else:
            messages.send(author, chat, "the first of a long talk")
        if number % 2_000 == 1_999:
            messages.send(author, chat, "a pause, until everything is written")


@contextmanager
def _gunicorn(app: str, extra: dict[str, str], workers: int = 1) -> Iterator[tuple[int, list[int]]]:
    port = _free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "LIMITS": "off",
        "LOG_LEVEL": "error",
        **extra,
        "WEB_CONCURRENCY": str(workers),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(HOME / "gunicorn.conf.py"), app]
    process = subprocess.Popen(command, cwd=HOME, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 our own server
    try:
        _wait_for(port)
        pids, cores = _children_of(process.pid, workers), sorted(os.sched_getaffinity(0))
        for number, pid in enumerate(pids):
            os.sched_setaffinity(pid, {cores[number % len(cores)]})
        yield port, pids
    finally:
        process.terminate()
        process.wait(15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if probe.recv(12).endswith(b"200"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _children_of(pid: int, count: int) -> list[int]:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(children) >= count:
            return [int(child) for child in children]
        time.sleep(0.05)
    raise TimeoutError("the server has too few workers")
