"""The last seen service: who is here, and when the others were."""

from flask import Response, request

from messenger.core import clock, people
from messenger.extensions import presence, switchboard
from messenger.protocols.gmessenger import shapes
from messenger.protocols.gmessenger.examples import STATUS, TIME
from messenger.protocols.gmessenger.times import written
from messenger.protocols.gmessenger.wire import ERROR, answer, pages
from messenger.reception import identity
from messenger.reception.described import described, list_of


@pages.post("/user/active/update")
@pages.post("/user/active/update/")
@described("I am here.", answers={200: STATUS | {"is_online": True, "last_seen": TIME}, 401: ERROR})
def update() -> Response:
    """Counts as online for a minute."""
    person = identity.who().person
    switchboard.loop.soon(presence.active, person)
    return answer({"user_login": person.login, "is_online": True, "last_seen": written(clock.now())})


@pages.get("/user/active/")
@pages.get("/user/active")
@described("Who is here?", answers={200: list_of([STATUS]), 401: ERROR, 404: ERROR}, parameters={"login": "login1"})
def active() -> Response:
    """With `login` (once or several times) the status of these people; without it all who are here now."""
    viewer_id = identity.who().user_id
    logins = request.args.getlist("login")
    named = [people.by_login(login) for login in dict.fromkeys(logins)]
    found = named if logins else presence.online(viewer_id=viewer_id)
    return answer([shapes.status(person, viewer_id) for person in found])
