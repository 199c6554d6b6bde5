"""The administrators' desk: who may sit at it, and what its pages share."""

from typing import Any

from flask import Blueprint, Response, request

from messenger.core.audit import Steward
from messenger.core.refusals import Refusal, Unknown
from messenger.reception import device, identity
from messenger.web import layout

pages = Blueprint("admin", __name__, url_prefix="/admin")


@pages.before_request
def check() -> None:
    """For everybody else there is nothing here."""
    if not identity.who().is_admin:
        raise Unknown()


def steward() -> Steward:
    """The administrator who asks, and from where. The verbs look again whether he still is one."""
    return device.steward(identity.who())


def page(template: str, refusal: Refusal | None = None, **names: Any) -> Response:
    """One of the pages, with what was wrong with the last deed."""
    errors = layout.errors_of(refusal) if refusal else {}
    return layout.page(f"admin/{template}.html", refusal.status if refusal else 200, errors=errors, **names)


def words() -> str:
    """What is looked for."""
    return request.args.get("q", "")[:200]


def before() -> int | None:
    """Where the page begins."""
    said = request.args.get("before", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
