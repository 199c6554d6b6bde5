"""Messages: sent, edited, deleted, pinned. How many are stored at once stands in delivery.py."""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypedDict, Unpack

from sqlalchemy import delete as erase
from sqlalchemy import update

from messenger.core import blocks, chats, extras, found, loading, markdown, texts
from messenger.core.delivery import Delivery
from messenger.core.facts import ChatFact, FileAnnounced, MessageDeleted, MessageEdited, MessagePinned
from messenger.core.models import Attachment, Chat, Edition, Mention, Message, Reaction
from messenger.core.numbers import is_id
from messenger.core.refusals import Conflict, Forbidden, Invalid, Unknown
from messenger.core.sends import Sending
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.core.verbs import Tx, grouped, verb

LONGEST_CLIENT_ID = 64


class Carried(TypedDict, total=False):
    """What a message may carry besides its text."""

    reply_to_id: int | None
    attachment_ids: tuple[int, ...]


def prepare(
    actor: Actor, chat: ChatSnapshot, text: str, client_id: str | None = None, **carried: Unpack[Carried]
) -> Sending:
    """Check and render what somebody wants to say, before it waits for the writer."""
    text = texts.message_text(text, may_be_blank=bool(carried.get("attachment_ids")))
    sending = Sending(actor, chat, text, markdown.rendered(text), client_id, **carried)
    sending.names = extras.names(text)
    if client_id is not None:
        texts.whole(client_id, "client_id")
        if not 0 < len(client_id) <= LONGEST_CLIENT_ID:
            raise Invalid("A client id has 1 to %(limit)s characters.", field="client_id", limit=LONGEST_CLIENT_ID)
        sending.fingerprint = _fingerprint(sending)
    return sending


@grouped(prepare)
def send(tx: Tx, sendings: Sequence[Sending]) -> list[MessageSnapshot | Exception]:
    """Say something in a chat. Blank, TooLong, Forbidden, Unknown; Reused for a client id with something else in it."""
    return Delivery(tx, sendings).run()


@send.hopefully
def _send_trusting(tx: Tx, sendings: Sequence[Sending]) -> list[MessageSnapshot | Exception]:
    return Delivery(tx, sendings, trusts=True).run()


@verb
def edit(tx: Tx, actor: Actor, message_id: int, text: str) -> MessageSnapshot:
    """Say it differently; what stood there before is kept. Unknown, Forbidden when it is another's."""
    chat, message = _own(tx, actor, message_id, "edit")
    blocks.check_dialog(tx, actor, chat)
    has_files = bool(loading.files(tx, [message.id]))
    text = texts.message_text(text, may_be_blank=has_files)
    if text == message.text:
        return loading.load(tx, [message])[0]
    written_at = message.edited_at or message.created_at
    tx.add(Edition(message_id=message.id, text=message.text, html=message.html, written_at=written_at))
    message.text, message.html, message.edited_at = text, markdown.rendered(text), tx.now
    tx.execute(erase(Mention).where(Mention.message_id == message.id))
    extras.mention(tx, loading.load(tx, [message])[0], extras.names(text))
    found.replace(tx, message.id)
    return changed(tx, chat, message, MessageEdited)


@verb
def delete(tx: Tx, actor: Actor, message_id: int) -> MessageSnapshot:
    """Take it back: the text, its editions, files and reactions go, a tombstone keeps the place."""
    chat, message = _own(tx, actor, message_id, "delete")
    return erased(tx, chat, message)


def erased(tx: Tx, chat: Chat, message: Message) -> MessageSnapshot:
    """Leave only the tombstone."""
    for table in (Edition, Reaction, Mention):
        tx.execute(erase(table).where(table.message_id == message.id))
    tx.execute(update(Attachment).where(Attachment.message_id == message.id).values(removed_at=tx.now))
    message.text, message.html, message.pinned_at, message.deleted_at = "", None, None, tx.now
    found.forget(tx, message.id)
    return changed(tx, chat, message, MessageDeleted)


@verb
def pin(tx: Tx, actor: Actor, message_id: int, is_pinned: bool = True) -> MessageSnapshot:
    """Put a message at the top of its chat, or take it down."""
    chat, message = reachable(tx, actor, message_id)
    if message.is_deleted:
        raise Unknown("There is no such message.")
    blocks.check_dialog(tx, actor, chat)
    message.pinned_at = tx.now if is_pinned else None
    return changed(tx, chat, message, MessagePinned)


@verb
def announce_file(tx: Tx, actor: Actor, message_id: int) -> MessageSnapshot:
    """Tell the other person's netrox about an uploaded file, once."""
    chat, message = _own(tx, actor, message_id, "announce")
    if message.announced_at is not None:
        raise Conflict("This file has been announced already.")
    if not loading.files(tx, [message.id]):
        raise Invalid("This message carries no file.")
    message.announced_at = tx.now
    return changed(tx, chat, message, FileAnnounced)


def reachable(tx: Tx, actor: Actor, message_id: int) -> tuple[Chat, Message]:
    """A message in a chat that the actor is in, with its chat held. Unknown otherwise."""
    message = tx.get(Message, message_id) if is_id(message_id) else None
    if message is None or not chats.is_member(tx, message.chat_id, actor.user_id):
        raise Unknown("There is no such message.")
    chat = chats.locked(tx, message.chat_id)
    tx.refresh(message)
    return chat, message


def changed(
    tx: Tx, chat: Chat, message: Message, fact: Callable[[int, int, MessageSnapshot], ChatFact]
) -> MessageSnapshot:
    """Give the message the chat's next revision and announce it as it stands."""
    chat.revision += 1
    message.revision, message.updated_at = chat.revision, tx.now
    tx.flush()
    snapshot = loading.load(tx, [message])[0]
    tx.announce(fact(chat.id, chat.revision, snapshot))
    return snapshot


def _own(tx: Tx, actor: Actor, message_id: int, deed: str) -> tuple[Chat, Message]:
    chat, message = reachable(tx, actor, message_id)
    if message.is_deleted:
        raise Unknown("There is no such message.")
    if message.author_id != actor.user_id or message.kind != "text":
        raise Forbidden("You can only %(deed)s what you wrote.", deed=deed)
    return chat, message


def _fingerprint(sending: Sending) -> str:
    chat = sending.chat
    place = f"p{chat.pair[0].user_id}-{chat.pair[1].user_id}" if chat.pair else f"g{chat.chat_id}"
    said = f"{place}\n{sending.reply_to_id}\n{extras.marks(sending.attachment_ids)}\n{sending.text}"
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
