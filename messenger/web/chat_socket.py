"""The socket of an open chat page: it speaks fragments and signals, and hears what the composer and the reader do."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from messenger.core import history, typing, wishes
from messenger.core.facts import (
    BlockChanged,
    ChatChanged,
    ChatClosed,
    Fact,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PersonChanged,
    PresenceChanged,
    ReactionsChanged,
    RoleChanged,
    StandingChanged,
    StarChanged,
    StatusChanged,
    Typed,
)
from messenger.core.refusals import Invalid, Refusal
from messenger.core.snapshots import MessageSnapshot
from messenger.extensions import presence, receipts
from messenger.live.deeds import Deed, Quick, Slow
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.reception.body import number_of, text_of
from messenger.reception.listener import Listener
from messenger.web import frames, signals
from messenger.web.gathering import Place

FRAGMENTS: dict[type, str] = {
    MessageSent: "live/message_sent.html",
    MessageEdited: "live/message_edited.html",
    MessageDeleted: "live/message_deleted.html",
    ReactionsChanged: "live/reactions_changed.html",
    MessagePinned: "live/message_pinned.html",
}
Payload = dict[str, Any]


class ChatPage(Listener):
    """`mailbox.place` is the chat, `mailbox.memory` the revision that the page was made at."""

    name: ClassVar[str] = "page"

    def welcome(self, mailbox: Mailbox) -> None:
        """Everything since the page was made; too much of it, and the page is made anew."""
        missed = self.catch_up(mailbox, mailbox.place, mailbox.memory)
        if missed.news:
            mailbox.switchboard.loop.soon(self._note, mailbox, "pins")
        kind = "reload" if missed.is_too_much else "cursor"
        mailbox.write(signals.signal(kind, cursor=missed.revision))
        other = None if mailbox.place.pair is None else mailbox.place.other(mailbox.actor.user_id)
        if other is not None:
            mailbox.write(signals.seen(other, mailbox.actor.user_id))

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """A fragment for what is seen, a signal for what is felt."""
        fact = news.fact
        kind = type(fact)
        if kind in FRAGMENTS:
            self._speak_message(mailbox, news, fact)
        elif kind in SIGNALS:
            SIGNALS[kind](self, mailbox, news, fact)

    def _speak_message(self, mailbox: Mailbox, news: News, fact: Any) -> None:
        template = FRAGMENTS[type(fact)]
        client_id = getattr(fact, "client_id", None)
        mailbox.say(
            news,
            template,
            lambda: signals.drawn(template, message=fact.message, client_id=client_id),
            self.receipt(mailbox, fact.message),
        )
        if isinstance(fact, (MessagePinned, MessageDeleted)):
            self._note(mailbox, "pins")

    def _note(self, mailbox: Mailbox, what: str) -> None:
        """What stands above the messages is read and drawn once, for all who have this chat open."""
        mailbox.switchboard.parts["chat_heads"].note(Place(mailbox.place.chat_id, what, mailbox))

    def _speak_status(self, mailbox: Mailbox, news: News, fact: StatusChanged) -> None:
        mailbox.say(news, "status", lambda: signals.status(fact))

    def _speak_typed(self, mailbox: Mailbox, news: News, fact: Typed) -> None:
        if fact.person.user_id != mailbox.actor.user_id:
            mailbox.say(news, "typing", lambda: signals.typing(fact))

    def _speak_presence(self, mailbox: Mailbox, news: News, fact: PresenceChanged) -> None:
        mailbox.say(news, "presence", lambda: signals.presence(fact.person, fact.is_online, fact.last_seen))

    def _speak_block(self, mailbox: Mailbox, news: News, fact: BlockChanged) -> None:
        mailbox.write(signals.seen(fact.other(mailbox.actor.user_id), mailbox.actor.user_id))

    def _speak_person(self, mailbox: Mailbox, news: News, fact: PersonChanged) -> None:
        if not presence.is_online(fact.person.user_id):  # otherwise presence itself tells what has changed
            mailbox.write(signals.seen(fact.person, mailbox.actor.user_id))

    def _speak_star(self, mailbox: Mailbox, news: News, fact: StarChanged) -> None:
        mailbox.say(news, "star", lambda: signals.signal("star", id=str(fact.message_id), on=fact.is_starred))

    def _speak_chat(self, mailbox: Mailbox, news: News, fact: ChatChanged) -> None:
        mailbox.say(news, "chat", lambda: signals.drawn("live/chat_changed.html", chat=fact.chat))
        mailbox.say(news, "cursor", lambda: signals.signal("cursor", cursor=fact.revision))

    def _speak_members(self, mailbox: Mailbox, news: News, fact: Any) -> None:
        is_me = isinstance(fact, MemberRemoved) and fact.person.user_id == mailbox.actor.user_id
        if is_me and fact.chat_id == mailbox.place.chat_id:
            mailbox.write(signals.signal("removed"))
        elif fact.chat_id == mailbox.place.chat_id:
            self._note(mailbox, "members")
            mailbox.say(news, "members", lambda: signals.signal("members_changed", cursor=fact.revision))

    def _speak_closed(self, mailbox: Mailbox, news: News, fact: ChatClosed) -> None:
        mailbox.write(signals.signal("removed"))

    def _speak_draft(self, mailbox: Mailbox, news: News, fact: StandingChanged) -> None:
        is_here = fact.chat.chat_id == mailbox.place.chat_id and fact.session_id != mailbox.session_id
        if fact.what == "draft" and is_here:
            mailbox.write(signals.signal("draft", text=fact.draft))

    def hear(self, mailbox: Mailbox, frame: str | bytes) -> Deed | None:
        """What the page says."""
        kind, payload = frames.opened(frame)
        hears = HEARS.get(kind)
        if hears is None:
            raise Invalid("There is no such frame.")
        return hears(self, mailbox, payload)

    def refuse(self, mailbox: Mailbox, error: Exception, frame: str | bytes | None) -> None:
        """To the composer, which marks the message that waits."""
        words = error.message if isinstance(error, Refusal) else str(error)
        later = getattr(error, "retry_after", None)
        mailbox.write(signals.signal("error", message=words, client_id=frames.client_id_of(frame), retry_after=later))

    def _hear_message(self, mailbox: Mailbox, payload: Payload) -> Deed:
        client_id = payload.get("client_id")
        if client_id is not None and not isinstance(client_id, str):
            raise Invalid("client_id must be text.", field="client_id")

        def answer(mailbox: Mailbox, message: MessageSnapshot) -> None:
            if client_id is not None:
                mailbox.write(signals.accepted(client_id, message))

        reply_to = number_of(payload.get("reply_to"))
        text = text_of(payload, "text")
        return self.sending(mailbox, mailbox.place, text, client_id, reply_to_id=reply_to, answer=answer)

    def _hear_read(self, mailbox: Mailbox, payload: Payload) -> Deed | None:
        message_id = number_of(payload.get("id"))
        if message_id is None or mailbox.place.chat_id is None:
            return None
        return Slow(partial(history.position_of, mailbox.place, message_id), _note_read)

    def _hear_typing(self, mailbox: Mailbox, payload: Payload) -> None:
        typing.tell(mailbox.actor, mailbox.place, payload.get("is_typing") is not False)

    def _hear_draft(self, mailbox: Mailbox, payload: Payload) -> Deed | None:
        chat_id, text = mailbox.place.chat_id, text_of(payload, "text")
        if chat_id is None:
            return None
        return Quick("draft", lambda then: wishes.draft.submit(mailbox.actor, chat_id, text, then=then))

    def _hear_activity(self, mailbox: Mailbox, payload: Payload) -> None:
        presence.active(mailbox.actor.person)


def _note_read(mailbox: Mailbox, position: int) -> None:
    receipts.add(mailbox.actor.user_id, mailbox.place.chat_id, position, position)


SIGNALS: dict[type[Fact], Callable[..., None]] = {
    StatusChanged: ChatPage._speak_status,
    Typed: ChatPage._speak_typed,
    PresenceChanged: ChatPage._speak_presence,
    BlockChanged: ChatPage._speak_block,
    PersonChanged: ChatPage._speak_person,
    StarChanged: ChatPage._speak_star,
    ChatChanged: ChatPage._speak_chat,
    ChatClosed: ChatPage._speak_closed,
    MemberAdded: ChatPage._speak_members,
    MemberRemoved: ChatPage._speak_members,
    RoleChanged: ChatPage._speak_members,
    StandingChanged: ChatPage._speak_draft,
}
HEARS: dict[str, Callable[[ChatPage, Mailbox, Payload], Deed | None]] = {
    "send_message": ChatPage._hear_message,
    "message_status": ChatPage._hear_read,
    "typing": ChatPage._hear_typing,
    "draft": ChatPage._hear_draft,
    "user_activity": ChatPage._hear_activity,
}
