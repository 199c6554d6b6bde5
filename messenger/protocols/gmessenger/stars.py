"""Messages with a star: one's own marks, of which nobody else hears."""

from flask import Response

from messenger.core import history, stars
from messenger.protocols.gmessenger import asking, shapes
from messenger.protocols.gmessenger.examples import GROUP_MESSAGE, MESSAGE, TIME
from messenger.protocols.gmessenger.times import written
from messenger.protocols.gmessenger.wire import ERROR, answer, pages, shared
from messenger.reception import identity
from messenger.reception.described import described, list_of


@shared.get("/starred")
@described(
    "One's own starred messages.",
    answers={200: list_of([MESSAGE | {"starred": TIME}, GROUP_MESSAGE | {"starred": TIME}]), 400: ERROR, 401: ERROR},
    parameters={"limit": 50},
)
def starred() -> Response:
    """The last starred first, at most 200; only those that one may still read."""
    actor = identity.who()
    found = stars.of(actor, limit=asking.limit() or asking.LIMIT)
    return answer([shapes.message(one.message, actor.user_id) | {"starred": written(one.at)} for one in found])


@pages.put("/message/<message_id>/star")
@described("Put a star on a message.", answers={200: [MESSAGE, GROUP_MESSAGE], 401: ERROR, 404: ERROR})
def star(message_id: str) -> Response:
    """For oneself; again does no harm."""
    return _starred(message_id, is_starred=True)


@pages.delete("/message/<message_id>/star")
@described("Take the star away.", answers={200: [MESSAGE, GROUP_MESSAGE], 401: ERROR, 404: ERROR})
def unstar(message_id: str) -> Response:
    """Harmless where there is none."""
    return _starred(message_id, is_starred=False)


def _starred(message_id: str, is_starred: bool) -> Response:
    actor = identity.who()
    asking.pace(actor)
    known = asking.message_id(message_id)
    stars.star(actor, known, is_starred)
    return answer(shapes.message(history.one(actor, known), actor.user_id))
