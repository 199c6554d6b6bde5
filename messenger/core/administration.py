"""What an administrator does to people, groups and invitations. Each deed leaves a line in the audit trail."""

import msgspec
from sqlalchemy import func, select

from messenger.core import accounts, audit, chats, factors, invitations, people, roll
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.facts import ChatClosed, ChatOpened
from messenger.core.models import AuditEntry, Chat, Invitation, Member, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Unknown
from messenger.core.snapshots import ChatSnapshot, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

CLOSED = "group closed"


class Offer(msgspec.Struct, frozen=True):
    """What an invitation promises: how many may come with it, for how long, into which group."""

    uses: int = 1
    days: int | None = 7
    note: str = ""
    chat_id: int | None = None


@verb
def make_account(tx: Tx, steward: Steward, application: Application, password_hash: str, is_admin: bool) -> Person:
    """An account for somebody, whatever REGISTRATION says."""
    audit.authorised(tx, steward)
    made = accounts.create.within(tx, application, password_hash).actor
    if is_admin and not made.is_admin:
        roll.promote.within(tx, made.user_id)
    audit.note(tx, steward, "account made", _name(made.person), is_admin=is_admin or made.is_admin)
    return made.person


@verb
def disable(tx: Tx, steward: Steward, user_id: int, is_disabled: bool = True) -> Person:
    """Keep a person out, or let him in again; his sessions end. Conflict for the last administrator."""
    audit.authorised(tx, steward)
    _existing(tx, user_id)
    person = accounts.disable.within(tx, user_id, is_disabled)
    audit.note(tx, steward, "disabled" if is_disabled else "enabled", _name(person))
    return person


@verb
def promote(tx: Tx, steward: Steward, user_id: int, is_admin: bool = True) -> Person:
    """Make somebody an administrator, or a person like others again. Conflict for the last administrator."""
    audit.authorised(tx, steward)
    _existing(tx, user_id)
    person = roll.promote.within(tx, user_id, is_admin)
    audit.note(tx, steward, "promoted" if is_admin else "demoted", _name(person))
    return person


@verb
def set_password(tx: Tx, steward: Steward, user_id: int, password_hash: str) -> None:
    """Give a person another password; all his sessions end."""
    audit.authorised(tx, steward)
    user = _existing(tx, user_id)
    accounts.set_password.within(tx, user_id, password_hash)
    audit.note(tx, steward, "password set", _name(people.snapshot(user)))


@verb
def end_sessions(tx: Tx, steward: Steward, user_id: int, session_id: int | None = None) -> int:
    """Sign somebody out, on one device or on all; says on how many."""
    audit.authorised(tx, steward)
    ended = roll.end_sessions.within(tx, user_id, session_id)
    audit.note(tx, steward, "signed out", _name(people.present(tx, user_id)), devices=ended)
    return ended


@verb
def drop_factor(tx: Tx, steward: Steward, user_id: int) -> bool:
    """Ask no code of a person any more who has lost his authenticator and his codes. Whether one was asked."""
    audit.authorised(tx, steward)
    user = _existing(tx, user_id)
    was_on = factors.switch_off.within(tx, user_id)
    audit.note(tx, steward, "second step off", _name(people.snapshot(user)))
    return was_on


@verb
def remove_account(tx: Tx, steward: Steward, user_id: int) -> None:
    """Close an account for good. Conflict for the last administrator."""
    audit.authorised(tx, steward)
    user = _existing(tx, user_id)
    name = _name(people.snapshot(user))
    accounts.remove.within(tx, user_id)
    audit.note(tx, steward, "account removed", name)


@verb
def close_group(tx: Tx, steward: Steward, chat_id: int, is_closed: bool = True) -> ChatSnapshot:
    """Archive a group: nobody reads or writes in it any more. Or open it again as it was."""
    audit.authorised(tx, steward)
    chat = tx.get(Chat, chat_id, with_for_update=True, populate_existing=True) if is_id(chat_id) else None
    if chat is None or chat.kind != "group" or (chat.archived_at is None) != is_closed:
        raise Unknown("There is no such group.")
    if is_closed:
        chat.archived_at = tx.now
        chat.revision += 1
        tx.flush()
        tx.announce(ChatClosed(chat_id, chat.revision, chats.snapshots(tx, [chat_id])[chat_id]))
    else:
        _reopen(tx, steward, chat)
    audit.note(tx, steward, CLOSED if is_closed else "group reopened", _group(chat), chat_id=chat_id)
    return chats.snapshots(tx, [chat_id])[chat_id]


@verb
def invite(tx: Tx, steward: Steward, offer: Offer) -> str:
    """A new invitation; its code is shown only now."""
    audit.authorised(tx, steward)
    code = invitations.create.within(tx, steward.actor, offer.uses, offer.days, offer.note, offer.chat_id)
    number = tx.scalar(select(func.max(Invitation.id)))
    audit.note(tx, steward, "invitation made", f"invitation {number}", uses=offer.uses, days=offer.days)
    return code


@verb
def revoke(tx: Tx, steward: Steward, invitation_id: int) -> None:
    """From now on this invitation opens nothing."""
    audit.authorised(tx, steward)
    invitations.revoke.within(tx, invitation_id)
    audit.note(tx, steward, "invitation revoked", f"invitation {invitation_id}")


def closed_since(moment: int) -> list[ChatSnapshot]:
    """The groups that were closed after that moment, by whomever, and still are."""
    rows = select(AuditEntry.details).where(AuditEntry.created_at > moment, AuditEntry.deed == CLOSED)
    found = [int(details.get("chat_id", 0)) for details in db.session.scalars(rows)]
    if not found:
        return []
    closed = select(Chat.id).where(Chat.id.in_(found), Chat.archived_at.is_not(None))
    return list(chats.snapshots(db.session, db.session.scalars(closed).all()).values())


def _existing(tx: Tx, user_id: int) -> User:
    user = tx.get(User, user_id) if is_id(user_id) else None
    if user is None or user.deleted_at is not None:
        raise Unknown("There is no such person.")
    return user


def _reopen(tx: Tx, steward: Steward, chat: Chat) -> None:
    chat.archived_at = None
    chat.changed = chat.revision = chat.revision + 1
    tx.flush()
    inside = select(Member.user_id).where(Member.chat_id == chat.id, Member.left_at.is_(None))
    tx.announce(ChatOpened(chats.snapshots(tx, [chat.id])[chat.id], tuple(tx.scalars(inside))))


def _name(person: Person) -> str:
    return f"@{person.login}"


def _group(chat: Chat) -> str:
    return f"group {chat.id} ({chat.name})"
