"""flash-chat-server: an account, the list of people, and a socket for each dialog on which raw text travels.

door       Authorization: Bearer <jwt>; on the socket also ?token= or our own page's cookie
calls      POST /register, /login     name, username, password → a token of JWT_EXP minutes (see doors.py)
           GET  /users
socket     GET  /chats/<username>     the dialog with that person; `?after=<message id>` replays what came after it
hears      any text frame: the message itself
speaks     {"from", "body", "sent_at", "id"} · {"error"}
envelope   {"code", "message", "content"}, the code always the status as text
"""

from typing import Any, ClassVar, NamedTuple

from flask import Response, request

from messenger.core import accounts, chats, clock, entrance, history, people, standings
from messenger.core.accounts import Application
from messenger.core.facts import MessageSent
from messenger.core.refusals import Invalid, Refusal, Unauthenticated
from messenger.core.sessions import SignedIn
from messenger.core.snapshots import Actor, MessageSnapshot
from messenger.extensions import settings
from messenger.live.deeds import Deed
from messenger.live.frames import Message
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.live.opening import Opening
from messenger.live.sock import SafeSock
from messenger.protocols.protocol import Protocol
from messenger.reception import answers, device, identity, plain
from messenger.reception.body import json_object, number_of, text_of
from messenger.reception.described import ANYTHING, PASSWORD, Body, converses, described
from messenger.reception.forgery import check_origin
from messenger.reception.listener import Listener, opening

PROTOCOL = Protocol("flash_chat", __name__)
pages, shared = PROTOCOL.pages, PROTOCOL.shared
sock = SafeSock()

TOKEN = {"token": "jwt-token", "user": {"id": 1, "uid": "…", "login": "apm", "name": "Parsa", "email": None}}
APM = {"name": "Parsa", "username": "apm", "password": "secret"}
RULES = {"password": PASSWORD}
ERROR = {"code": "400", "message": "username is missing.", "content": None}
NOBODY = {"code": "401", "message": "unauthorized user", "content": None}


def envelope(message: str, content: Any = None, status: int = 200) -> Response:
    """What every answer looks like."""
    return answers.answer({"code": str(status), "message": message, "content": content}, status)


@PROTOCOL.says_no
def refusal(no: Refusal) -> Response:
    """Every error in the same shape."""
    return envelope(no.message, status=no.status)


def who() -> Actor:
    """The one who asks; Unauthenticated in the words of the original."""
    actor = identity.who_if_anyone()
    if actor is None:
        raise Unauthenticated("unauthorized user" if identity.given_token() else "Authorization header is required")
    return actor


def signed_in(message: str, fruit: SignedIn) -> Response:
    """The token, as content and as cookie, and whose it is."""
    person = fruit.actor.person
    user = {"id": person.user_id, "uid": person.uid, "login": person.login, "name": person.name, "email": person.email}
    return device.remember(envelope(message, {"token": fruit.token, "user": user}), fruit)


@shared.post("/register")
@described(
    "Make an account and sign in.",
    body=Body(APM, rules=RULES),
    answers={
        200: {"code": "200", "message": "welcome Parsa", "content": TOKEN},
        400: ERROR,
        403: ERROR,
        409: ERROR,
        429: ERROR,
    },
    is_open=True,
)
def register() -> Response:
    """Names may be of any script; the token lives JWT_EXP minutes."""
    body = json_object()
    application = Application(text_of(body, "username"), text_of(body, "password"), text_of(body, "name"))
    fruit = accounts.register(application, device.of_request("flash_chat", settings.jwt_exp))
    return signed_in(f"welcome {fruit.actor.person.name}", fruit)


