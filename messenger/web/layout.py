"""How a page is answered: whole, bare for htmx, or a fragment; and how a form is answered that did not fit."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _

from messenger.core import standings
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Actor, Person, Standing
from messenger.reception import identity
from messenger.web import shell

ROWS = 50
Row = tuple[Standing, Person | None]


def page(template: str, status: int = 200, **names: Any) -> Response:
    """A page of somebody who is signed in: with the list beside it, or without, if only the pane is asked for."""
    if is_for("main"):
        names |= {"layout": "bare.html", "rows": [], "more": None}
    else:
        listed = {} if "rows" in names else side(identity.who())
        names = {"layout": "panes.html", "q": "", **listed, **names}
    return fragment(template, status, **names)


def fragment(template: str, status: int = 200, **names: Any) -> Response:
    """A template as an answer that no cache keeps for somebody else."""
    response = make_response(render_template(template, **names), status)
    response.vary.update(("Accept", "HX-Request", "HX-Target", "Cookie"))
    return response


def refused(template: str, refusal: Refusal | None, **names: Any) -> Response:
    """A form as it was typed, with what was wrong with it and when it may be sent again; or as it is at first."""
    errors = errors_of(refusal) if refusal else {}
    response = fragment(template, refusal.status if refusal else 200, errors=errors, **names)
    return later(response, refusal)


def page_refused(template: str, refusal: Refusal | None, **names: Any) -> Response:
    """The same for who is signed in, beside his list."""
    errors = errors_of(refusal) if refusal else {}
    return later(page(template, refusal.status if refusal else 200, errors=errors, **names), refusal)


def later(response: Response, refusal: Refusal | None) -> Response:
    """With Retry-After, if waiting helps."""
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        response.headers["Retry-After"] = str(max(1, round(wait)))
    return response


def with_query(path: str, **values: str) -> str:
    """The address with what is not empty behind it."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path


def side(actor: Actor, after: str = "") -> dict[str, Any]:
    """The list beside every page, pinned chats first, and the key of its last row when there are more."""
    found = standings.of(actor, ROWS + 1, _key(after))
    more = f"{found[ROWS - 1].active_at}-{found[ROWS - 1].chat.chat_id}" if len(found) > ROWS else None
    listed = sorted(found[:ROWS], key=lambda standing: standing.pinned_at is None)
    return {"rows": [row(actor, standing) for standing in listed], "more": more}


def row(actor: Actor, standing: Standing) -> Row:
    """A standing and the person on its other side, if it is a dialog."""
    chat = standing.chat
    return standing, shell.seen(chat.other(actor.user_id), actor.user_id) if chat.kind == "dialog" else None


def is_for(*targets: str) -> bool:
    """Does htmx ask for what stands in one of these places?"""
    if request.headers.get("HX-Request") != "true" or "HX-History-Restore-Request" in request.headers:
        return False
    return request.headers.get("HX-Target") in targets


def is_htmx() -> bool:
    """Does htmx ask at all?"""
    return request.headers.get("HX-Request") == "true"


def done(address: str, words: str = "") -> Response:
    """A form has done its work: on to the next page, or nothing more to say to htmx."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address} if words else {})
    if words:
        flash(words, "message")
    return make_response(redirect(address, 303))


def errors_of(refusal: Refusal) -> dict[str, str]:
    """The refusal beside its field; under "" where it is about the whole form."""
    return {refusal.field or "": said(refusal)}


def said(refusal: Refusal) -> str:
    """The refusal in the reader's language."""
    return str(_(refusal.text) % refusal.gaps) if refusal.gaps else str(_(refusal.text))


def form_values(*names: str, **defaults: str) -> Mapping[str, str]:
    """What was typed, to be shown again."""
    return {name: request.form.get(name, defaults.get(name, "")) for name in (*names, *defaults)}


def _key(after: str) -> tuple[int, int] | None:
    at, _dash, chat_id = after.partition("-")
    return (int(at), int(chat_id)) if at.isdigit() and chat_id.isdigit() and len(after) < 40 else None
