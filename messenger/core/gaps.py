"""What a person has missed in all his chats together since a message was written."""

import msgspec
from sqlalchemy import and_, func, select

from messenger.core import changes, chats
from messenger.core.facts import ChatFact, MessageDeleted, MessageEdited, MessageSent, ReactionsChanged
from messenger.core.models import Chat, Member, Message
from messenger.core.snapshots import Actor
from messenger.extensions import db

OF_OLD_MESSAGES = (MessageEdited, MessageDeleted, ReactionsChanged)


class Gap(msgspec.Struct, frozen=True):
    """The facts, the revision up to which each chat is told by them, and the newest message there is."""

    facts: tuple[ChatFact, ...] = ()
    revisions: dict[int, int] = {}
    newest_id: int = 0
    is_too_much: bool = False


def after(actor: Actor, message_id: int) -> Gap:
    """Messages in the order they were written, then what else changed, chat by chat."""
    newest_id = db.session.scalar(select(func.max(Message.id))) or 0
    known_at = _written_at(message_id)
    facts: list[ChatFact] = []
    revisions = {}
    for chat_id, revision in _moved(actor, message_id):
        missed = changes.since(chats.visible(actor, chat_id), revision)
        revisions[chat_id] = missed.revision
        facts += [fact for fact in missed.facts if not _is_known(fact, known_at)]
        if missed.is_too_much or len(facts) > changes.MOST:
            return Gap(newest_id=newest_id, is_too_much=True)
    sent = sorted((fact for fact in facts if isinstance(fact, MessageSent)), key=lambda fact: fact.message.message_id)
    rest = [fact for fact in facts if not isinstance(fact, MessageSent)]
    return Gap((*sent, *rest), revisions, newest_id)


def _moved(actor: Actor, message_id: int) -> list[tuple[int, int]]:
    """The chats in which something has changed since their last message up to this one, with their revision then."""
    last = select(Message.born).where(Message.chat_id == Chat.id, Message.id <= message_id)
    known = func.coalesce(last.order_by(Message.id.desc()).limit(1).correlate(Chat).scalar_subquery(), 0)
    mine = and_(Member.chat_id == Chat.id, Member.user_id == actor.user_id, Member.left_at.is_(None))
    rows = select(Chat.id, known).join(Member, mine).where(Chat.revision > known, Chat.archived_at.is_(None))
    return [(chat_id, revision) for chat_id, revision in db.session.execute(rows.order_by(Chat.id))]


def _written_at(message_id: int) -> int:
    rows = select(Message.created_at).where(Message.id <= message_id).order_by(Message.id.desc())
    return db.session.scalar(rows.limit(1)) or 0


def _is_known(fact: ChatFact, known_at: int) -> bool:
    """In a chat whose last message is older, edits of before that moment come along; he knows them."""
    return isinstance(fact, OF_OLD_MESSAGES) and fact.message.updated_at <= known_at
