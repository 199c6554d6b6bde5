"""What sockets are told: facts as frames, each encoded once for everybody on one side of a chat."""

from collections.abc import Callable
from typing import Any

from messenger.core.facts import (
    BlockChanged,
    ChatChanged,
    ChatClosed,
    ChatFact,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PresenceChanged,
    ReactionsChanged,
    RoleChanged,
    StatusChanged,
    Typed,
)
from messenger.core.snapshots import ChatSnapshot
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.protocols.gmessenger import frames, shapes
from messenger.protocols.gmessenger.times import written_or_none

Receipt = tuple[int, int] | None
Spoken = Callable[[Mailbox, News, Any], None]


class Replayed(News):
    """A fact that is told again: it does not move the list of chats, which was loaded after it happened."""

    __slots__ = ()


def side(chat: ChatSnapshot, viewer_id: int) -> int:
    """Each calls a dialog by the other one's login, so its frames differ by who reads them; those of a group do not."""
    return 0 if chat.pair is None else viewer_id


def message_sent(mailbox: Mailbox, news: News, fact: MessageSent) -> None:
    """The writer's own sockets get his client id with it."""
    said, viewer_id = fact.message, mailbox.actor.user_id
    is_mine = said.author.user_id == viewer_id
    client_id = fact.client_id if is_mine else None
    if client_id is not None and fact.session_id == mailbox.session_id:
        mailbox.memory.forget(client_id)
    receipt = None if is_mine else (fact.chat_id, said.position)
    mailbox.memory.last = (said.message_id, fact.chat_id, said.position)
    mailbox.say(
        news,
        (side(said.chat, viewer_id), client_id),
        lambda: frames.new_message(
            news.kept("gmessenger", lambda: shapes.unplaced(said)),
            shapes.place(said.chat, viewer_id),
            fact.revision,
            client_id,
        ),
        receipt,
    )


def message_edited(mailbox: Mailbox, news: News, fact: MessageEdited | MessageDeleted) -> None:
    """The whole message as it stands now; of a deleted one the tombstone."""
    said, viewer_id = fact.message, mailbox.actor.user_id
    kind = "message_edited" if isinstance(fact, MessageEdited) else "message_deleted"

    def make() -> str:
        return frames.written(kind, shapes.message(said, viewer_id) | {"cursor": fact.revision})

    mailbox.say(news, side(said.chat, viewer_id), make)


def reaction(mailbox: Mailbox, news: News, fact: ReactionsChanged) -> None:
    """All reactions of the message, and which one came or went."""
    said = fact.message
    change = {"user_login": fact.user_login, "emoji": fact.emoji, "added": fact.added}
    _about_message(mailbox, news, fact, "reaction", {"reactions": shapes.reactions(said)} | change)


def pinned(mailbox: Mailbox, news: News, fact: MessagePinned) -> None:
    """When it was pinned, null when it was taken down."""
    _about_message(mailbox, news, fact, "message_pinned", {"pinned": written_or_none(fact.message.pinned_at)})


def status_changed(mailbox: Mailbox, news: News, fact: StatusChanged) -> None:
    """Told to those whose messages have come that far: everything of theirs up to the id has this status."""
    viewer_id = mailbox.actor.user_id
    is_read = fact.read_id is not None and _concerns(fact.read_writers, viewer_id)
    # What everybody has read, everybody has received.
    is_news = fact.delivered_id is not None and not (is_read and fact.read_id == fact.delivered_id)
    if is_news and _concerns(fact.delivered_writers, viewer_id):
        _status(mailbox, news, fact, fact.delivered_id, "delivered")
    if is_read:
        _status(mailbox, news, fact, fact.read_id, "read")


def _status(mailbox: Mailbox, news: News, fact: StatusChanged, message_id: int | None, status: str) -> None:
    viewer_id = mailbox.actor.user_id
    mailbox.say(
        news,
        (side(fact.chat, viewer_id), status),
        lambda: frames.written(
            "message_status", {"id": message_id, "status": status, **_where(fact, fact.chat, viewer_id)}
        ),
    )


def typed(mailbox: Mailbox, news: News, fact: Typed) -> None:
    """Only to the others."""
    viewer_id = mailbox.actor.user_id
    if fact.person.user_id == viewer_id:
        return
    content = {"user_login": fact.person.login, "name": fact.person.name, "is_typing": fact.is_typing}
    mailbox.say(
        news,
        side(fact.chat, viewer_id),
        lambda: frames.written("typing", content | {"chat": shapes.place(fact.chat, viewer_id)}),
    )


def presence_changed(mailbox: Mailbox, news: News, fact: PresenceChanged) -> None:
    """Somebody came or went."""
    content = {
        "user_login": fact.person.login,
        "is_online": fact.is_online,
        "last_seen": written_or_none(fact.last_seen),
    }
    mailbox.say(news, None, lambda: frames.written("user_status", content))


def block_changed(mailbox: Mailbox, news: News, fact: BlockChanged) -> None:
    """Told to both: from now on neither shows the other as here, or does so again."""
    viewer_id = mailbox.actor.user_id
    mailbox.write(frames.written("user_status", shapes.status(fact.other(viewer_id), viewer_id)))


def member_changed(mailbox: Mailbox, news: News, fact: MemberAdded | MemberRemoved | RoleChanged) -> None:
    """Somebody is in the group with this role, or with none any more."""
    person = fact.person if isinstance(fact, MemberRemoved) else fact.member.person
    role = None if isinstance(fact, MemberRemoved) else fact.member.role
    content = {"user_login": person.login, "name": person.name, "role": role, **_where(fact, fact.chat, 0)}
    mailbox.say(news, None, lambda: frames.written("member", content))


def chat_changed(mailbox: Mailbox, news: News, fact: ChatChanged) -> None:
    """Another name, or open to others than before."""
    content = {
        **shapes.place(fact.chat, 0),
        "name": fact.chat.name,
        "private": not fact.chat.is_public,
        **_where(fact, fact.chat, 0),
    }
    mailbox.say(news, None, lambda: frames.written("chat_updated", content))


def chat_closed(mailbox: Mailbox, news: News, fact: ChatClosed) -> None:
    """A group that nobody reads any more. Its own sockets close after it."""
    mailbox.say(news, None, lambda: frames.written("chat_closed", _where(fact, fact.chat, 0)))


def _about_message(mailbox: Mailbox, news: News, fact: Any, kind: str, content: shapes.Shape) -> None:
    said, viewer_id = fact.message, mailbox.actor.user_id
    where = _where(fact, said.chat, viewer_id)
    whole = {"id": said.message_id} | content | where
    mailbox.say(news, side(said.chat, viewer_id), lambda: frames.written(kind, whole))


def _where(fact: ChatFact, chat: ChatSnapshot, viewer_id: int) -> shapes.Shape:
    return {"chat": shapes.place(chat, viewer_id), "cursor": fact.revision}


def _concerns(writers: tuple[int, ...] | None, viewer_id: int) -> bool:
    return writers is None or viewer_id in writers


SPOKEN: dict[type, Spoken] = {
    MessageSent: message_sent,
    MessageEdited: message_edited,
    MessageDeleted: message_edited,
    ReactionsChanged: reaction,
    MessagePinned: pinned,
    StatusChanged: status_changed,
    Typed: typed,
    MemberAdded: member_changed,
    MemberRemoved: member_changed,
    RoleChanged: member_changed,
    BlockChanged: block_changed,
    ChatChanged: chat_changed,
    ChatClosed: chat_closed,
}
