"""A worker that has its app: takes up service, and leaves it politely. The master does not know it."""

import ctypes
import gc
import resource
import sys
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn import util

from messenger import duty, greeting
from messenger.core import founding
from messenger.live import drain
from messenger.web import figures, unread

# glibc's own numbers for what it may keep, and from which size on a piece is the system's.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
PIECE = 4 * 1024 * 1024


def begin(worker: Any) -> None:
    """Room for sockets, a writer that is not kept waiting, a polite end; what else there is to do between answers."""
    # Bytes that are no request never reach the app; they are answered in its words all the same.
    util.write_error = unread.answer
    # The writer's native thread needs the interpreter's lock promptly; the default lets it wait 5 ms per commit.
    sys.setswitchinterval(0.0005)
    # What the app is made of stays for ever and need not be looked through; a message's objects go without help.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    _give_large_pieces_back()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if switchboard := worker.wsgi.extensions.get("switchboard"):
        drain.install(worker, switchboard)
        duty.begin(worker.wsgi)
        figures.begin(worker.wsgi, worker.place)
        if worker.age == 1:  # the first of all
            _offer(worker.wsgi, [getattr(one, "sock", one).getsockname() for one in worker.sockets])


def end(worker: Any) -> None:
    """Sockets have had their goodbye, and what was accepted is written, before the process ends."""
    extensions = getattr(getattr(worker, "wsgi", None), "extensions", {})
    if "switchboard" in extensions:
        drain.finish(extensions["switchboard"])
    if "writer" in extensions:
        extensions["writer"].stop()
    if "bus" in extensions:
        extensions["bus"].stop()


def _give_large_pieces_back() -> None:
    """glibc would keep for ever what was once needed in one piece: 19 MiB for each thread that hashed a password."""
    with suppress(AttributeError):  # other C libraries have their own ways
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, PIECE)
        libc.mallopt(M_TRIM_THRESHOLD, PIECE)


def _offer(app: Flask, listening: list[Any]) -> None:
    """On a server that never had an administrator: how to become it."""
    settings = app.extensions["settings"]
    with app.app_context():
        if settings.admin_login or not founding.is_open():
            return
        key = founding.token()
    greeting.offer(settings, listening, key)
