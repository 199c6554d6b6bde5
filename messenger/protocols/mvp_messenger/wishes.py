"""What the socket of mvp_messenger can be asked for: each type with what its params must be and what is done."""

from collections.abc import Callable
from functools import partial
from typing import Any

from messenger.core import chats, groups, pages, people, standings
from messenger.core.refusals import Forbidden, Invalid, Refusal, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot
from messenger.extensions import db, receipts
from messenger.protocols.mvp_messenger import shapes
from messenger.reception.body import number_of, text_of

Params = dict[str, Any]
Do = Callable[[], Any]

NO_TYPE = "There is no such type"
NOT_IN = "User is not a member of this group"
LONGEST_PAGE = 100


class NotIn(Refusal):
    """Not one's group, or none at all: alike, so that numbers tell nothing."""

    status = 403
    text = NOT_IN


def list_last_message(actor: Actor, params: Params) -> Do:
    """One's chats, each with its last message."""
    number, size = _page(params)
    return partial(_last_messages, actor, number, size)


def latest_in_dialog(actor: Actor, params: Params) -> Do:
    """A page of a dialog."""
    person_id, (number, size) = _id(params, "receiverId"), _page(params)
    return partial(_dialog_page, actor, person_id, number, size)


def latest_in_group(actor: Actor, params: Params) -> Do:
    """A page of a group."""
    chat_id, (number, size) = _id(params, "groupId"), _page(params)
    return partial(_group_page, actor, chat_id, number, size)


def new_group(actor: Actor, params: Params) -> Do:
    """A private group of one's own."""
    return partial(_silently, groups.create, actor, text_of(params, "groupName"), False)


def add_user_in_group(actor: Actor, params: Params) -> Do:
    """Somebody else comes in."""
    return partial(_add, actor, _id(params, "groupId"), _id(params, "userId"))


def leave_group(actor: Actor, params: Params) -> Do:
    """One goes."""
    return partial(_leave, actor, _id(params, "groupId"))


ASKING: dict[str, Callable[[Actor, Params], Do]] = {
    "listLastMessage": list_last_message,
    "getlatestMessageDialog": latest_in_dialog,
    "getlatestMessageGroup": latest_in_group,
    "newGroup": new_group,
    "addUserInGroup": add_user_in_group,
    "leaveGroup": leave_group,
}


def group(actor: Actor, chat_id: int) -> ChatSnapshot:
    """A group that the actor is in, open ones too."""
    try:
        chat = chats.group(actor, chat_id)
    except (Unknown, Forbidden):
        raise NotIn() from None
    if not chats.is_member(db.session, chat_id, actor.user_id):
        raise NotIn()
    return chat


def dialog(actor: Actor, person_id: int) -> ChatSnapshot:
    """The dialog with the person of this id."""
    return chats.with_person(actor, people.by_id(person_id))


def content(params: Params, name: str) -> tuple[int, str, str | None]:
    """To whom or where something is said, what, and under which client id."""
    client_id = None if params.get("client_id") is None else text_of(params, "client_id")
    return _id(params, name), text_of(params, "content"), client_id


def _last_messages(actor: Actor, number: int, size: int) -> list[shapes.Shape]:
    rows = standings.of(actor, size, skip=(number - 1) * size)
    return [shapes.last_message(row.last_message) for row in rows if row.last_message]


def _dialog_page(actor: Actor, person_id: int, number: int, size: int) -> list[shapes.Shape]:
    return [shapes.in_dialog(said) for said in _fetched(actor, dialog(actor, person_id), number, size)]


def _group_page(actor: Actor, chat_id: int, number: int, size: int) -> list[shapes.Shape]:
    return [shapes.in_group(said) for said in _fetched(actor, group(actor, chat_id), number, size)]


def _fetched(actor: Actor, chat: ChatSnapshot, number: int, size: int) -> list[Any]:
    """A page; what is on it has reached the actor."""
    found = pages.messages(chat, number, size)
    if found and chat.chat_id is not None:
        receipts.add(actor.user_id, chat.chat_id, found[0].position)
    return found


def _add(actor: Actor, chat_id: int, person_id: int) -> None:
    group(actor, chat_id)
    groups.add(actor, chat_id, people.by_id(person_id))


def _leave(actor: Actor, chat_id: int) -> None:
    group(actor, chat_id)
    groups.leave(actor, chat_id)


def _silently(verb: Callable[..., Any], *args: Any) -> None:
    """Its result is nobody's business: the document answers null."""
    verb(*args)


def _page(params: Params) -> tuple[int, int]:
    """Page and limit. Pages count from 1; more than 100 rows at once are not given."""
    return _id(params, "page"), min(_id(params, "limit"), LONGEST_PAGE)


def _id(params: Params, name: str) -> int:
    number = number_of(params.get(name))
    if number is None:
        raise Invalid("%(name)s must be a number from 1 on.", field=name, name=name)
    return number
