"""What the dialects of all protocols share on a socket: which chats it follows, what counts as received, when it ends.

A protocol adds its own words: `hear`, `speak`, `refuse`, `turn_away`, and `welcome` for what is said first.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, TypedDict, Unpack

from messenger.core import chats, clock, messages
from messenger.core.facts import ChatClosed, ChatOpened, Fact, MemberAdded, MemberRemoved, SessionEnded
from messenger.core.refusals import Overloaded, TooMany
from messenger.core.replays import Missed
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.extensions import presence, replays, switchboard
from messenger.live.deeds import Answer, Quick, silence
from messenger.live.dialect import Dialect
from messenger.live.mailbox import Mailbox
from messenger.live.news import News
from messenger.live.opening import Opening

Topic = tuple[str, int]


def person_topics(actor: Actor) -> list[Topic]:
    """What a socket for all of a person's chats hears."""
    return [("person", actor.user_id), *(("chat", chat_id) for chat_id in chats.ids_of(actor.user_id))]


def chat_topics(actor: Actor, chat: ChatSnapshot) -> list[Topic]:
    """What a socket for one chat hears; a dialog that has not begun is followed from its first message on."""
    topics: list[Topic] = [("person", actor.user_id)]
    if chat.pair is not None:
        topics.append(("presence", chat.other(actor.user_id).user_id))
    return topics if chat.chat_id is None else [*topics, ("chat", chat.chat_id)]


def opening(actor: Actor, chat: ChatSnapshot | None = None, **more: Any) -> Opening:
    """Let this person in, to one chat or to all of his."""
    topics = person_topics(actor) if chat is None else chat_topics(actor, chat)
    return Opening(actor=actor, session_id=actor.session_id, topics=topics, place=chat, **more)


class More(TypedDict, total=False):
    """What may be said of a message on its way in besides its words."""

    reply_to_id: int | None
    answer: Answer


