"""Groups over HTTP: made, and who is in them."""

from flask import Response

from messenger.core import groups, members, people
from messenger.core.snapshots import Actor, ChatSnapshot
from messenger.protocols.gmessenger import asking, shapes
from messenger.protocols.gmessenger.examples import GROUP, MEMBER
from messenger.protocols.gmessenger.wire import ERROR, answer, done, pages, shared
from messenger.reception import identity
from messenger.reception.body import json_object, text_of
from messenger.reception.described import LOGIN, NAME, Body, described, list_of

DONE = {"code": "200", "message": "", "content": None}


@pages.post("/group")
@described(
    "Make a group.",
    body=Body(
        {"name": "groupName", "private": True, "members": ["somelogin"]},
        optional=("private", "members"),
        rules={"name": NAME, "members": {"type": ["array", "null"]}},
    ),
    answers={201: GROUP, 400: ERROR, 401: ERROR, 404: ERROR, 429: ERROR},
)
def make() -> Response:
    """Private unless `private` is false: then it is a public chat for all users. 404: one of the members is unknown."""
    actor, given = identity.who(), json_object()
    name, is_private = text_of(given, "name"), asking.yes_or_no(given, "private", True)
    invited = asking.named_people(given, "members")
    asking.pace(actor)
    chat = groups.create(actor, name, not is_private, invited)
    assert chat.chat_id is not None
    return answer(shapes.group(chat, members.of(chat.chat_id), actor.user_id), 201)


@pages.get("/group/<group_id>/members")
@described("Who is in a group?", answers={200: list_of([MEMBER]), 401: ERROR, 403: ERROR, 404: ERROR})
def listed(group_id: str) -> Response:
    """By login, with role and presence."""
    actor = identity.who()
    return answer([shapes.member(one, actor.user_id) for one in members.of(_number(asking.group(actor, group_id)))])


@shared.post("/group/<group_id>/members")
@described(
    "Bring somebody into a group.",
    body=Body({"login": "somelogin"}, rules={"login": LOGIN}),
    answers={201: MEMBER, 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR, 409: ERROR, 429: ERROR},
)
def add(group_id: str) -> Response:
    """Any member may. One's own login joins a public group. 409: in already."""
    actor = identity.who()
    person = people.by_login(text_of(json_object(), "login"))
    chat_id = _number(asking.group(actor, group_id))
    asking.pace(actor)
    if person.user_id == actor.user_id:
        return answer(_joined(actor, chat_id), 201)
    return answer(shapes.member(groups.add(actor, chat_id, person), actor.user_id), 201)


@pages.delete("/group/<group_id>/members")
@described("Leave a group.", answers={200: DONE, 401: ERROR, 403: ERROR, 404: ERROR})
def leave(group_id: str) -> Response:
    """The last owner hands the group over; an empty one is archived."""
    actor = identity.who()
    groups.leave(actor, _number(asking.group(actor, group_id)))
    return done()


@pages.delete("/group/<group_id>/members/<login>")
@described("Take somebody out of a group, or leave it.", answers={200: DONE, 401: ERROR, 403: ERROR, 404: ERROR})
def remove(group_id: str, login: str) -> Response:
    """Owners and admins may remove others, everybody himself."""
    actor = identity.who()
    chat_id = _number(asking.group(actor, group_id))
    groups.remove(actor, chat_id, people.by_login(login))
    return done()


@pages.route("/group/<group_id>/members/<login>", methods=["PATCH", "PUT"])
@described(
    "Give a member another role.",
    body={"role": "admin"},
    answers={200: MEMBER, 400: ERROR, 401: ERROR, 403: ERROR, 404: ERROR, 409: ERROR},
)
def appoint(group_id: str, login: str) -> Response:
    """owner, admin or member; only an owner may. 409: the last owner stays one."""
    actor = identity.who()
    role = text_of(json_object(), "role")
    chat_id = _number(asking.group(actor, group_id))
    return answer(shapes.member(groups.appoint(actor, chat_id, people.by_login(login), role), actor.user_id))


def _joined(actor: Actor, chat_id: int) -> shapes.Shape:
    groups.join(actor, chat_id)
    mine = next(one for one in members.of(chat_id) if one.person.user_id == actor.user_id)
    return shapes.member(mine, actor.user_id)


def _number(chat: ChatSnapshot) -> int:
    assert chat.chat_id is not None
    return chat.chat_id
