"""What must be so before gunicorn listens: a free port, a database of our shape. Else: one line, an exit code."""

import errno
import os
import socket
import sys
from typing import Any, NoReturn

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
    """Brings the database up to date, with an app that is a database only: no loop, no thread before the fork."""
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
