"""What must be so before gunicorn listens: a free port, a fit database. Else: one line, an exit code.

This is the master's, which stays as small as it is: what knows the database is loaded by a process of its own.
"""

import errno
import importlib
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from gevent.os import fork_gevent

from messenger import lineage
from messenger.settings import Settings
from messenger.settings.whole import HOME

MOST_SAID = 64 * 1024


def check_port(address: Any) -> None:
    """Somebody else may listen already."""
    if not isinstance(address, tuple):
        return
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        why = {
            errno.EADDRINUSE: "is in use by another program. Choose another: bin/run --port 8001",
            errno.EACCES: "may not be opened by you. Choose one above 1023: bin/run --port 8001",
        }.get(error.errno or 0, f"cannot be opened: {error.strerror}.")
        leave(f"{address[0]}:{address[1]} {why}", os.EX_UNAVAILABLE)


def made_fit(settings: Settings) -> list[str]:
    """Has the database brought up to date by a process that ends then, and hands on what that one found to warn of."""
    if _is_fit(settings):
        return []
    sys.stdout.flush()
    reading, writing = os.pipe()
    child = fork_gevent()
    if child == 0:
        os._exit(_outcome(lambda: _make_fit(settings, writing)))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        leave(f"Bringing the database up to date was ended from outside, by signal {-code}.", os.EX_OSERR)
    if code:
        sys.exit(code)
    # A few sentences: the pipe has kept them.
    warnings: list[str] = json.loads(os.read(reading, MOST_SAID))
    os.close(reading)
    os.close(writing)
    return warnings


def _is_fit(settings: Settings) -> bool:
    """Is it a file that needs nothing, in a folder where we may write? Most starts have seen enough by that."""
    shape = settings.sqlite_path and lineage.of_file(settings.sqlite_path)
    return bool(shape) and shape == lineage.newest(HOME) and os.access(settings.instance_dir, os.W_OK)


def _make_fit(settings: Settings, writing: int) -> None:
    os.write(writing, json.dumps(importlib.import_module("messenger.fitness").reached(settings)).encode())


def _outcome(deed: Callable[[], None]) -> int:
    """The exit code of this deed; what it had to say is said."""
    try:
        deed()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stderr.flush()
    return 0


def leave(words: str, code: int) -> NoReturn:
    """Says why, and goes."""
    sys.stderr.write(words + "\n")
    sys.exit(code)
