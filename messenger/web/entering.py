"""What follows every sign-in on the pages: the cookies, and on to where somebody wanted to go."""

from flask import Response

from messenger.core.sessions import SignedIn
from messenger.reception import device
from messenger.web import layout


def enter(signed_in: SignedIn, address: str) -> Response:
    """He is in: on to where he wanted to go, in a browser that is known from now on."""
    return device.recognise(device.remember(layout.done(safe(address) or "/"), signed_in), signed_in)


def safe(address: str) -> str:
    """A path on this server, or nothing: who signs in is never sent to somebody else's."""
    # Browsers take any number of slashes, and backslashes too, for the beginning of a host's name.
    is_path = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if is_path and address.isprintable() else ""
