"""What requests to this wire have in common: the chat an address names, the fields of a body, pages, and the pace."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from messenger.core import chats, people
from messenger.core.refusals import Invalid, TooMany, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, Person
from messenger.extensions import switchboard
from messenger.reception.body import number_of

LIMIT, LONGEST = 50, 200
MOST_PEOPLE = 500


def dialog(actor: Actor, login: str) -> ChatSnapshot:
    """The actor's dialog with this person, begun or not."""
    return chats.dialog(actor, login)


def group(actor: Actor, group_id: str) -> ChatSnapshot:
    """A group that the actor may read."""
    chat_id = number_of(group_id)
    if chat_id is None:
        raise Unknown("There is no such group.")
    return chats.group(actor, chat_id)


def message_id(given: str) -> int:
    """The number of a message in an address."""
    found = number_of(given)
    if found is None:
        raise Unknown("There is no such message.")
    return found


def optional_text(values: dict[str, Any], name: str) -> str | None:
    """A field that may be missing or null."""
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid("%(name)s must be text.", field=name, name=name)
    return value


def optional_id(values: dict[str, Any], name: str) -> int | None:
    """An id that may be missing or null."""
    value = values.get(name)
    number = number_of(value)
    if value is not None and number is None:
        raise Invalid("%(name)s must be an id.", field=name, name=name)
    return number


def yes_or_no(values: dict[str, Any], name: str, default: bool) -> bool:
    """A field that is true or false."""
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise Invalid("%(name)s must be true or false.", field=name, name=name)
    return value


def named_people(values: dict[str, Any], name: str) -> list[Person]:
    """A list of logins as people. Unknown names the one who is not there."""
    given = values.get(name)
    logins = [] if given is None else given
    if not isinstance(logins, list) or not all(isinstance(login, str) for login in logins):
        raise Invalid("%(name)s must be a list of logins.", field=name, name=name)
    if len(logins) > MOST_PEOPLE:
        raise Invalid("At most %(limit)s people at once.", field=name, limit=MOST_PEOPLE)
    return [people.by_login(login) for login in dict.fromkeys(logins)]


def limit(default: int | None = LIMIT, longest: int = LONGEST) -> int | None:
    """How many rows the client wants at most."""
    given = request.args.get("limit")
    number = number_of(given)
    if given is None:
        return default
    if number is None:
        raise Invalid("limit must be a number from 1 on.", field="limit")
    return min(number, longest)


def after_or_before(name: str) -> int | None:
    """The id of a message in the query; 0 is before all."""
    given = request.args.get(name)
    if given is None:
        return None
    number = 0 if given == "0" else number_of(given)
    if number is None:
        raise Invalid("%(name)s must be the id of a message.", field=name, name=name)
    return number


def linked(response: Response, **relations: dict[str, Any]) -> Response:
    """Say in a Link header where the next or previous page is."""
    path = request.environ.get("messenger.asked") or request.path
    for relation, arguments in relations.items():
        response.headers.add("Link", f'<{path}?{urlencode(arguments)}>; rel="{relation}"')
    return response


def pace(actor: Actor) -> None:
    """TooMany, when this person says more than he may in so short a time, by HTTP and sockets together."""
    wait = switchboard.rates.wait(actor.user_id)
    if wait:
        raise TooMany(retry_after=wait)
