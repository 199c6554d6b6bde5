"""The seam a protocol stands on: how it hears (frame to deed), how it speaks (fact to frame), how it refuses.

`hear`, `speak`, `attend`, `hides`, `refuse`, `written` and `closed` are called in a turn of the loop and must not wait.
`opened` and `missed` run in a worker with an app context and may read the database. What any of them raises closes this
one socket: an error with a `status` is refused, anything else ends it with 1011.
"""

from typing import Any, ClassVar

from messenger.live.deeds import Deed
from messenger.live.frames import Message
from messenger.live.mailbox import Mailbox
from messenger.live.news import News


class Dialect:
    """One object per protocol, shared by all its sockets; what belongs to one socket is kept in its mailbox."""

    name: ClassVar[str] = ""
    # The classes of facts that `attend` wants to see; None means all. Naming them makes every other fact cheaper.
    heeds: ClassVar[frozenset[type] | None] = None
    # Whether `opened` does anything; a dialect without it needs no worker for a new socket.
    opens: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.opens = cls.opened is not Dialect.opened

    def opened(self, mailbox: Mailbox) -> None:
        """The first thing after the 101: greet, replay what was missed. News told meanwhile wait."""

    def attend(self, mailbox: Mailbox, fact: Any) -> None:
        """When the fact is told, before it is spoken: follow or leave topics, close. Writes nothing."""
        if getattr(fact, "ends_session", False) and fact.session_id == mailbox.session_id:
            mailbox.close(1008, "session ended")

    def hides(self, mailbox: Mailbox, fact: Any) -> bool:
        """Whether this volatile fact is none of this socket's business."""
        return False

    def hear(self, mailbox: Mailbox, frame: Message) -> Deed | None:
        """Decode what the client says, and decide. It may be called again before a quick deed is answered.

        What is written here overtakes answers still under way; return `Now` to keep the order.
        """

    def speak(self, mailbox: Mailbox, news: News) -> None:
        """Say a fact with `mailbox.say`, or nothing."""

    def refuse(self, mailbox: Mailbox, error: Exception, frame: Message | None) -> None:
        """Answer a frame that was refused; None when `opened` was."""

    def written(self, mailbox: Mailbox, receipts: list[Any]) -> None:
        """The kernel has taken the frames that carried these receipts."""

    def missed(self, mailbox: Mailbox, topic: Any) -> None:
        """News of a topic was lost between processes. Reconnecting catches up; a dialect may read the gap instead."""
        mailbox.close(1012, "please reconnect")

    def closed(self, mailbox: Mailbox) -> None:
        """The socket is gone, or will not be written to any more."""

    def turn_away(self, error: Exception) -> Any:
        """The HTTP answer for who may not come in, as Flask understands it."""
        return f"{error}\n", getattr(error, "status", 500), {"Content-Type": "text/plain; charset=utf-8"}
