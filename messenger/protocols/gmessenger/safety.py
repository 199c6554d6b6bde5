"""Looking after oneself: one's devices, whom one has blocked, and what the administrators should know."""

from flask import Response

from messenger.core import blocks, people, reports, sessions
from messenger.core.refusals import Invalid
from messenger.core.sessions import SessionSnapshot
from messenger.core.snapshots import Actor
from messenger.protocols.gmessenger import asking, shapes
from messenger.protocols.gmessenger.times import written
from messenger.protocols.gmessenger.wire import ERROR, answer, done, pages
from messenger.reception import device, identity
from messenger.reception.body import json_object, text_of
from messenger.reception.described import LOGIN, Body, described, list_of

DONE = {"code": "200", "message": "", "content": None}
SESSION = {
    "id": 12,
    "door": "browser",
    "device": "Mozilla/5.0 …",
    "address": "192.0.2.7",
    "created": "2026-11-21T08:30:00.123456Z",
    "last_seen": "2026-11-21T08:30:00.123456Z",
    "current": True,
}
BLOCKED = {"login": "somelogin", "name": "someusername"}


@pages.get("/sessions")
@described("Where am I signed in?", answers={200: list_of([SESSION]), 401: ERROR})
def all_sessions() -> Response:
    """Last used first. `door` is the protocol, or `token` for one that was made for a program."""
    actor = identity.who()
    return answer([_session(session, actor) for session in sessions.of(actor)])


@pages.delete("/sessions")
@described("Sign out everywhere else.", answers={200: DONE, 401: ERROR})
def end_other_sessions() -> Response:
    """This session stays."""
    sessions.end_others(identity.who())
    return done()


@pages.delete("/sessions/<int:session_id>")
@described("Sign one device out.", answers={200: DONE, 401: ERROR, 404: ERROR})
def end_session(session_id: int) -> Response:
    """It is dead from now on, its sockets close."""
    sessions.end(identity.who(), session_id)
    return done()


@pages.post("/sessions/logout")
@described("Sign out everywhere, here too.", answers={200: DONE, 401: ERROR})
def end_every_session() -> Response:
    """The cookie is cleared."""
    sessions.end_every(identity.who())
    return device.forget(done())


@pages.get("/blocks")
@described("Whom have I blocked?", answers={200: list_of([BLOCKED]), 401: ERROR})
def all_blocked() -> Response:
    """Last one first."""
    return answer([{"login": person.login, "name": person.name} for person in blocks.of(identity.who())])


@pages.post("/blocks")
@described(
    "Block somebody.",
    body=Body({"login": "somelogin"}, rules={"login": LOGIN}),
    answers={201: BLOCKED, 400: ERROR, 401: ERROR, 404: ERROR, 429: ERROR},
)
def block() -> Response:
    """Neither of the two can write to the other, nor sees whether he is here. He is not told."""
    actor, person = identity.who(), people.by_login(text_of(json_object(), "login"))
    asking.pace(actor)
    blocks.block(actor, person)
    return answer({"login": person.login, "name": person.name}, 201)


@pages.delete("/blocks/<login>")
@described("Block somebody no longer.", answers={200: DONE, 401: ERROR, 404: ERROR})
def unblock(login: str) -> Response:
    """Done as well when he was not blocked."""
    blocks.unblock(identity.who(), people.by_login(login))
    return done()


@pages.post("/reports")
@described(
    "Report a message or a person to the administrators.",
    body=Body({"message": 17, "login": "somelogin", "reason": "He threatens me."}, optional=("message", "login")),
    answers={201: {"id": 3}, 400: ERROR, 401: ERROR, 404: ERROR, 429: ERROR},
)
def report() -> Response:
    """Either `message`, the id of one that one may read, or `login`. The same again changes the words of the first."""
    actor, given = identity.who(), json_object()
    reason, login = text_of(given, "reason"), asking.optional_text(given, "login")
    message_id = asking.optional_id(given, "message")
    asking.pace(actor)
    if (message_id is None) == (login is None):
        raise Invalid("Name either message or login.", field="message")
    if message_id is not None:
        return answer({"id": reports.report_message(actor, message_id, reason)}, 201)
    return answer({"id": reports.report_person(actor, people.by_login(login or ""), reason)}, 201)


def _session(session: SessionSnapshot, actor: Actor) -> shapes.Shape:
    return {
        "id": session.session_id,
        "door": session.door,
        "device": session.user_agent,
        "address": session.address,
        "created": written(session.created_at),
        "last_seen": written(session.seen_at),
        "current": session.session_id == actor.session_id,
    }
