"""Addresses that open by themselves for a while: for clients that carry neither cookie nor header."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from messenger.core import clock
from messenger.core.refusals import Unknown
from messenger.extensions import settings

# Two answers within this many seconds name the same address, so that caches recognise it.
GRAIN = 300


def query(path: str, minutes: int) -> str:
    """What to put behind `path` so that it opens for at least so many minutes."""
    expires = clock.now() // clock.SECOND + 60 * minutes
    expires += -expires % GRAIN
    return f"expires={expires}&signature={_signature(path, expires)}"


def check(path: str, arguments: Mapping[str, str]) -> None:
    """Unknown unless these arguments were given out for this path and have not expired."""
    said = arguments.get("expires", "")
    expires = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0
    given = arguments.get("signature", "").encode("utf-8", "replace")
    is_ours = hmac.compare_digest(_signature(path, expires).encode(), given)
    if not is_ours or clock.now() // clock.SECOND >= expires:
        raise Unknown("This link has expired.")


def _signature(path: str, expires: int) -> str:
    key = hashlib.sha256(b"signed links:" + settings.secret_key.encode()).digest()
    mark = hmac.new(key, f"{expires}\n{path}".encode("utf-8", "replace"), hashlib.sha256).digest()
    return urlsafe_b64encode(mark[:24]).decode()
