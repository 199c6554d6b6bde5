"""What a server says when it starts: where it is, and how to become its administrator."""

import logging
import sys
from collections.abc import Iterable
from typing import Any

from messenger.settings import Settings

log = logging.getLogger("messenger.greeting")

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 they are looked for here, not listened on


def say(settings: Settings, listening: Iterable[Any]) -> None:
    """On the console of who started it by hand."""
    for address in listening:
        sys.stdout.write(f"\n  {settings.site_name} is at {_address(settings, address)}\n")
    sys.stdout.write("  Ctrl-C stops the server.\n\n")
    sys.stdout.flush()


def offer(settings: Settings, listening: Iterable[Any], key: str) -> None:
    """The address that makes the first administrator, on the console or in the log."""
    if settings.log_format == "console":
        for address in listening:
            sys.stdout.write(f"  To become its administrator open {_address(settings, address)}/?admin={key}\n\n")
        sys.stdout.flush()
    else:
        place = settings.base_url or "https://<where this server is>"
        log.warning("This server has no administrator yet. To become it open %s/?admin=%s", place, key)


def _address(settings: Settings, listening: Any) -> str:
    """The address to type: BASE_URL where there is one; a server that listens everywhere is also at 127.0.0.1."""
    if settings.base_url:
        return settings.base_url
    if not isinstance(listening, tuple):
        return f"unix:{listening}"
    host, port = EVERYWHERE.get(listening[0], str(listening[0])), listening[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
