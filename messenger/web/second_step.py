"""The second step of signing in: a code of the authenticator, or one of the recovery codes."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import entrance, tickets
from messenger.core.refusals import Refusal
from messenger.reception import device, jar
from messenger.web import entering, layout

pages = Blueprint("second_step", __name__)
COOKIE = "secondStep"
HOME = "/login/code"


def ask(user_id: int, after: str) -> Response:
    """The password was right: on to the second step, with a ticket that proves the first."""
    response = layout.done(layout.with_query(HOME, next=after))
    jar.put(response, COOKIE, tickets.written(user_id), tickets.SECONDS, strict=True)
    return response


@pages.get(HOME)
def form() -> AnyResponse:
    """The field for the code; back to the beginning for who has no ticket."""
    if tickets.read(jar.given(COOKIE)) is None:
        return redirect("/login", 303)
    return _page()


@pages.post(HOME)
def step() -> AnyResponse:
    """The code."""
    ticket = jar.given(COOKIE)
    try:
        signed_in = entrance.finish(ticket, request.form.get("code", ""), device.of_request("browser"))
    except Refusal as refusal:
        return _page(refusal)
    response = entering.enter(signed_in, request.form.get("next", ""))
    jar.take_back(response, COOKIE)
    return response


def _page(refusal: Refusal | None = None) -> Response:
    return layout.refused("second_step.html", refusal, next=entering.safe(request.values.get("next", "")))
