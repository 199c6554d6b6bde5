"""Requests that another site made a browser send: a change by the cookie alone must prove where it comes from."""

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from messenger.core.refusals import Forbidden
from messenger.extensions import settings
from messenger.reception import identity
from messenger.reception.described import description_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORGED = "This request did not come from a page of this server."
PORTS = {"http": 80, "https": 443}


def install(app: Flask) -> None:
    """Look at every request before anything else does."""
    app.before_request(check)


def check() -> None:
    """Forbidden for an unsafe request by cookie that cannot show that it is ours."""
    if request.method in SAFE or not identity.is_by_cookie():
        return
    if not (is_same_origin() or _has_form_token() or _is_from_a_program()):
        raise Forbidden(FORGED)


def word() -> str:
    """What the forms of our pages carry. It counts for the session that the page was made for, and for no other."""
    return str(generate_csrf(secret_key=_key()))


def check_origin() -> None:
    """For a websocket: browsers send cookies along from any site, so the Origin must be our own."""
    if identity.is_by_cookie() and not _is_ours(request.headers.get("Origin", "")):
        raise Forbidden(FORGED)


def is_same_origin() -> bool:
    """Does the browser itself say that one of our pages sent this?"""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None:
        return _is_ours(origin)
    return site == "same-origin"


def is_foreign() -> bool:
    """Does the browser itself say that another site sent this, and is there nothing that only our page could know?"""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    says_so = site in ("cross-site", "same-site") if origin is None else not _is_ours(origin)
    return says_so and not _has_form_token()


def _key() -> bytes:
    """Another one for each session. The cookie that the other half is kept in may be somebody else's work."""
    actor = identity.who_if_anyone()
    whose = f"forms:{actor.session_id}" if actor is not None else "forms:"
    return hmac.new(settings.secret_key.encode(), whose.encode(), hashlib.sha256).digest()


def _has_form_token() -> bool:
    """Only a page of ours could know this word. A large upload sends it in a header, to be read before the body is."""
    token = request.headers.get("X-CSRFToken")
    if token is None and request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        token = request.form.get("csrf_token")
    try:
        validate_csrf(token, secret_key=_key())
    except ValidationError:
        return False
    return True


def _is_from_a_program() -> bool:
    """No browser sends JSON to another site without asking first, nor leaves both headers out.

    Signing in looks at no cookie: there a program with a cookie jar may call its JSON what it likes.
    """
    return (
        (request.mimetype == "application/json" or _needs_nobody())
        and "Origin" not in request.headers
        and "Sec-Fetch-Site" not in request.headers
    )


def _needs_nobody() -> bool:
    told = description_of(current_app.view_functions[request.endpoint]) if request.endpoint else None
    return told is not None and told.is_open


def _is_ours(origin: str) -> bool:
    """Exactly this host and port; over https nothing less than https."""
    place = _place(origin)
    home = _place(settings.base_url)
    if place is None or (place[0] != "https" and (request.is_secure or _is_https_at(home, place))):
        return False
    own = {_place(request.host_url), home} - {None}
    return any(place[1:] == known[1:] for known in own if known is not None)


def _is_https_at(home: tuple[str, str, int] | None, place: tuple[str, str, int]) -> bool:
    return home is not None and home[0] == "https" and home[1] == place[1]


def _place(address: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    # Behind a router that ends TLS the port of the plain request says nothing: the scheme's own one stands for both.
    return parts.scheme, parts.hostname, port or (PORTS["https"] if settings.is_https else PORTS[parts.scheme])
