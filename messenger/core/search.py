"""Search in what one may see. `from:ann in:bob has:file before:2026-01-31 after:2026-01-01` narrow it.

The index follows the messages at a small distance, so that sending never waits for it; who searches waits until it has
caught up.
"""

import re
from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select, text

from messenger.core import clock, found, loading, logins, texts
from messenger.core.database import Reading
from messenger.core.models import Attachment, Chat, Member, Message, User
from messenger.core.snapshots import Actor, MessageSnapshot
from messenger.extensions import db, replica

PAGE = 50
MOST_WORDS = 12
OPERATOR = re.compile(r"(?<!\S)(from|in|has|before|after):(\S+)")
WORD = re.compile(r"[^\s\"]+")


class Question(msgspec.Struct, frozen=True):
    """What was asked: words, and what narrows them."""

    words: tuple[str, ...] = ()
    author: str | None = None
    place: str | None = None
    has_file: bool = False
    before: int | None = None
    after: int | None = None


def messages(actor: Actor, asked: str, before_id: int | None = None) -> list[MessageSnapshot]:
    """What fits, newest first; `before_id` goes on behind the last one of the page before."""
    found.catch_up_wholly()
    question = understood(asked)
    rows = _visible(actor).where(*_conditions(actor, question)).order_by(Message.id.desc()).limit(PAGE)
    if before_id is not None:
        rows = rows.where(Message.id < before_id)
    if question.words:
        rows = rows.where(Message.id.in_(_fitting(question.words)))
    if replica.is_ready:
        # Who may see what, and what is deleted, the primary knows best; it only looks at what was found.
        ids = replica.of_everything(found.PLACE, lambda session: _ids(session, rows))
        rows = _visible(actor).where(Message.id.in_(ids)).order_by(Message.id.desc())
    return loading.load(db.session, list(db.session.scalars(rows)))


def _ids(session: Reading, rows: Select[Message]) -> list[int]:
    return list(session.scalars(rows.with_only_columns(Message.id)))


def understood(asked: str) -> Question:
    """The words and the operators of a question. An operator that makes no sense is a word like others."""
    asked = texts.storable(asked)
    operators = dict(OPERATOR.findall(asked))
    words = tuple(WORD.findall(OPERATOR.sub(" ", asked)))[:MOST_WORDS]
    return Question(
        words=words,
        author=operators.get("from", "").removeprefix("@") or None,
        place=operators.get("in", "").removeprefix("@") or None,
        has_file=operators.get("has") in ("file", "files"),
        before=_moment(operators.get("before", "")),
        after=_moment(operators.get("after", "")),
    )


def _visible(actor: Actor) -> Select[Message]:
    mine = select(Member.chat_id).where(Member.user_id == actor.user_id, Member.left_at.is_(None))
    return (
        select(Message)
        .join(Chat, Chat.id == Message.chat_id)
        .where(or_(Chat.id.in_(mine), and_(Chat.is_public, Chat.archived_at.is_(None))))
        .where(Message.deleted_at.is_(None), Message.kind == "text")
    )


def _conditions(actor: Actor, question: Question) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if question.author:
        author = select(User.id).where(User.login_key == logins.key(question.author))
        conditions.append(Message.author_id == author.scalar_subquery())
    if question.place:
        conditions.append(_in_place(actor, question.place))
    if question.has_file:
        conditions.append(
            select(Attachment.id).where(Attachment.message_id == Message.id, Attachment.removed_at.is_(None)).exists()
        )
    if question.before is not None:
        conditions.append(Message.created_at < question.before)
    if question.after is not None:
        conditions.append(Message.created_at >= question.after)
    return conditions


def _in_place(actor: Actor, place: str) -> ColumnElement[bool]:
    """A group by its number or name, or the dialog with a person."""
    if place.isascii() and place.isdigit() and len(place) < 17:
        return Message.chat_id == int(place)
    other = db.session.scalar(select(User.id).where(User.login_key == logins.key(place)))
    low, high = sorted((actor.user_id, other or 0))
    dialog = and_(Chat.pair_low == low, Chat.pair_high == high) if other else false()
    return or_(dialog, and_(Chat.kind == "group", func.lower(Chat.name) == place.casefold()))


def _fitting(words: tuple[str, ...]) -> Select[int]:
    """The ids of the messages in which all of these words begin a word."""
    if db.engine.dialect.name == "sqlite":
        quoted = " ".join('"' + word.replace('"', '""') + '"*' for word in words)
        return (
            select(literal_column("rowid", type_=Message.id.type))
            .select_from(text("found_in_messages"))
            .where(text("found_in_messages MATCH :words").bindparams(words=quoted))
        )
    lexemes = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
    return (
        select(literal_column("message_id", type_=Message.id.type))
        .select_from(text("found_in_messages"))
        .where(text("words @@ to_tsquery('simple', :words)").bindparams(words=lexemes))
    )


def _moment(day: str) -> int | None:
    try:
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    except ValueError:
        return None
    return int(at.timestamp()) * clock.SECOND
