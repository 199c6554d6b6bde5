"""The writer alone: many verbs in one commit against one commit each, in the same run."""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator

from flask import Flask, current_app

from messenger import schema
from messenger.cli.bench.scenes import TEXT, Row
from messenger.cli.bench.stage import DEVICE
from messenger.core import accounts, chats, messages
from messenger.core.accounts import Application
from messenger.core.snapshots import Actor
from messenger.settings import Settings


def writer(seconds: float) -> Iterator[Row]:
    """Sends without any socket, on SQLite with every commit on the disk."""
    sys.setswitchinterval(0.0005)  # as the server does
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = current_app.extensions["create_app"](Settings.for_tests(instance_dir=folder, limits=False))
        schema.bring_up_to_date(app)
        with app.app_context():
            ann, bob = (accounts.create(Application(name, "", name), "none", DEVICE).actor for name in ("ann", "bob"))
            messages.send(ann, chats.with_person(ann, bob.person), TEXT)
            single, grouped = (_rate(app, ann, bob, group, seconds) for group in (1, 200))
            yield Row("one commit a message", {"messages/s": round(single)})
            yield Row("up to 200 in one", {"messages/s": round(grouped), "ratio": round(grouped / single, 1)})
            app.extensions["writer"].stop()


def _rate(app: Flask, ann: Actor, bob: Actor, group: int, seconds: float) -> float:
    writing = app.extensions["writer"]
    writing.group, chat = group, chats.with_person(ann, bob.person)
    room, count, start = threading.Semaphore(group * 4), 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        room.acquire()
        messages.send.submit(ann, chat, TEXT, then=lambda outcome: room.release())
        count += 1
    for _ in range(group * 4):
        room.acquire()
    return count / (time.perf_counter() - start)
