"""Numbered pages, newest first, for the wires that count pages instead of naming the last row they have."""

from sqlalchemy import select

from messenger.core import loading
from messenger.core.models import Message
from messenger.core.snapshots import ChatSnapshot, MessageSnapshot
from messenger.extensions import db


def messages(chat: ChatSnapshot, number: int, size: int) -> list[MessageSnapshot]:
    """One page of what has been said in a chat and not been taken back, newest first; page 1 is the newest."""
    rows = (
        select(Message)
        .where(Message.chat_id == chat.chat_id, Message.deleted_at.is_(None))
        .order_by(Message.position.desc())
        .limit(size)
        .offset((number - 1) * size)
    )
    found = list(db.session.scalars(rows))
    return loading.load(db.session, found, {chat.chat_id: chat} if chat.chat_id else None)