class Listener(Dialect):
    """The common half of a dialect. `reads`: what is written to the socket counts as read, not only as delivered.
    `replayed`: what news are when they are told again.
    """

    heeds: ClassVar[frozenset[type]] = frozenset({ChatClosed, ChatOpened, MemberAdded, MemberRemoved, SessionEnded})
    reads: ClassVar[bool] = False
    replayed: ClassVar[type[News]] = News

    def opened(self, mailbox: Mailbox) -> None:
        """Show that the person is here, catch up with chats that began during the handshake, then greet."""
        try:
            if mailbox.actor is not None:
                self.recognised(mailbox)
            self.welcome(mailbox)
        except Overloaded:  # what he has missed could not be read: better he comes again than that he never hears of it
            mailbox.close(1013, "busy, please come again")

    def welcome(self, mailbox: Mailbox) -> None:
        """What is said first, in a worker."""

    def recognised(self, mailbox: Mailbox) -> None:
        """Somebody is known on this socket: from now on he is here. In a worker."""
        switchboard.loop.soon(presence.look, mailbox.actor.person)
        if mailbox.actor.until is not None:
            switchboard.loop.soon(_end_in_time, mailbox, mailbox.actor.until)
        if mailbox.place is None:
            self._follow_late(mailbox)
        elif mailbox.place.chat_id is None:
            self._begin_late(mailbox)

    def attend(self, mailbox: Mailbox, fact: Fact) -> None:
        """Follow what begins, leave what ends."""
        if isinstance(fact, ChatOpened):
            self._attend_opened(mailbox, fact.chat)
        elif isinstance(fact, MemberAdded):
            if mailbox.place is None and fact.member.person.user_id == mailbox.actor.user_id:
                mailbox.follow(("chat", fact.chat_id))
        elif isinstance(fact, MemberRemoved):
            if fact.person.user_id == mailbox.actor.user_id:
                self._attend_gone(mailbox, fact.chat_id, "no longer a member")
        elif isinstance(fact, ChatClosed):
            self._attend_gone(mailbox, fact.chat_id, "this group was closed")
        elif isinstance(fact, SessionEnded) and fact.session_id == mailbox.session_id:
            mailbox.close(1008, "session ended")

    def hides(self, mailbox: Mailbox, fact: Any) -> bool:
        """Who has blocked the other, or was, does not hear that he is here or writes."""
        person = getattr(fact, "person", None)
        if person is None or mailbox.actor is None:
            return False
        is_blocked: bool = mailbox.switchboard.parts["blocked"].between(mailbox.actor.user_id, person.user_id)
        return is_blocked

    def written(self, mailbox: Mailbox, written: list[Any]) -> None:
        """These messages have reached the client."""
        farthest: dict[int, int] = {}
        for chat_id, position in written:
            if position > farthest.get(chat_id, 0):
                farthest[chat_id] = position
        gathered = mailbox.switchboard.parts["receipts"]
        for chat_id, position in farthest.items():
            gathered.add(mailbox.actor.user_id, chat_id, position, position if self.reads else 0)

    def closed(self, mailbox: Mailbox) -> None:
        """Perhaps he is gone."""
        if mailbox.actor is not None:
            mailbox.switchboard.parts["presence"].look(mailbox.actor.person)

    def pace(self, mailbox: Mailbox) -> None:
        """TooMany, when this person says more than he may in so short a time."""
        wait = mailbox.switchboard.rates.wait(mailbox.actor.user_id)
        if wait:
            raise TooMany(retry_after=wait)

    def sending(
        self, mailbox: Mailbox, chat: ChatSnapshot, text: str, client_id: str | None = None, **more: Unpack[More]
    ) -> Quick:
        """The deed of saying something: paced here, stored in the next commit."""
        self.pace(mailbox)
        sending = messages.send.call((mailbox.actor, chat, text, client_id), {"reply_to_id": more.get("reply_to_id")})
        return Quick("send", lambda then: messages.send.queue(sending, then), more.get("answer", silence))

    def receipt(self, mailbox: Mailbox, message: MessageSnapshot) -> tuple[int, int] | None:
        """What the writing of this message to that socket proves; nothing for one's own."""
        if message.author.user_id == mailbox.actor.user_id:
            return None
        return (message.chat.chat_id or 0, message.position)

    def replay(self, mailbox: Mailbox, several: Iterable[News]) -> None:
        """Say these as if they had just been told. In a worker, so that a slow reader is waited for."""
        for news in several:
            self.speak(mailbox, news)

    def catch_up(self, mailbox: Mailbox, chat: ChatSnapshot, since: int) -> Missed:
        """Replay what happened in a chat after a revision, unless it is too much; what waits of it is skipped."""
        missed: Missed = replays.since(chat, since, self.replayed)
        if chat.chat_id is not None:
            mailbox.cursors[chat.chat_id] = missed.revision
        self.replay(mailbox, missed.news)
        return missed

    def _attend_opened(self, mailbox: Mailbox, chat: ChatSnapshot) -> None:
        place = mailbox.place
        is_here = place is None or (place.chat_id is None and _pair(place) == _pair(chat))
        if is_here and chat.chat_id is not None:
            mailbox.follow(("chat", chat.chat_id))
            if place is not None:
                mailbox.place = chat

    def _attend_gone(self, mailbox: Mailbox, chat_id: int, why: str) -> None:
        mailbox.leave(("chat", chat_id))
        if mailbox.place is not None and mailbox.place.chat_id == chat_id:
            mailbox.later(0, mailbox.close, 1008, why)

    def _follow_late(self, mailbox: Mailbox) -> None:
        """A chat that began between the door's look and the first listening."""
        followed = set(mailbox.topics)
        late = [chat_id for chat_id in chats.ids_of(mailbox.actor.user_id) if ("chat", chat_id) not in followed]
        for chat_id in late:
            mailbox.follow(("chat", chat_id))
        if late:
            mailbox.switchboard.bus.settle(mailbox)
        for chat_id in late:
            self.catch_up(mailbox, chats.visible(mailbox.actor, chat_id), 0)

    def _begin_late(self, mailbox: Mailbox) -> None:
        chat = chats.with_person(mailbox.actor, mailbox.place.other(mailbox.actor.user_id))
        if chat.chat_id is not None and mailbox.place.chat_id is None:
            self._attend_opened(mailbox, chat)
            self.catch_up(mailbox, chat, 0)


def _end_in_time(mailbox: Mailbox, until: int) -> None:
    """Whose token has had its time is let in no more, and does not stay either."""
    if not mailbox.is_shut:
        mailbox.later(max(0, until - clock.now()) / clock.SECOND, mailbox.close, 1008, "session ended")


def _pair(chat: ChatSnapshot) -> tuple[int, int] | None:
    return None if chat.pair is None else (chat.pair[0].user_id, chat.pair[1].user_id)
