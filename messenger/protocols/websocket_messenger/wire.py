"""The socket: opened by anybody, alive only for who says his token first; then news of all of one's conversations."""

from typing import Any, ClassVar

from flask import request

from messenger.core import chats, logins, sessions, typing
from messenger.core.facts import MessageDeleted, MessageEdited, MessageSent, Typed
from messenger.core.refusals import Forbidden, Invalid, Unauthenticated
from messenger.core.snapshots import Actor
from messenger.extensions import db, switchboard
from messenger.live.deeds import Deed, Slow
from messenger.live.frames import Message
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.live.opening import Opening
from messenger.live.sock import SafeSock
from messenger.protocols.websocket_messenger.words import (
    ERROR,
    MESSAGE,
    PROTOCOL,
    Fields,
    folded,
    id_of,
    pages,
    shape,
    text_of,
)
from messenger.reception import answers
from messenger.reception.body import decoded
from messenger.reception.described import converses
from messenger.reception.listener import Listener, opening, person_topics

SECONDS = 10
OPEN, AUTHENTICATED = {"Message": "Websocket Open"}, {"Message": "Websocket Authenticated"}
PUSHES: dict[type, str] = {
    MessageSent: "New Message",
    MessageEdited: "Message Edited",
    MessageDeleted: "Message Deleted",
}
sock = SafeSock()
TYPING = {"User": "ann", "Message": "Typing", "ConvId": "3"}


class WebsocketMessenger(Listener):
    """A token, then typing; everything else goes over HTTP and is told here to the other members."""

    name: ClassVar[str] = PROTOCOL.name
    turn_away = staticmethod(PROTOCOL.answer)

    def welcome(self, mailbox: Mailbox) -> None:
        """Who has not said his token in time is cut."""
        mailbox.write(answers.frame(OPEN))
        if mailbox.actor is not None:
            mailbox.write(answers.frame(AUTHENTICATED))
        else:
            switchboard.loop.soon(mailbox.later, SECONDS, _cut, mailbox)

    def hear(self, mailbox: Mailbox, frame: Message) -> Deed | None:
        if mailbox.actor is None:
            return Slow(lambda: self.recognise(mailbox, frame), _greet)
        body = decoded(frame) if isinstance(frame, str) else None
        if not isinstance(body, dict):
            raise Invalid("A frame is a JSON object.")
        return self.typing(mailbox, folded(body))

    def recognise(self, mailbox: Mailbox, token: Message) -> None:
        """The first frame says who it is. In a worker."""
        words = token.strip() if isinstance(token, str) else ""
        actor = sessions.resolve(words)
        if actor is None:
            raise Unauthenticated()
        mailbox.identify(actor, actor.session_id)
        for topic in person_topics(actor):
            mailbox.follow(topic)
        self.recognised(mailbox)
        # It may have ended between the look and the listening.
        db.session.rollback()
        if sessions.resolve(words) is None:
            raise Unauthenticated()

    def typing(self, mailbox: Mailbox, body: Fields) -> Deed | None:
        """Sent on to the other members; at the pace of a person who types, the rest is left out."""
        if text_of(body, "Message").casefold() != "typing":
            raise Invalid("The only message here is Typing.", field="Message")
        actor: Actor = mailbox.actor
        # QUIRK(websocket_messenger): the frame names its sender; the original believed it.
        if logins.key(text_of(body, "User")) != logins.key(actor.login):
            raise Forbidden("User must be you.", field="User")
        chat_id = id_of(body, "ConvId", "Conversation not found")
        if ("chat", chat_id) not in mailbox.topics:
            raise Forbidden("You are not in this conversation.", field="ConvId")
        if not switchboard.rates.allow(("typing", actor.user_id)):
            return None
        return Slow(lambda: chats.visible(actor, chat_id), lambda _, chat: typing.tell(actor, chat))

    def speak(self, mailbox: Mailbox, news: News) -> None:
        fact: Any = news.fact
        if type(fact) in PUSHES:
            if fact.message.author.user_id != mailbox.actor.user_id:
                receipt = self.receipt(mailbox, fact.message) if isinstance(fact, MessageSent) else None
                mailbox.say(news, None, lambda: push(fact), receipt)
        elif isinstance(fact, Typed) and fact.is_typing and fact.person.user_id != mailbox.actor.user_id:
            mailbox.say(news, None, lambda: typed(fact))

    def refuse(self, mailbox: Mailbox, error: Exception, frame: Message | None) -> None:
        """Before the token any mistake is the end."""
        if isinstance(error, Unauthenticated):
            mailbox.close(1008, "not authenticated")
        elif mailbox.actor is None:
            mailbox.close(1013, str(error))
        else:
            mailbox.write(answers.frame({"Message": "Error", "Data": str(error)}))


def push(fact: MessageSent | MessageEdited | MessageDeleted) -> str:
    """What has happened to a message, with the message as in the list."""
    about = {"Message": PUSHES[type(fact)], "ConversationId": str(fact.chat_id), "Data": shape(fact.message)}
    return answers.frame(about)


def typed(fact: Typed) -> str:
    """The same object that the typing client sent."""
    return answers.frame({"User": fact.person.login, "Message": "Typing", "ConvId": str(fact.chat.chat_id)})


def _greet(mailbox: Mailbox, nothing: None) -> None:
    mailbox.write(answers.frame(AUTHENTICATED))


def _cut(mailbox: Mailbox) -> None:
    if mailbox.actor is None:
        mailbox.close(1008, "not authenticated in time")


@sock.route("/websocket", bp=pages, dialect=WebsocketMessenger())
@converses(
    "All conversations of a person. Messages are written over HTTP; here they arrive.",
    hears={"token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…", "typing": TYPING},
    speaks={
        "open": OPEN,
        "authenticated": AUTHENTICATED,
        "typing": TYPING,
        **{what: {"Message": what, "ConversationId": "3", "Data": MESSAGE} for what in PUSHES.values()},
        "error": ERROR,
    },
    opening="The first frame is the token alone: no JSON, no Bearer.",
)
def websocket() -> Opening:
    """Anybody may open it; `?token=` says at once who it is."""
    token = request.args.get("token")
    if token is None:
        return Opening()
    actor = sessions.resolve(token)
    if actor is None:
        raise Unauthenticated()
    return opening(actor)
