"""Knocks at the server as a client would, and asks it what it heard."""

import json
import ssl
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from messenger.core import signed
from messenger.web import echo

PATIENCE = 10.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 to knock there, not to listen
UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname = False
UNCHECKED.verify_mode = ssl.CERT_NONE


class Silent(Exception):
    """Nobody answered; the message says how."""


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def heard(self) -> dict[str, Any] | None:
        """What our server says it heard; None when that was not our server."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return None
        return said if self.status == 200 and isinstance(said, dict) and "hops" in said else None


def local_url(settings: Any) -> str:
    """Where the server of these settings listens on this machine."""
    host = EVERYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def ask(url: str, path: str, body: bytes | None = None) -> Answer:
    """One request. Silent. No proxy of this machine's environment, no redirect is followed, no certificate checked."""
    request = urllib.request.Request(url + path, data=body, headers={"User-Agent": "flask doctor", "Accept": "*/*"})  # noqa: S310 our own address
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=UNCHECKED), _Still
    )
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, answer.headers, answer.read(1 << 20))
    except urllib.error.HTTPError as answer:
        return Answer(answer.code, answer.headers, answer.read(1 << 20))
    except (OSError, HTTPException) as error:
        raise Silent(str(getattr(error, "reason", error)) or type(error).__name__) from None


def echo_path() -> str:
    """The address of the echo, signed for now."""
    return f"{echo.ADDRESS}?{signed.query(echo.ADDRESS, 5)}"


def is_serving(settings: Any) -> bool:
    """Whether a server with our secret answers on this machine."""
    if not settings.port:
        return False
    try:
        return ask(local_url(settings), echo_path()).heard() is not None
    except Silent:
        return False


def host_of(url: str) -> str:
    """Host and port as a browser says them."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower()


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Where it wants to lead us is an answer too."""
