"""What a server started by hand says: where it is, and how to become its administrator."""

import sys
from collections.abc import Iterable
from typing import Any

from messenger.settings import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 they are looked for here, not listened on


def say(settings: Settings, listening: Iterable[Any]) -> None:
    """Two lines on the console."""
    for address in listening:
        sys.stdout.write(f"\n  {settings.site_name} is at {_address(settings, address)}\n")
    sys.stdout.write(f"  {_administrator(settings)} Ctrl-C stops the server.\n\n")
    sys.stdout.flush()


def _address(settings: Settings, listening: Any) -> str:
    """The address to type: BASE_URL where there is one; a server that listens everywhere is also at 127.0.0.1."""
    if settings.base_url:
        return settings.base_url
    if not isinstance(listening, tuple):
        return f"unix:{listening}"
    host, port = EVERYWHERE.get(listening[0], str(listening[0])), listening[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _administrator(settings: Settings) -> str:
    if settings.admin_login:
        return f"Its administrator is {settings.admin_login}."
    return "The first account made there becomes the administrator."
