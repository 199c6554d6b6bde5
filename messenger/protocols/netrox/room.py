"""The socket of netrox: one for all dialogs of a person."""

from functools import partial
from typing import Any

from flask import Response

from messenger.core import chats, messages
from messenger.core.facts import FileAnnounced, MessageSent
from messenger.core.refusals import Invalid, Unauthenticated
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.live.deeds import Deed, Quick, Slow
from messenger.live.frames import Message
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.live.opening import Opening
from messenger.live.sock import SafeSock
from messenger.protocols.netrox import calls, examples, shapes
from messenger.protocols.netrox.calls import PROTOCOL
from messenger.reception import identity
from messenger.reception.answers import frame as written
from messenger.reception.body import decoded, number_of, text_of
from messenger.reception.described import converses
from messenger.reception.forgery import check_origin
from messenger.reception.listener import Listener, opening

# Dialogs that a socket keeps at hand, by the other one's uid.
MOST_KNOWN = 100


class Netrox(Listener):
    """`memory` holds the dialogs already written in."""

    name = "netrox"

    def hear(self, mailbox: Mailbox, frame: Message) -> Deed | None:
        """A JSON object with an `action`."""
        said = decoded(frame)
        if not isinstance(said, dict):
            raise Invalid("A frame must be a JSON object.")
        action = said.get("action")
        if action == "chat_message":
            return self._chat_message(mailbox, said)
        if action == "chat_message_file":
            return self._chat_message_file(mailbox, said)
        raise Invalid("There is no such action.")

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """Messages to this person: those with a file of netrox's own when they are announced."""
        fact = news.fact
        if isinstance(fact, MessageSent) and not fact.awaits_announcement and _is_for(mailbox, fact.message):
            make = partial(_frame, fact.message, fact.message.created_at)
            mailbox.say(news, "", make, self.receipt(mailbox, fact.message))
        elif isinstance(fact, FileAnnounced) and _is_for(mailbox, fact.message):
            make = partial(_frame, fact.message, fact.message.updated_at)
            mailbox.say(news, "", make, self.receipt(mailbox, fact.message))

    def refuse(self, mailbox: Mailbox, error: Exception, frame: Message | None) -> None:
        """An error frame; the socket stays open."""
        mailbox.write(written({"action": "error", "message": getattr(error, "message", None) or str(error)}))

    def turn_away(self, error: Exception) -> Response:
        """QUIRK(netrox): a bad token is refused with 403, where HTTP says 401."""
        response = PROTOCOL.answer(error)
        if isinstance(error, Unauthenticated):
            response.status_code = 403
        return response

    def _chat_message(self, mailbox: Mailbox, said: dict[str, Any]) -> Deed:
        text, uid, client_id = text_of(said, "message_body"), text_of(said, "receiver_id"), _client_id(said)
        known: dict[str, ChatSnapshot] = mailbox.memory
        answer = partial(_sent, uid, client_id)
        if uid in known:
            return self.sending(mailbox, known[uid], text, client_id, answer=answer)
        self.pace(mailbox)
        return Slow(partial(_send_first, mailbox.actor, uid, text, client_id), answer)

    def _chat_message_file(self, mailbox: Mailbox, said: dict[str, Any]) -> Deed:
        message_id = number_of(said.get("chat_id"))
        if message_id is None:
            raise Invalid("chat_id must be the id of a message.")
        self.pace(mailbox)
        submit = partial(messages.announce_file.submit, mailbox.actor, message_id)
        return Quick("announce", lambda then: submit(then=then), partial(_sent, "", _client_id(said)))


DIALECT = Netrox()
sock = SafeSock()


@sock.route("/ws/chat/room/", bp=PROTOCOL.pages, dialect=DIALECT, strict_slashes=False)
@converses(
    "All dialogs of a person. Who is refused is refused with 403.",
    hears={"chat_message": examples.SENT, "chat_message_file": examples.ANNOUNCED},
    speaks={
        "re_message": examples.HEARD,
        "re_message_file": examples.HEARD_FILE,
        "ack": examples.ACK,
        "error": examples.ERROR,
    },
    parameters={"token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"},
)
def room() -> Opening:
    """All dialogs of whoever the token names."""
    check_origin()
    return opening(identity.who(), memory={})


def _is_for(mailbox: Mailbox, message: MessageSnapshot) -> bool:
    """Is it of a dialog, and to this person? What one writes to oneself is."""
    chat = message.chat
    return chat.pair is not None and chat.other(message.author.user_id).user_id == mailbox.actor.user_id


def _frame(message: MessageSnapshot, told_at: int) -> str:
    if message.attachments:
        return written(shapes.re_message_file(message, told_at))
    return written(shapes.re_message(message))


def _send_first(actor: Actor, uid: str, text: str, client_id: str | None) -> MessageSnapshot:
    return messages.send(actor, chats.with_person(actor, calls.receiver(uid)), text, client_id)


def _sent(uid: str, client_id: str | None, mailbox: Mailbox, message: MessageSnapshot) -> None:
    """Keep the dialog at hand; acknowledge to who gave the message a name."""
    if uid:
        if len(mailbox.memory) >= MOST_KNOWN:
            mailbox.memory.clear()
        mailbox.memory[uid] = message.chat
    if client_id is not None:
        mailbox.write(written({"action": "ack", "client_id": client_id, "created_msg_id": message.message_id}))


def _client_id(said: dict[str, Any]) -> str | None:
    return None if said.get("client_id") is None else text_of(said, "client_id")
