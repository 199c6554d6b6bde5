"""What the page hears that is no HTML: small JSON frames, as docs/markup.md lists them."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import current_app

from messenger.core.facts import StatusChanged, Typed
from messenger.core.snapshots import MessageSnapshot, Person
from messenger.extensions import presence as here


def signal(kind: str, **payload: Any) -> str:
    """One signal."""
    return msgspec.json.encode({"type": kind, "payload": payload}).decode()


def typing(fact: Typed) -> str:
    """Somebody writes."""
    return signal("typing", user_login=fact.person.login, name=fact.person.name, is_typing=fact.is_typing)


def status(fact: StatusChanged) -> str:
    """How far everybody has come."""
    return signal("message_status", delivered=fact.delivered_position, read=fact.read_position, cursor=fact.revision)


def seen(person: Person, viewer_id: int) -> str:
    """Whether somebody is here, as far as this viewer may know."""
    return presence(person, here.is_online(person.user_id, viewer_id), here.last_seen(person, viewer_id))


def presence(person: Person, is_online: bool, last_seen: int | None) -> str:
    """Somebody came or went."""
    seen = last_seen // 1_000 if last_seen else None
    return signal("user_status", user_login=person.login, is_online=is_online, last_seen=seen)


def accepted(client_id: str, message: MessageSnapshot) -> str:
    """The answer to a send, also to a repeated one."""
    return signal("message_accepted", client_id=client_id, id=message.message_id, position=message.position)


def drawn(template: str, **names: Any) -> str:
    """A fragment, rendered outside any request: it knows nothing of its viewer."""
    render: Callable[..., str] = current_app.jinja_env.get_template(template).render
    return render(**names)
