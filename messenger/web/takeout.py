"""Everything of one's own, to take along: a zip that is made while it is fetched, for nobody but whose it is."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, stream_with_context

from messenger.core import clock, exports
from messenger.core.exports import Export, packing
from messenger.core.exports.turns import Turns
from messenger.core.pace import Pace
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Actor
from messenger.extensions import db
from messenger.reception import identity
from messenger.reception.rendering import rendered
from messenger.web import layout

pages = Blueprint("takeout", __name__, url_prefix="/settings")


@pages.get("/export")
def show(refusal: Refusal | None = None) -> Response:
    """What is in it, and a button."""
    identity.who()
    errors = layout.errors_of(refusal) if refusal else {}
    response = layout.page("settings_export.html", refusal.status if refusal else 200, form={}, errors=errors)
    if refusal is not None:
        response.headers["Retry-After"] = str(int(getattr(refusal, "retry_after", 60)))
    return response


@pages.post("/export")
def fetch() -> Response:
    """The zip itself, as it is made."""
    actor = identity.who()
    turns = current_app.extensions.setdefault("takeouts", Turns())
    try:
        turns.check(actor.user_id)
    except Refusal as refusal:
        return show(refusal)
    response = Response(stream_with_context(_made(actor, turns)), mimetype="application/zip")
    name = f"messenger-{clock.moment(clock.now()):%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A proxy that waits for the whole of it would keep it on its disk.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _made(actor: Actor, turns: Turns) -> Iterator[bytes]:
    pace = Pace()
    with turns.taken(actor.user_id):
        for piece in packing.streamed(Export(exports.of_person(actor.person), rendered).parts()):
            # Whoever reads slowly must not hold a connection of the database meanwhile.
            db.session.remove()
            yield piece
            pace.breathe()
