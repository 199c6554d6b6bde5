"""The socket of the list: rows that changed, and who of the people in it is here."""

from typing import Any, ClassVar

from messenger.core import standings
from messenger.core.facts import (
    BlockChanged,
    ChatChanged,
    ChatClosed,
    ChatOpened,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    PersonChanged,
    PresenceChanged,
    ReadMoved,
    StandingChanged,
    StatusChanged,
)
from messenger.core.snapshots import ChatSnapshot
from messenger.extensions import presence, switchboard
from messenger.live.deeds import Deed
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.reception.listener import Listener
from messenger.web import frames, layout, signals
from messenger.web.gathering import Place

ROW_FACTS = (ChatChanged, MemberAdded, ReadMoved, StandingChanged, StatusChanged)
MESSAGE_FACTS = (MessageSent, MessageEdited, MessageDeleted)


class ListPage(Listener):
    """The rows of all open lists are drawn together, from what is noted here."""

    name: ClassVar[str] = "list"

    def welcome(self, mailbox: Mailbox) -> None:
        """Follow the people of one's dialogs, and say who of them is here. What the list shows has been received."""
        listed = standings.of(mailbox.actor, layout.ROWS * 4)
        shown = [(standing.chat.chat_id, standing.position) for standing in listed if standing.unread]
        switchboard.loop.soon(self.written, mailbox, shown)
        for person in (s.chat.other(mailbox.actor.user_id) for s in listed if s.chat.kind == "dialog"):
            mailbox.follow(("presence", person.user_id))
            if presence.is_online(person.user_id, mailbox.actor.user_id):
                mailbox.write(signals.presence(person, True, presence.last_seen(person)))

    def attend(self, mailbox: Mailbox, fact: Any) -> None:
        """A new dialog brings a new person to look out for."""
        super().attend(mailbox, fact)
        if isinstance(fact, ChatOpened) and fact.chat.pair is not None:
            mailbox.follow(("presence", fact.chat.other(mailbox.actor.user_id).user_id))

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """Rows are drawn a moment later, presence is told at once."""
        fact = news.fact
        if isinstance(fact, MESSAGE_FACTS):
            self._note(mailbox, fact.message.chat)
            if isinstance(fact, MessageSent):
                self.written(mailbox, [r for r in (self.receipt(mailbox, fact.message),) if r])
        elif isinstance(fact, ROW_FACTS):
            self._note(mailbox, fact.chat)
        elif isinstance(fact, ChatClosed) or (
            isinstance(fact, MemberRemoved) and fact.person.user_id == mailbox.actor.user_id
        ):
            mailbox.write(signals.signal("chat_gone", id=f"chat-row-group-{fact.chat_id}"))
        elif isinstance(fact, PresenceChanged):
            mailbox.say(news, "presence", lambda: signals.presence(fact.person, fact.is_online, fact.last_seen))
        elif isinstance(fact, PersonChanged):
            if not presence.is_online(fact.person.user_id):  # otherwise presence itself tells what has changed
                mailbox.write(signals.seen(fact.person, mailbox.actor.user_id))
        elif isinstance(fact, BlockChanged):
            mailbox.write(signals.seen(fact.other(mailbox.actor.user_id), mailbox.actor.user_id))

    def hear(self, mailbox: Mailbox, frame: str | bytes) -> Deed | None:
        """Only that somebody is here."""
        if frames.opened(frame)[0] == "user_activity":
            presence.active(mailbox.actor.person)
        return None

    def refuse(self, mailbox: Mailbox, error: Exception, frame: str | bytes | None) -> None:
        """Nothing that is shown waits for an answer here."""

    def _note(self, mailbox: Mailbox, chat: ChatSnapshot) -> None:
        if chat.chat_id is not None:
            mailbox.switchboard.parts["list_rows"].note(Place(chat.chat_id, "row", mailbox))
