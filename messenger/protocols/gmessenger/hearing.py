"""What clients say on sockets, and what is done about it. Sending never touches the database here."""

from collections.abc import Callable
from functools import partial

from msgspec import Raw

from messenger.core import chats, logins, people, typing
from messenger.core.refusals import Forbidden, Invalid, TooMany, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot, Person
from messenger.extensions import db, presence, receipts, switchboard
from messenger.live.deeds import Deed, Slow, silence
from messenger.live.mailbox import Mailbox
from messenger.protocols.gmessenger import frames, shapes
from messenger.protocols.gmessenger.asking import dialog, group
from messenger.protocols.gmessenger.reading import position_in
from messenger.reception.listener import Listener

Heard = Callable[[Listener, Mailbox, Raw], Deed | None]


def hear(listener: Listener, mailbox: Mailbox, frame: str | bytes) -> Deed | None:
    """Decode and decide, in a turn."""
    said = frames.read(frame)
    act = WORDS.get(said.type)
    if act is None:
        raise Invalid("There is no such type of frame.", field="type")
    return act(listener, mailbox, said.payload)


def send_message(listener: Listener, mailbox: Mailbox, raw: Raw) -> Deed:
    """Say something here; on the socket of all chats, where `chat` says."""
    said = frames.payload(frames.Sending, raw)
    reply_to = None if said.reply_to is None else frames.message_id(said.reply_to, "reply_to")
    chat = mailbox.place or mailbox.memory.known(said.chat)
    if chat is None:
        return _look_up(mailbox, said)
    answer = silence if said.client_id is None else partial(_answer, said.client_id)
    deed = listener.sending(mailbox, chat, said.text, said.client_id, reply_to_id=reply_to, answer=answer)
    if said.client_id is not None:
        mailbox.memory.expect(said.client_id)
    return deed


def _look_up(mailbox: Mailbox, said: frames.Sending) -> Slow:
    """Find the chat that is meant, and hear the frame again."""

    def again(box: Mailbox, chat: ChatSnapshot) -> None:
        box.memory.know(said.chat, chat)
        box.heard.insert(0, frames.written("send_message", said))

    _pace(mailbox)
    return Slow(partial(_named, mailbox.actor, said.chat), again)


def _answer(client_id: str, mailbox: Mailbox, message: MessageSnapshot) -> None:
    """The news of a new message came before; a repeated one has no news, so its first result is said here."""
    if mailbox.memory.forget(client_id):
        chat = shapes.place(message.chat, mailbox.actor.user_id)
        mailbox.write(frames.new_message(shapes.unplaced(message), chat, message.revision, client_id))


def message_status(listener: Listener, mailbox: Mailbox, raw: Raw) -> Deed | None:
    """Everything up to this message has been delivered, or read. The last one told is known without asking anybody."""
    said = frames.payload(frames.Status, raw)
    if said.status not in ("delivered", "read"):
        raise Invalid("status must be delivered or read.", field="status")
    message_id, is_read = frames.message_id(said.id), said.status == "read"
    last = mailbox.memory.last
    if last is not None and last[0] == message_id:
        _note(mailbox.actor, last[1], last[2], is_read)
        return None
    _pace(mailbox)
    return Slow(
        partial(position_in, mailbox.actor, mailbox.place, message_id),
        lambda box, found: _note(box.actor, found[0].chat_id, found[1], is_read),
    )


def typing_(listener: Listener, mailbox: Mailbox, raw: Raw) -> Deed | None:
    """Tell the others. Paced, and quietly dropped when it is too much."""
    said = frames.payload(frames.Typing, raw)
    place = mailbox.place
    if switchboard.rates.wait(("typing", mailbox.actor.user_id)):
        return None
    if place is not None and place.pair is not None:
        typing.tell(mailbox.actor, place, said.is_typing)
        return None
    return Slow(
        partial(_typing_place, mailbox.actor, place, said.chat),
        lambda box, chat: typing.tell(box.actor, chat, said.is_typing),
    )


def user_activity(listener: Listener, mailbox: Mailbox, raw: Raw) -> Deed | None:
    """One's own login: here I am. Another's: his status, now and when it changes."""
    said = frames.payload(frames.Activity, raw)
    if said.user_login is None or logins.key(said.user_login) == logins.key(mailbox.actor.login):
        presence.active(mailbox.actor.person)
        return None
    _pace(mailbox)
    return Slow(partial(people.by_login, said.user_login), _watch)


def _watch(mailbox: Mailbox, person: Person) -> None:
    mailbox.memory.watch(person.user_id)
    mailbox.follow(("presence", person.user_id))
    mailbox.write(frames.written("user_status", shapes.status(person, mailbox.actor.user_id)))


def _note(actor: Actor, chat_id: int | None, position: int, is_read: bool) -> None:
    receipts.add(actor.user_id, chat_id, position, position if is_read else 0)


def _pace(mailbox: Mailbox) -> None:
    """Questions that go to the database have a pace of their own."""
    wait = switchboard.rates.wait(("asking", mailbox.actor.user_id))
    if wait:
        raise TooMany(retry_after=wait)


def _typing_place(actor: Actor, place: ChatSnapshot | None, named: frames.Place | None) -> ChatSnapshot:
    chat = place or _named(actor, named)
    if chat.pair is None and not chats.is_member(db.session, chat.chat_id or 0, actor.user_id):
        raise Forbidden("You are not a member of this group.")
    return chat


def _named(actor: Actor, named: frames.Place | None) -> ChatSnapshot:
    """The chat that a frame on the socket of all chats is about."""
    if named is None:
        raise Invalid("On this socket the payload needs chat: {type, id}.", field="chat")
    if named.type == "dialog":
        return dialog(actor, str(named.id))
    if named.type == "group":
        return group(actor, str(named.id))
    raise Unknown("There is no such chat.", field="chat")


WORDS: dict[str, Heard] = {
    "send_message": send_message,
    # QUIRK(gmessenger): the document writes it with a space.
    "send message": send_message,
    "message_status": message_status,
    "typing": typing_,
    "user_activity": user_activity,
}
