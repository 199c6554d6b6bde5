"""Who comes into a group and who goes: the rows, the system messages and the facts, in that order."""

from sqlalchemy import func, select

from messenger.core import chats, levels, members, people, system
from messenger.core.facts import MemberAdded, MemberRemoved, RoleChanged
from messenger.core.models import Chat, Member
from messenger.core.snapshots import Actor, MemberSnapshot, Person
from messenger.core.verbs import Tx


def leave(tx: Tx, actor: Actor, chat: Chat) -> None:
    """The actor goes; a group without an owner gets one."""
    let_out(tx, chat, actor, actor.person, "left")
    if owners(tx, chat.id) == 0:
        _hand_over(tx, chat)


def leave_all(tx: Tx, actor: Actor) -> None:
    """The actor goes from every group, so that nobody waits for what he would read."""
    rows = select(Chat.id).join(Member, Member.chat_id == Chat.id).where(Chat.kind == "group")
    mine = rows.where(Member.user_id == actor.user_id, Member.left_at.is_(None))
    for chat_id in tx.scalars(mine.order_by(Chat.id)).all():
        leave(tx, actor, chats.locked(tx, chat_id))


def _hand_over(tx: Tx, chat: Chat) -> None:
    """The longest-standing admin, else member, becomes the owner; without any the group is archived."""
    heir = tx.scalar(
        select(Member)
        .where(Member.chat_id == chat.id, Member.left_at.is_(None))
        .order_by(Member.role, Member.joined_at, Member.user_id)
        .limit(1)
    )
    if heir is None:
        chat.archived_at = tx.now
        return
    chat.revision += 1
    heir.role, heir.revision, heir.changed_at = "owner", chat.revision, tx.now
    tx.flush()
    person = people.present(tx, heir.user_id)
    known = chats.snapshots(tx, [chat.id])[chat.id]
    tx.announce(RoleChanged(chat.id, chat.revision, known, members.snapshot(heir, person)))


def let_in(tx: Tx, chat: Chat, actor: Actor, person: Person, what: str) -> MemberSnapshot:
    """Make somebody a member, and tell it."""
    member = members.put(tx, chat, person.user_id, "member")
    chat.revision += 1
    member.born = member.revision = chat.revision
    tx.flush()
    snapshot = members.snapshot(member, person)
    known = chats.snapshots(tx, [chat.id])[chat.id]
    tx.announce(MemberAdded(chat.id, chat.revision, known, snapshot))
    system.say(tx, chat, actor.person, _words(person, what), {"what": what, "who": person.login})
    return snapshot


def invited(tx: Tx, actor: Actor, chat_id: int | None) -> None:
    """Into the group that an invitation leads to, if it is still there."""
    chat = tx.get(Chat, chat_id, with_for_update=True) if chat_id is not None else None
    if chat is not None and chat.archived_at is None:
        let_in(tx, chat, actor, actor.person, "joined")


def let_out(tx: Tx, chat: Chat, actor: Actor, person: Person, what: str) -> None:
    """Make somebody a stranger, and tell it; he hears it, and nothing after it."""
    system.say(tx, chat, actor.person, _words(person, what), {"what": what, "who": person.login})
    member = tx.get_one(Member, (chat.id, person.user_id))
    chat.revision += 1
    member.left_at = member.changed_at = tx.now
    member.revision, member.role, member.pinned_at = chat.revision, "member", None
    tx.flush()
    known = chats.snapshots(tx, [chat.id])[chat.id]
    tx.announce(MemberRemoved(chat.id, chat.revision, known, person, actor.login))
    levels.rise(tx, [chat.id])


def owners(tx: Tx, chat_id: int) -> int:
    """How many own this group."""
    tx.flush()
    rows = select(func.count()).select_from(Member)
    return tx.scalar(rows.where(Member.chat_id == chat_id, Member.left_at.is_(None), Member.role == "owner")) or 0


def _words(person: Person, what: str) -> str:
    return what if what in ("joined", "left") else f"{what} {person.name}"
