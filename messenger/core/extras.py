"""What a message carries besides its text: the answer to another one, files, people it names."""

import re

from sqlalchemy import select

from messenger.core import logins
from messenger.core.models import Attachment, Member, Mention, Message, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Invalid, Refusal, Unknown
from messenger.core.sends import Sending
from messenger.core.snapshots import MessageSnapshot
from messenger.core.verbs import Tx
from messenger.extensions import db

NAME = re.compile(r"(?<![\w@/.])@([\w.-]{1,32})")
MOST_NAMES = 20
MOST_FILES = 20


def names(text: str) -> tuple[str, ...]:
    """The folded logins that a text names with an @."""
    if "@" not in text:
        return ()
    found = dict.fromkeys(logins.key(name.rstrip(".-")) for name in NAME.findall(text))
    return tuple(found)[:MOST_NAMES]


def marks(attachment_ids: tuple[int, ...]) -> list[str]:
    """What these files hold: who repeats a message may have had to upload them again."""
    if not attachment_ids:
        return []
    rows = db.session.execute(select(Attachment.id, Attachment.sha256).where(Attachment.id.in_(attachment_ids)))
    known = dict(rows.tuples().all())
    db.session.remove()
    return [known.get(number, str(number)) for number in attachment_ids]


def refusal(tx: Tx, sending: Sending) -> Refusal | None:
    """What is wrong with them."""
    if sending.reply_to_id:
        answered = select(Message.id).where(Message.chat_id == sending.chat_id, Message.id == sending.reply_to_id)
        if not is_id(sending.reply_to_id) or tx.scalar(answered) is None:
            return Unknown("The message you answer is not in this chat.", field="reply_to")
    if len(sending.attachment_ids) > MOST_FILES:
        return Invalid("A message carries at most %(limit)s files.", field="attachments", limit=MOST_FILES)
    if sending.attachment_ids and len(_loose(tx, sending)) != len(set(sending.attachment_ids)):
        return Unknown("One of the files is not there any more. Please upload it again.", field="attachments")
    return None


def attach(tx: Tx, sending: Sending, message: MessageSnapshot) -> None:
    """Bind them to the message that is stored now."""
    order = {attachment_id: n for n, attachment_id in enumerate(sending.attachment_ids)}
    for file in _loose(tx, sending):
        file.message_id, file.chat_id, file.place = message.message_id, sending.chat_id, order[file.id]
    if order and not sending.awaits_announcement:
        tx.get_one(Message, message.message_id).announced_at = tx.now
    mention(tx, message, sending.names)
    tx.flush()


def mention(tx: Tx, message: MessageSnapshot, folded: tuple[str, ...]) -> None:
    """Note who of the chat's people is named."""
    if not folded:
        return
    chat_id = message.chat.chat_id
    people = select(User.id).join(Member, Member.user_id == User.id)
    for user_id in tx.scalars(
        people.where(Member.chat_id == chat_id, Member.left_at.is_(None), User.login_key.in_(folded))
    ):
        tx.add(Mention(message_id=message.message_id, user_id=user_id, chat_id=chat_id, position=message.position))


def _loose(tx: Tx, sending: Sending) -> list[Attachment]:
    """Those of the files that are the author's, whole, and on no message yet; held, so that no sweep takes them now."""
    if not sending.attachment_ids:
        return []
    ids = filter(is_id, sending.attachment_ids)
    rows = select(Attachment).where(Attachment.id.in_(list(ids)), Attachment.message_id.is_(None))
    mine = rows.where(Attachment.owner_id == sending.actor.user_id, Attachment.removed_at.is_(None))
    return list(tx.scalars(mine.order_by(Attachment.id).with_for_update()))
