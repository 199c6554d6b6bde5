"""The socket of mvp_messenger: requests are answered in order; what others do is pushed in the shape of an answer."""

from contextlib import suppress
from functools import partial
from typing import Any

from messenger.core import messages
from messenger.core.facts import MessageSent
from messenger.core.refusals import Invalid
from messenger.core.snapshots import ChatSnapshot, MessageSnapshot
from messenger.live.deeds import Deed, Slow
from messenger.live.frames import Message
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.live.opening import Opening
from messenger.live.sock import SafeSock
from messenger.protocols.mvp_messenger import examples, shapes, wishes
from messenger.protocols.mvp_messenger.calls import PROTOCOL
from messenger.reception import identity, plain
from messenger.reception.answers import frame as written
from messenger.reception.body import decoded
from messenger.reception.described import converses
from messenger.reception.forgery import check_origin
from messenger.reception.listener import Listener, opening

UNKNOWN_TYPE = "processor"
# Chats that a socket keeps at hand, by what the client calls them.
MOST_KNOWN = 100
# What happens to a group is told as the request that would have done it.
EVENTS = {"added": "addUserInGroup", "joined": "addUserInGroup", "left": "leaveGroup", "removed": "leaveGroup"}
SAYING = {"privateMessage": ("receiverId", wishes.dialog), "messageInGroup": ("groupId", wishes.group)}


class MvpMessenger(Listener):
    """`memory` holds the chats already written in."""

    name = "mvp_messenger"
    turn_away = staticmethod(PROTOCOL.answer)

    def hear(self, mailbox: Mailbox, frame: Message) -> Deed | None:
        """`{"type", "params"}`."""
        kind, params = _request(frame)
        if params is None:
            raise Invalid("params must be an object.")
        if kind in SAYING:
            return self._say(mailbox, kind, params)
        self.pace(mailbox)
        return Slow(wishes.ASKING[kind](mailbox.actor, params), partial(_answer, kind))

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """What others said or did, never one's own."""
        fact = news.fact
        if isinstance(fact, MessageSent) and fact.message.author.user_id != mailbox.actor.user_id:
            mailbox.say(news, "", partial(_push, fact.message), self.receipt(mailbox, fact.message))

    def refuse(self, mailbox: Mailbox, error: Exception, frame: Message | None) -> None:
        """An error of the request's own type; the socket stays open."""
        kind = UNKNOWN_TYPE
        if frame is not None:
            with suppress(Invalid):
                kind = _request(frame)[0]
        mailbox.write(written(shapes.failure(kind, getattr(error, "message", None) or str(error))))

    def _say(self, mailbox: Mailbox, kind: str, params: wishes.Params) -> Deed:
        name, find = SAYING[kind]
        number, text, client_id = wishes.content(params, name)
        known: dict[tuple[str, int], ChatSnapshot] = mailbox.memory
        chat = known.get((kind, number))
        if chat is not None and ("chat", chat.chat_id) in mailbox.topics:
            return self.sending(mailbox, chat, text, client_id, answer=partial(_said, kind, number))
        self.pace(mailbox)
        return Slow(partial(_send_first, find, mailbox.actor, number, text, client_id), partial(_said, kind, number))


def _request(frame: Message) -> tuple[str, wishes.Params | None]:
    """Its type and its params, None for such as are no object. Invalid for a frame whose type nobody knows."""
    try:
        asked = decoded(frame)
    except Invalid:
        asked = None
    kind = asked.get("type") if isinstance(asked, dict) else None
    if not isinstance(kind, str) or not (kind in SAYING or kind in wishes.ASKING):
        raise Invalid(wishes.NO_TYPE)
    params = asked.get("params")
    return kind, params if isinstance(params, dict) else None


DIALECT = MvpMessenger()
sock = SafeSock()


@sock.route("/", bp=PROTOCOL.shared, dialect=DIALECT, strict_slashes=False)
@converses(
    "All chats of a person: requests with answers, and pushes of the same types.",
    hears={kind: {"type": kind, "params": params} for kind, (params, _) in examples.ASKED.items()},
    speaks={kind: reply for kind, (_, reply) in examples.ASKED.items()}
    | {"push": examples.PUSH, "error": examples.ERROR},
    opening='Authorization: Bearer, or for browsers the subprotocols ["auth", token].',
)
def hall() -> Opening:
    """All chats of whoever the token names."""
    check_origin()
    return opening(identity.who(), subprotocol=identity.subprotocol(), memory={})


def _send_first(find: Any, *asked: Any) -> MessageSnapshot:
    actor, number, text, client_id = asked
    message: MessageSnapshot = messages.send(actor, find(actor, number), text, client_id)
    return message


def _said(kind: str, number: int, mailbox: Mailbox, message: MessageSnapshot) -> None:
    """Keep the chat at hand, and acknowledge."""
    if len(mailbox.memory) >= MOST_KNOWN:
        mailbox.memory.clear()
    mailbox.memory[kind, number] = message.chat
    _answer(kind, mailbox, None)


def _answer(kind: str, mailbox: Mailbox, found: Any) -> None:
    mailbox.write(written(shapes.reply(kind, found)))


def _push(message: MessageSnapshot) -> str:
    """A system message is told as the request that would have caused it, where there is one."""
    what = (message.event or {}).get("what", "")
    kind = "privateMessage" if message.chat.pair else EVENTS.get(what, "messageInGroup")
    return written(shapes.reply(kind, None, plain.text_of(message), shapes.name(message.author)))
