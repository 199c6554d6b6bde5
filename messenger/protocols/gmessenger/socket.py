"""Where sockets open, and who is let in: by token, or by cookie from our own pages only."""

from typing import Any

from flask import request

from messenger.core.facts.people import EVERYBODY, unbegun
from messenger.core.refusals import Invalid
from messenger.core.snapshots import Actor, ChatSnapshot
from messenger.live.opening import Opening
from messenger.protocols.gmessenger import asking, examples
from messenger.protocols.gmessenger.listening import ChatLine, ListLine
from messenger.protocols.gmessenger.memory import ListMemory, Memory
from messenger.protocols.gmessenger.wire import shared, sock
from messenger.reception import identity
from messenger.reception.body import LONGEST_ID
from messenger.reception.described import converses
from messenger.reception.forgery import check_origin
from messenger.reception.listener import chat_topics, opening, person_topics

PARAMETERS: dict[str, Any] = {"token": "eyJhbGciOi…", "after": 434, "since": 30}
WAYS_IN = "?token= in the address, Authorization: Bearer, or the cookie sessionToken from our own pages."
chat_line = ChatLine()


@sock.route("/dialog/<login>/ws", bp=shared, dialect=chat_line)
@converses(
    "A dialog. Who has it open reads what comes.",
    hears=examples.HEARD,
    speaks=examples.SPOKEN,
    parameters=PARAMETERS,
    opening=WAYS_IN,
)
def dialog_line(login: str) -> Opening:
    """The other person's login. 401, 403 for a foreign page, 404."""
    check_origin()
    actor = identity.who()
    return _open(actor, asking.dialog(actor, login))


@sock.route("/group/<group_id>/ws", bp=shared, dialect=chat_line)
@converses(
    "A group. Who has it open reads what comes.",
    hears=examples.HEARD,
    speaks=examples.SPOKEN | {"member": examples.CAME},
    parameters=PARAMETERS,
    opening=WAYS_IN,
)
def group_line(group_id: str) -> Opening:
    """401, 403 for a private group of others, 404."""
    check_origin()
    actor = identity.who()
    return _open(actor, asking.group(actor, group_id))


@sock.route("/chats/ws", bp=shared, dialect=ListLine())
@converses(
    "All chats of a person. What comes counts as delivered.",
    hears=examples.HEARD,
    speaks=examples.SPOKEN | {"member": examples.CAME, "chat_updated": examples.UPDATED},
    parameters={name: PARAMETERS[name] for name in ("token", "after")},
    opening=WAYS_IN,
)
def list_line() -> Opening:
    """401."""
    check_origin()
    actor = identity.who()
    topics = [*person_topics(actor), ("presence", EVERYBODY), ("everyone", 0)]
    return Opening(
        actor=actor,
        session_id=actor.session_id,
        topics=topics,
        subprotocol=identity.subprotocol(),
        memory=ListMemory(_start(("after",))),
    )


def _open(actor: Actor, chat: ChatSnapshot) -> Opening:
    let_in = opening(actor, chat, subprotocol=identity.subprotocol(), memory=Memory(_start(("since", "after"))))
    if chat.pair is not None and chat.chat_id is None:
        let_in.topics = [*chat_topics(actor, chat), unbegun(chat)]
    return let_in


def _start(names: tuple[str, ...]) -> tuple[str, int] | None:
    """Where the client left off, if he says so."""
    for name in names:
        given = request.args.get(name)
        if given is not None:
            if not (given.isascii() and given.isdigit() and len(given) < 17 and int(given) < LONGEST_ID):
                raise Invalid("%(name)s must be a number.", field=name, name=name)
            return name, int(given)
    return None
