"""Who is told by mail that messages wait: who proved an address, is not here, and has had them waiting for a while."""

import msgspec
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from messenger.core import clock, letters, standings
from messenger.core.models import Chat, Mailing, Member, Mention, Message, User
from messenger.core.snapshots import Actor, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, presence, settings

# Told once, and again only after he was here or so much later.
QUIET = 8 * 60 * clock.MINUTE
JUST_NOW = 5 * clock.MINUTE
AT_ONCE = 100
SHOWN = 10


class Waiting(msgspec.Struct, frozen=True):
    """So many messages wait in a chat."""

    name: str
    count: int


def look() -> None:
    """One round: a letter for everybody who has missed something."""
    if not settings.missed_mail_minutes:
        return
    now = clock.now()
    found: list[int] = list(db.session.scalars(_absent(now, now - settings.missed_mail_minutes * clock.MINUTE)))
    db.session.remove()
    absent = [user_id for user_id in found if not _is_here(user_id)]
    if absent:
        tell(absent)


@verb
def tell(tx: Tx, user_ids: list[int]) -> None:
    """Write to these."""
    rows = select(Mailing, User).join(User, User.id == Mailing.user_id).where(Mailing.user_id.in_(user_ids))
    for mailing, user in tx.execute(rows.with_for_update(of=Mailing)).all():
        if mailing.told_at < tx.now - JUST_NOW:  # else another worker was first
            mailing.told_at = tx.now
            letters.put(tx, user, "missed")


def waiting(person: Person) -> list[Waiting]:
    """What waits for a person now, chat by chat; nothing of chats that are muted."""
    now = clock.now()
    rows = standings.of(Actor(person))
    return [
        Waiting(row.chat.name if row.chat.kind == "group" else row.chat.other(person.user_id).name, row.unread)
        for row in rows
        if row.unread
        and (row.muted_until is None or row.muted_until < now)
        and (row.notify == "all" or (row.notify == "mentions" and row.mentioned))
    ]


def _is_here(user_id: int) -> bool:
    """Has he a page or a client open, whether or not he lets others see it?"""
    here = presence.people.get(user_id)
    return here is not None and bool(here.is_connected or here.elsewhere)


def _absent(now: int, late: int) -> Select[int]:
    may = and_(Mailing.verified_key == User.email_key, Mailing.wants_missed, User.seen_at < late)
    again = or_(Mailing.told_at < User.seen_at, Mailing.told_at < now - QUIET)
    there = and_(User.disabled_at.is_(None), User.deleted_at.is_(None))
    rows = select(User.id).join(Mailing, Mailing.user_id == User.id).where(may, again, there)
    return rows.where(_has_missed(now, late)).limit(AT_ONCE)


def _has_missed(now: int, late: int) -> ColumnElement[bool]:
    """A message of somebody else that came after he left and after he was told, and has waited long enough."""
    mine = and_(Member.user_id == User.id, Member.left_at.is_(None), Chat.archived_at.is_(None))
    loud = or_(Member.muted_until.is_(None), Member.muted_until < now)
    unread = and_(Chat.spoken > Member.read_spoken, Message.position > Member.read_position)
    new = and_(Message.created_at > User.seen_at, Message.created_at > Mailing.told_at, Message.created_at < late)
    real = and_(Message.author_id != User.id, Message.deleted_at.is_(None), Message.kind == "text")
    named = exists().where(Mention.message_id == Message.id, Mention.user_id == User.id)
    wanted = or_(Member.notify == "all", and_(Member.notify == "mentions", named))
    return (
        select(Member.chat_id)
        .join(Chat, Chat.id == Member.chat_id)
        .join(Message, Message.chat_id == Chat.id)
        .where(mine, loud, unread, new, real, wanted)
        .correlate(User, Mailing)
        .exists()
    )
