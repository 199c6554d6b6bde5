"""Pages: forms in, HTML out, and the sockets that keep a page fresh."""

from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from messenger.core.refusals import Unauthenticated
from messenger.reception import body
from messenger.web import (
    admin,
    assets,
    blocks,
    chat,
    chat_heads,
    chat_list,
    devices,
    echo,
    errors,
    files,
    found,
    gallery,
    group,
    health,
    letters,
    list_rows,
    message,
    metrics,
    own,
    paper,
    passkeys,
    profile,
    recovery,
    reports,
    second_step,
    security,
    shell,
    sockets,
    stars,
    takeout,
    timings,
    welcome,
    wishes,
)
from messenger.web.gathering import Gathering
from messenger.web.shell import choose_language

__all__ = ["choose_language", "install"]
PAGES = (
    health,
    metrics,
    echo,
    welcome,
    second_step,
    security,
    passkeys,
    devices,
    blocks,
    reports,
    chat_list,
    chat,
    wishes,
    group,
    message,
    profile,
    own,
    letters,
    recovery,
    takeout,
    found,
    files,
    gallery,
    stars,
    paper,
    sockets,
    admin,
)


def install(app: Flask) -> None:
    """Open the addresses of all pages."""
    timings.install(app)
    shell.install(app)
    assets.install(app)
    app.extensions["list_rows"] = Gathering(app.extensions["switchboard"], list_rows.drawn)
    app.extensions["chat_heads"] = Gathering(app.extensions["switchboard"], chat_heads.drawn)
    for module in PAGES:
        app.register_blueprint(module.pages)
    app.register_error_handler(Unauthenticated, _to_the_door)


def _to_the_door(refusal: Unauthenticated) -> Response:
    """Who is not signed in is led to the door and, once inside, to where he wanted to go."""
    if not body.wants_page():
        return errors.answer(refusal.status, refusal.message)
    if request.headers.get("HX-Request") == "true":
        return errors.answer(refusal.status, refusal.message, [("HX-Redirect", "/")])
    wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else ""
    return redirect(f"/login?next={quote(wanted, safe='')}" if wanted else "/", 303)
