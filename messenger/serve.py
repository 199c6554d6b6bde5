"""What must be so before gunicorn listens: a free port, a database of our shape. Else: one line, an exit code."""

import errno
import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from gevent.os import fork_gevent

from messenger.core import connections
from messenger.core.connections import Deaf
from messenger.schema import SchemaUnfit, bare, bring_up_to_date
from messenger.settings import Settings


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


def prepare(settings: Settings) -> None:
    """Brings the database up to date, by a process of its own: what migrating takes in memory goes with it."""
    sys.stdout.flush()
    child = fork_gevent()
    if child == 0:
        os._exit(_outcome(lambda: _bring_up_to_date(settings)))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        leave(f"Bringing the database up to date was ended from outside, by signal {-code}.", os.EX_OSERR)
    if code:
        sys.exit(code)


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


def _bring_up_to_date(settings: Settings) -> None:
    """With an app that is a database only: no loop, no thread before the fork."""
    try:
        bring_up_to_date(bare(settings))
    except SchemaUnfit as unfit:
        leave(str(unfit), os.EX_CONFIG)
    except OSError as error:
        leave(f"{error.filename or settings.instance_dir} cannot be used: {error.strerror}.", os.EX_CANTCREAT)


def look_at_connections(settings: Settings) -> list[str]:
    """What everybody should know of the database's connections. A bus that nobody would hear is refused here."""
    try:
        return connections.warnings(settings)
    except Deaf as deaf:
        leave(str(deaf), os.EX_CONFIG)


def leave(words: str, code: int) -> NoReturn:
    """Says why, and goes."""
    sys.stderr.write(words + "\n")
    sys.exit(code)