@shared.post("/login")
@described(
    "Sign in.",
    body=Body(APM, optional=("name",), rules={"name": ANYTHING}),
    answers={200: {"code": "200", "message": "", "content": TOKEN}, 400: ERROR, 401: ERROR, 403: ERROR, 429: ERROR},
    is_open=True,
)
def login() -> Response:
    """A name is ignored."""
    body = json_object()
    username, password = text_of(body, "username"), text_of(body, "password")
    return signed_in("", entrance.authenticate(username, password, device.of_request("flash_chat", settings.jwt_exp)))


@pages.get("/users")
@pages.get("/users/")
@described(
    "Everybody on this server, by name.",
    answers={
        200: {
            "code": "200",
            "message": "",
            "content": [{"name": "Parham", "username": "popo", "uid": "…"}],
        },
        401: NOBODY,
    },
)
def users() -> Response:
    who()
    everyone = sorted(people.everyone(), key=lambda person: (person.name.casefold(), person.login))
    return envelope("", [{"name": p.name, "username": p.login, "uid": p.uid} for p in everyone])


class After(NamedTuple):
    """The last message that the client has, if he wants the rest."""

    message_id: int | None


class FlashChat(Listener):
    """Raw text in, small objects out. A socket carries its own dialog and nothing else.

    QUIRK(flash_chat): the original stores nothing and writes to sockets of other dialogs too.
    """

    name = PROTOCOL.name
    reads: ClassVar[bool] = True
    turn_away = staticmethod(PROTOCOL.answer)

    def welcome(self, mailbox: Mailbox) -> None:
        """Nothing is said first, unless the client asked for what he missed."""
        after, chat = mailbox.memory.message_id, mailbox.place
        if after is None or chat.chat_id is None or chat.chat_id in mailbox.cursors:
            return
        now = standings.one(mailbox.actor, chat.chat_id)
        if now is None:
            return
        # From here on live; what waits already and stands below this revision is in the replay.
        mailbox.cursors[chat.chat_id] = now.revision
        position = history.position_of(chat, after)
        while position < now.position:
            page = history.after(chat, position, history.LONGEST_PAGE)
            for message in page:
                if message.position <= now.position and message.deleted_at is None:
                    mailbox.write(written(message), self.receipt(mailbox, message))
            position = page[-1].position if page else now.position

    def hear(self, mailbox: Mailbox, frame: Message) -> Deed | None:
        if not isinstance(frame, str):
            raise Invalid("A message must be text.")
        return self.sending(mailbox, mailbox.place, frame)

    def speak(self, mailbox: Mailbox, news: News) -> None:
        fact = news.fact
        if not isinstance(fact, MessageSent):
            return
        is_mine = fact.message.author.user_id == mailbox.actor.user_id
        if not is_mine or fact.session_id != mailbox.session_id:
            mailbox.say(news, None, lambda: written(fact.message), self.receipt(mailbox, fact.message))

    def refuse(self, mailbox: Mailbox, error: Exception, frame: Message | None) -> None:
        mailbox.write(answers.frame({"error": str(error)}))


def written(message: MessageSnapshot) -> str:
    """A message as a frame."""
    return answers.frame(
        {
            "from": message.author.login,
            "body": plain.text_of(message),
            "sent_at": message.created_at // clock.SECOND,
            "id": message.message_id,
        }
    )


@sock.route("/chats/<username>", bp=pages, dialect=FlashChat())
@converses(
    "The dialog with one person. Every text frame of the client is a message; JSON comes only from the server.",
    hears={"a message": "hello apm"},
    speaks={
        "a message": {"from": "apm", "body": "hello", "sent_at": 1630121139, "id": 17},
        "an error": {"error": "Write something first."},
    },
    parameters={"username": "apm", "token": "jwt-token", "after": 16},
)
def chat(username: str) -> Opening:
    """The dialog with that person."""
    actor = who()
    check_origin()
    after = request.args.get("after")
    number = None if after is None else number_of(after)
    if after is not None and number is None:
        raise Invalid("after must be the id of a message.")
    return opening(actor, chats.dialog(actor, username), subprotocol=identity.subprotocol(), memory=After(number))
