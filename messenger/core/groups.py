"""Groups: made, joined, led and left. What happens stands in the group as a system message of whoever did it."""

from collections.abc import Sequence

from messenger.core import blocks, chats, comings, members, system, texts
from messenger.core.facts import ChatChanged, ChatOpened, RoleChanged
from messenger.core.models import Chat, Member
from messenger.core.refusals import Conflict, Forbidden, Invalid, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, MemberSnapshot, Person
from messenger.core.verbs import Tx, verb

MOST_AT_ONCE = 500


@verb
def create(tx: Tx, actor: Actor, name: str, is_public: bool, invited: Sequence[Person] = ()) -> ChatSnapshot:
    """A new group; the actor owns it."""
    if len(invited) > MOST_AT_ONCE:
        raise Invalid("At most %(limit)s people at once.", field="members", limit=MOST_AT_ONCE)
    chat = Chat(
        kind="group", name=texts.one_line(name, "name"), is_public=is_public, created_at=tx.now, active_at=tx.now
    )
    tx.add(chat)
    tx.flush()
    blocks.check_together(tx, actor, (person.user_id for person in invited))
    others = {person.user_id: person for person in invited if person.user_id != actor.user_id}
    members.put_first(tx, chat, {actor.user_id: "owner", **dict.fromkeys(others, "member")})
    tx.flush()
    snapshot = chats.snapshots(tx, [chat.id])[chat.id]
    tx.announce(ChatOpened(snapshot, (actor.user_id, *others)))
    events = [(f"added {person.name}", {"what": "added", "who": person.login}) for person in others.values()]
    system.say_all(tx, chat, actor.person, [("created the group", {"what": "created"}), *events])
    return snapshot


@verb
def add(tx: Tx, actor: Actor, chat_id: int, person: Person) -> MemberSnapshot:
    """Bring somebody in. Any member may. Conflict when he is in already."""
    chat = _mine(tx, actor, chat_id)
    if chats.is_member(tx, chat_id, person.user_id):
        raise Conflict("%(name)s is in this group already.", name=person.name)
    blocks.check_together(tx, actor, [person.user_id])
    return comings.let_in(tx, chat, actor, person, "added")


@verb
def join(tx: Tx, actor: Actor, chat_id: int) -> ChatSnapshot:
    """Enter a public group."""
    enter(tx, actor, chat_id)
    return chats.snapshots(tx, [chat_id])[chat_id]


def enter(tx: Tx, actor: Actor, chat_id: int) -> None:
    """Become a member of a public group, if one is not. Forbidden for a private one."""
    chat = _group(tx, chat_id)
    if chats.is_member(tx, chat_id, actor.user_id):
        return
    if not chat.is_public:
        raise Forbidden("You are not a member of this group.")
    comings.let_in(tx, chat, actor, actor.person, "joined")


@verb
def remove(tx: Tx, actor: Actor, chat_id: int, person: Person) -> None:
    """Take somebody out. Owners and admins may; an admin cannot remove an owner."""
    chat = _mine(tx, actor, chat_id)
    if person.user_id == actor.user_id:
        comings.leave(tx, actor, chat)
        return
    member = tx.get(Member, (chat_id, person.user_id))
    if member is None or not member.is_in:
        raise Unknown("%(name)s is not in this group.", name=person.name)
    mine = tx.get_one(Member, (chat_id, actor.user_id)).role
    if mine == "member" or (mine == "admin" and member.role == "owner"):
        raise Forbidden("Only owners and admins can remove people.")
    comings.let_out(tx, chat, actor, person, "removed")


@verb
def leave(tx: Tx, actor: Actor, chat_id: int) -> None:
    """Go. An owner hands the group over; an empty one is archived."""
    comings.leave(tx, actor, _mine(tx, actor, chat_id))


@verb
def rename(tx: Tx, actor: Actor, chat_id: int, name: str) -> ChatSnapshot:
    """Give the group another name. Owners and admins may."""
    chat = _led(tx, actor, chat_id)
    chat.name = texts.one_line(name, "name")
    system.say(tx, chat, actor.person, f"renamed the group to {chat.name}", {"what": "renamed", "name": chat.name})
    return _changed(tx, chat)


@verb
def open_to_all(tx: Tx, actor: Actor, chat_id: int, is_public: bool) -> ChatSnapshot:
    """Make the group public or private. Owners and admins may."""
    chat = _led(tx, actor, chat_id)
    if chat.is_public != is_public:
        chat.is_public = is_public
        word = "public" if is_public else "private"
        system.say(tx, chat, actor.person, f"made the group {word}", {"what": word})
    return _changed(tx, chat)


@verb
def appoint(tx: Tx, actor: Actor, chat_id: int, person: Person, role: str) -> MemberSnapshot:
    """Give a member another role. Only owners may; the last owner stays one."""
    if role not in ("owner", "admin", "member"):
        raise Invalid("A role is owner, admin or member.", field="role")
    chat = _mine(tx, actor, chat_id)
    if tx.get_one(Member, (chat_id, actor.user_id)).role != "owner":
        raise Forbidden("Only an owner can do this.")
    member = tx.get(Member, (chat_id, person.user_id))
    if member is None or not member.is_in:
        raise Unknown("%(name)s is not in this group.", name=person.name)
    if member.role == "owner" and role != "owner" and comings.owners(tx, chat_id) == 1:
        raise Conflict("A group needs an owner.")
    chat.revision += 1
    member.role, member.revision, member.changed_at = role, chat.revision, tx.now
    tx.flush()
    snapshot = members.snapshot(member, person)
    tx.announce(RoleChanged(chat.id, chat.revision, chats.snapshots(tx, [chat.id])[chat.id], snapshot))
    return snapshot


def _group(tx: Tx, chat_id: int) -> Chat:
    chat = chats.locked(tx, chat_id)
    if chat.kind != "group":
        raise Unknown("There is no such chat.")  # word for word as of a number that nobody has
    return chat


def _mine(tx: Tx, actor: Actor, chat_id: int) -> Chat:
    chat = _group(tx, chat_id)
    if not chats.is_member(tx, chat_id, actor.user_id):
        raise Forbidden("You are not a member of this group.")
    return chat


def _led(tx: Tx, actor: Actor, chat_id: int) -> Chat:
    chat = _mine(tx, actor, chat_id)
    if tx.get_one(Member, (chat_id, actor.user_id)).role == "member":
        raise Forbidden("Only owners and admins can do this.")
    return chat


def _changed(tx: Tx, chat: Chat) -> ChatSnapshot:
    chat.revision += 1
    chat.changed = chat.revision
    tx.flush()
    snapshot = chats.snapshots(tx, [chat.id])[chat.id]
    tx.announce(ChatChanged(chat.id, chat.revision, snapshot))
    return snapshot
