"""The cookies by which somebody is known, and the names under which nobody else can set them.

Another server under the same domain may give a browser cookies that come here, and so may anybody on a line that is
not encrypted. Over https ours are called `__Host-…`: no browser takes such a name from them. The documented protocols
know `sessionToken`, so that one is set beside it; how little it is worth by itself is told in identity.py.
"""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

from messenger.extensions import settings

PREFIX = "__Host-"


def is_encrypted() -> bool:
    """Does the browser talk https, with us or with a router in front?"""
    return bool(request.is_secure or settings.is_https)


def own(name: str) -> str:
    """Its value under the name that only we can have set, "" when there is none."""
    values = request.cookies.getlist(PREFIX + name)
    # An old browser may be led to hold a second one; then neither can be believed.
    return values[0] if len(values) == 1 else ""


def given(name: str) -> str:
    """Its value under whichever name; "" when there is none."""
    return own(name) or request.cookies.get(name, "")


def put(response: Response, name: str, value: str, seconds: int, strict: bool = False) -> None:
    """Give it to the browser for so long, and to nobody else: no script, no other site."""
    response.set_cookie(
        PREFIX + name if is_encrypted() else name,
        value,
        max_age=seconds,
        secure=is_encrypted(),
        httponly=True,
        samesite="Strict" if strict else "Lax",
        path="/",
    )


def put_plainly(response: Response, name: str, value: str, seconds: int) -> None:
    """The same under the plain name."""
    response.set_cookie(name, value, max_age=seconds, secure=is_encrypted(), httponly=True, samesite="Lax", path="/")


def take_back(response: Response, name: str) -> None:
    """It is worth nothing any more, under whichever name."""
    put(response, name, "", 0)
    if is_encrypted():
        put_plainly(response, name, "", 0)


class Pocket(SecureCookieSessionInterface):
    """What Flask itself keeps in a cookie: a word to show on the next page, and the half of a form's proof."""

    def get_cookie_name(self, app: Flask) -> str:
        """Its name on this line."""
        return f"{PREFIX}session" if is_encrypted() else "session"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Where it begins with the prefix it must be."""
        return is_encrypted()
