"""The rows of an export as JSON lines. docs/moving-in.md describes the form; VERSION counts its changes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from messenger.core.exports import names
from messenger.core.exports.plan import Plan, Stretch, in_batches
from messenger.core.models import Attachment, Chat, Edition, Member, Message, Reaction, User
from messenger.extensions import db

Line = dict[str, Any]
PAGE = 200


def people(plan: Plan) -> Iterator[Line]:
    """Everybody who is named. E-mails go along only with everything, or to whose they are."""
    for ids in in_batches(plan.user_ids()):
        for user in db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id)).all():
            is_own = plan.person is not None and plan.person.user_id == user.id
            yield _person(user, plan.scope == "server" or is_own)
        db.session.remove()


def chats(plan: Plan) -> Iterator[Line]:
    """The chats; a group that was left has lost its name."""
    for s in plan.stretches:
        chat = db.session.get_one(Chat, s.chat_id)
        logins = [db.session.get_one(User, n).login for n in (chat.pair_low, chat.pair_high) if n is not None]
        is_whole = s.author_id is None
        yield {
            "chat": chat.id,
            "kind": chat.kind,
            "name": chat.name if is_whole else "",
            "about": chat.about if is_whole else "",
            "is_public": chat.is_public,
            "people": logins,
            "is_whole": is_whole,
            "created_at": chat.created_at,
            "archived_at": chat.archived_at,
        }
        db.session.remove()


def members(plan: Plan) -> Iterator[Line]:
    """Who is in which chat, and who was."""
    for s in plan.stretches:
        rows = select(Member, User.login).join(User).where(Member.chat_id == s.chat_id)
        if s.author_id is not None:
            rows = rows.where(Member.user_id == s.author_id)
        for member, login in db.session.execute(rows.order_by(Member.joined_at, Member.user_id)).all():
            yield {
                "chat": s.chat_id,
                "login": login,
                "role": member.role,
                "joined_at": member.joined_at,
                "left_at": member.left_at,
            }
        db.session.remove()


def pages(stretch: Stretch) -> Iterator[list[Message]]:
    """The messages of a chat, some at a time."""
    last = 0
    while True:
        rows = select(Message).where(stretch.condition(), Message.position > last).order_by(Message.position)
        found = list(db.session.scalars(rows.limit(PAGE)))
        if not found:
            return
        last = found[-1].position
        yield found
        db.session.remove()


def messages(stretch: Stretch, rows: Sequence[Message]) -> list[Line]:
    """These messages with all that hangs on them. Of a chat that was left nothing of others."""
    ids, is_whole = [row.id for row in rows], stretch.author_id is None
    editions, files = _editions(ids), _files(ids)
    reactions = _reactions(ids) if is_whole else {}
    answered = _positions([row.reply_to_id for row in rows if row.reply_to_id]) if is_whole else {}
    authors = _logins({row.author_id for row in rows})
    return [
        {
            "chat": row.chat_id,
            "position": row.position,
            "author": authors[row.author_id],
            "kind": row.kind,
            "text": row.text,
            "event": row.event,
            "reply_to": answered.get(row.reply_to_id or 0),
            "created_at": row.created_at,
            "edited_at": row.edited_at,
            "deleted_at": row.deleted_at,
            "pinned_at": row.pinned_at,
            "editions": editions.get(row.id, []),
            "reactions": reactions.get(row.id, []),
            "files": files.get(row.id, []),
        }
        for row in rows
    ]


def _person(user: User, has_email: bool) -> Line:
    return {
        "login": user.login,
        "uid": user.uid,
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email if has_email else None,
        "about": user.about,
        "picture": names.of_picture(user.uid) if user.avatar_key else None,
        "is_disabled": user.disabled_at is not None,
        "is_deleted": user.deleted_at is not None,
        "created_at": user.created_at,
    }


def _editions(ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    for row in db.session.scalars(select(Edition).where(Edition.message_id.in_(ids)).order_by(Edition.id)):
        found[row.message_id].append({"text": row.text, "written_at": row.written_at})
    return found


def _reactions(ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    rows = select(Reaction, User.login).join(User).where(Reaction.message_id.in_(ids))
    for row, login in db.session.execute(rows.order_by(Reaction.created_at, User.login_key, Reaction.emoji)):
        found[row.message_id].append({"emoji": row.emoji, "login": login, "created_at": row.created_at})
    return found


def _files(ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    rows = select(Attachment).where(Attachment.message_id.in_(ids), Attachment.removed_at.is_(None))
    for row in db.session.scalars(rows.order_by(Attachment.message_id, Attachment.place)):
        found[row.message_id or 0].append(
            {
                "path": names.of_file(row.id, row.name),
                "name": row.name,
                "size": row.size,
                "type": row.type,
                "sha256": row.sha256,
                "width": row.width,
                "height": row.height,
            }
        )
    return found


def _positions(ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(select(Message.id, Message.position).where(Message.id.in_(ids)))
    return {number: position for number, position in rows}  # noqa: C416 rows are not pairs to mypy


def _logins(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(User.id, User.login).where(User.id.in_(ids)))
    return {number: login for number, login in rows}  # noqa: C416 rows are not pairs to mypy
