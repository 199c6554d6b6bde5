"""A tiny Flask app with a plain JSON dialect, run under gunicorn or Werkzeug as a subprocess of the tests.

Frames are `{"do": …}`; what is no JSON object is said back as it came. Settings come as JSON in ECHO_SETTINGS.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
from flask import Flask, request

# The package without its create_app: the live layer stands alone, and starts in a third of the time.
alone = ModuleType("messenger")
alone.__path__ = [str(Path(__file__).resolve().parents[2] / "messenger")]
sys.modules.setdefault("messenger", alone)

# ruff: noqa: E402
from messenger.live import drain  # noqa: F401 for echo_gunicorn.py
from messenger.live.deeds import Now, Quick, Slow
from messenger.live.dialect import Dialect
from messenger.live.sock import Opening, SafeSock, check_origin, subprotocols
from messenger.live.switchboard import Switchboard

ROOM = ("chat", 1)


class Refused(Exception):
    status = 403


class Said(msgspec.Struct, frozen=True):
    text: str
    chat_id: int = 1
    revision: int = 1 << 40
    volatile = False

    @property
    def topics(self):
        return (("chat", self.chat_id),)


class Wink(msgspec.Struct, frozen=True):
    text: str
    volatile = True
    topics = (ROOM,)


class Ended(msgspec.Struct, frozen=True):
    session_id: int
    ends_session = True

    @property
    def topics(self):
        return (("session", self.session_id),)


class Echo(Dialect):
    """Says back whatever it hears."""

    name = "echo"
    heeds = frozenset({Ended})

    def hear(self, mailbox, frame):
        mailbox.write(frame if isinstance(frame, str) else frame.hex())

    def speak(self, mailbox, news):
        fact = news.fact
        mailbox.say(news, None, lambda: fact.text)


class Json(Echo):
    """Does what the tests ask for."""

    name = "json"
    heeds = None

    def opened(self, mailbox):
        replay = int((mailbox.memory or {}).get("replay", 0))
        for number in range(replay):
            mailbox.write(f"replay {number} " + "x" * int((mailbox.memory or {}).get("size", 0)))
        if (mailbox.memory or {}).get("slow"):
            time.sleep(float(mailbox.memory["slow"]))
        mailbox.write("hello")

    def hear(self, mailbox, frame):
        try:
            wish = json.loads(frame)
        except ValueError:
            wish = None
        if not isinstance(wish, dict):
            return Now(lambda mailbox, _: super(Json, self).hear(mailbox, frame))
        return getattr(self, "on_" + str(wish.get("do")), self.on_unknown)(mailbox, wish)

    def on_unknown(self, mailbox, wish):
        raise Refused("unknown wish")

    def on_tell(self, mailbox, wish):
        board = mailbox.switchboard
        board.bus.tell([Said(wish["text"])] * wish.get("times", 1))

    def on_wink(self, mailbox, wish):
        mailbox.switchboard.bus.tell([Wink(wish["text"])])

    def on_crash(self, mailbox, wish):
        raise ValueError(" ".join(["secret", "words", str(wish)]))

    def on_slow(self, mailbox, wish):
        def nap():
            time.sleep(wish["seconds"])
            if wish.get("crash"):
                raise ValueError(" ".join(["secret", "words"]))
            return wish["text"]

        return Slow(nap, lambda mailbox, text: mailbox.write(text))

    def on_quick(self, mailbox, wish):
        loop = mailbox.switchboard.loop
        return Quick(
            wish.get("kind", "send"),
            lambda then: loop.later(
                wish.get("seconds", 0.01), then, Refused("no") if wish.get("refuse") else wish["text"]
            ),
            lambda mailbox, text: mailbox.write(text),
        )

    def on_close(self, mailbox, wish):
        mailbox.close(wish["code"], wish.get("reason", ""))

    def on_end_session(self, mailbox, wish):
        mailbox.switchboard.close_session(wish["id"])

    def on_end_by_fact(self, mailbox, wish):
        mailbox.switchboard.bus.tell([Ended(wish["id"])])

    def on_big(self, mailbox, wish):
        mailbox.write("x" * wish["size"])

    def refuse(self, mailbox, error, frame):
        mailbox.write(json.dumps({"refused": str(error)}))


def create_app() -> Flask:
    app = Flask(__name__)
    settings = SimpleNamespace(**json.loads(os.environ.get("ECHO_SETTINGS", "{}")))
    board = Switchboard(app, settings)
    sock = SafeSock(app)
    knocking, gate = [], threading.Event()

    def door(dialect: str = "") -> Opening:
        if "cookie" in request.args:
            check_origin(request)
        if "forbidden" in request.args:
            raise Refused("not you")
        if "gate" in request.args:
            knocking.append(request.args["gate"])
            assert gate.wait(20)
        user = request.args.get("user", type=int)
        actor = SimpleNamespace(user_id=user) if user is not None else None
        asked = request.args.keys() & {"replay", "size", "slow"}
        memory = {name: request.args.get(name, 0, float) for name in asked} or None
        offered = subprotocols(request.environ)
        return Opening(
            actor, request.args.get("session", type=int), [ROOM], None, offered[0] if offered else None, memory
        )

    sock.route("/echo", dialect=Echo())(door)
    sock.route("/json", endpoint="json", dialect=Json())(door)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/open")
    def open_gate() -> str:
        gate.set()
        return "open"

    @app.get("/stats")
    def stats() -> dict[str, Any]:
        with open("/proc/self/statm") as statm:
            resident = int(statm.read().split()[1]) * resource.getpagesize()
        return {
            "rss": resident,
            "descriptors": len(os.listdir("/proc/self/fd")),
            "sockets": len(board.mailboxes),
            "knocking": len(knocking),
            "topics": len(board.bus._followers),
            "deadlines": len(board.wiring.pulse._deadlines),
            "wheel": sum(map(len, board.wiring.pulse._wheel)),
            "users": len(board.by_user),
            "turns": board.loop.turns,
            "counters": {name: getattr(board.counters, name) for name in board.counters.__slots__},
            "cpu": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
            "pid": os.getpid(),
        }

    return app
