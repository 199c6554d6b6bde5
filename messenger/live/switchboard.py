"""The one object per app that knows all open sockets: opens them, finds them, counts them, closes them."""

import logging
import socket as sockets
from collections.abc import Iterator
from typing import Any

from messenger.live import faults
from messenger.live.bus import Bus
from messenger.live.caps import Caps
from messenger.live.deeds import Slow
from messenger.live.dialect import Dialect
from messenger.live.doorstep import Doorstep
from messenger.live.doorway import Doorway
from messenger.live.loop import Loop
from messenger.live.mailbox import Mailbox
from messenger.live.opening import Crowded, Opening
from messenger.live.pulse import Pulse
from messenger.live.rates import Rates
from messenger.live.socket import Socket
from messenger.live.terms import Terms
from messenger.live.wiring import Wiring
from messenger.live.workers import Workers

log = logging.getLogger("messenger.live")


class Switchboard:
    """Kept as `app.extensions["switchboard"]`."""

    def __init__(self, app: Any, settings: Any = None, loop: Loop | None = None) -> None:
        terms = settings if isinstance(settings, Terms) else Terms.of(settings)
        self.loop = loop or Loop.here()
        self.loop.context = app.app_context
        self.wiring = Wiring(self.loop, terms, Pulse(self.loop, terms.ping_seconds))
        self.bus = Bus()
        self.caps = Caps(terms)
        self.doorstep = Doorstep(terms.handshakes_at_once)
        self.rates = Rates(terms.messages_per_second, terms.messages_burst, terms.limits)
        self.workers = Workers(self.loop, terms.slow_workers)
        self.counters = self.wiring.counters
        self.mailboxes: dict[int, Mailbox] = {}
        self.by_user: dict[int, list[Mailbox]] = {}
        self.is_leaving = False
        app.extensions["switchboard"] = self
        # What else belongs to this app, for those who work outside its context.
        self.parts: dict[str, Any] = app.extensions

    def check_room(self, address: str) -> None:
        """Whether one more socket from there may open. Raises Crowded."""
        if self.is_leaving:
            raise Crowded("The server is restarting. Please try again soon.")
        self.caps.check(address)

    def open(self, opening: Opening, dialect: Dialect, address: str) -> Mailbox:
        """Make the mailbox and let it listen. Raises Crowded. Until `begin` news only wait."""
        self.check_room(address)
        mailbox = Mailbox(dialect, self, opening, address)
        if opening.actor is not None:
            self.caps.check_user(opening.actor.user_id)
        self.counters.opened += 1
        mailbox.number = self.counters.opened
        mailbox.is_busy = True
        self.caps.enter(address)
        self.mailboxes[mailbox.number] = mailbox
        self._know(mailbox)
        for topic in opening.topics:
            self.bus.follow(topic, mailbox)
        return mailbox

    def admit(self, opening: Opening, dialect: Dialect, address: str) -> Mailbox:
        """Open, and wait until news from everywhere arrive and sockets everywhere are counted. Raises Crowded."""
        mailbox = self.open(opening, dialect, address)
        mailbox.socket = doorway = Doorway()  # type: ignore[assignment]
        self.bus.settle(mailbox)
        try:
            if doorway.code:
                raise Crowded("The server is restarting. Please try again soon.")
            if mailbox.actor is not None:
                self.caps.check_again(mailbox.actor.user_id)
        except Crowded:
            mailbox.shut(1013)
            mailbox.gone()
            raise
        return mailbox

    def begin(self, mailbox: Mailbox, sock: sockets.socket, before: bytes, after: bytes = b"") -> None:
        """Give the mailbox its connection: `before` is said first (the 101), `after` was heard already."""
        mailbox.socket = Socket(sock, self.wiring, mailbox)
        user_id = getattr(mailbox.actor, "user_id", None)
        about = mailbox.number, mailbox.dialect.name, user_id, mailbox.address
        log.info("socket %d opened: %s user=%s address=%s", *about)
        self.loop.soon(mailbox.socket.start, before, after)
        if mailbox.wants_opening:
            mailbox.work(Slow(lambda: mailbox.dialect.opened(mailbox)))
        else:
            self.loop.soon(self._free, mailbox)

    @staticmethod
    def _free(mailbox: Mailbox) -> None:
        mailbox.is_busy = False
        if mailbox.told or mailbox.heard:
            mailbox.stir()

    def identify(self, mailbox: Mailbox, actor: Any, session_id: int | None) -> None:
        """Somebody has said who he is on an open socket. Raises Crowded."""
        if mailbox.is_shut:
            return
        if mailbox.actor is not None:
            self._unknow(mailbox)
        else:
            self.caps.check_user(actor.user_id)
        mailbox.actor, mailbox.session_id = actor, session_id
        self._know(mailbox)

    def _know(self, mailbox: Mailbox) -> None:
        if mailbox.actor is not None:
            self.caps.enter_user(mailbox.actor.user_id)
            self.by_user.setdefault(mailbox.actor.user_id, []).append(mailbox)
        if mailbox.session_id is not None:
            self.bus.follow(("session", mailbox.session_id), mailbox)

    def _unknow(self, mailbox: Mailbox) -> None:
        if mailbox.actor is not None:
            user_id = mailbox.actor.user_id
            self.caps.go_user(user_id)
            siblings = self.by_user[user_id]
            siblings.remove(mailbox)
            if not siblings:
                del self.by_user[user_id]
        if mailbox.session_id is not None:
            self.bus.leave(("session", mailbox.session_id), mailbox)

    def of_user(self, user_id: int) -> list[Mailbox]:
        """The open mailboxes of a person, of all dialects."""
        return list(self.by_user.get(user_id, ()))

    def of_session(self, session_id: int) -> list[Mailbox]:
        """The open mailboxes of a signed-in device."""
        return self.bus.followers(("session", session_id))

    def __iter__(self) -> Iterator[Mailbox]:
        return iter(list(self.mailboxes.values()))

    def close_session(self, session_id: int, reason: str = "session ended") -> None:
        """Close the sockets of a session. From any thread."""
        for mailbox in self.of_session(session_id):
            mailbox.close(1008, reason)

    def close_user(self, user_id: int, reason: str = "session ended") -> None:
        """Close all sockets of a person. From any thread."""
        for mailbox in self.of_user(user_id):
            mailbox.close(1008, reason)

    def drain(self) -> None:
        """Let nobody in any more, and ask everybody to come back later. From any thread."""
        self.is_leaving = True
        for mailbox in self:
            mailbox.close(1012, "the server is restarting")

    def shut(self, mailbox: Mailbox, code: int) -> None:
        """A mailbox says and hears nothing any more."""
        self._unknow(mailbox)
        self.bus.leave_all(mailbox)
        self.counters.closed += 1
        log.info("socket %d closed: %s code=%d", mailbox.number, mailbox.dialect.name, code)
        try:
            mailbox.dialect.closed(mailbox)
        except Exception as error:
            faults.note(error, f"{mailbox.dialect.name} dialect, closed")

    def gone(self, mailbox: Mailbox) -> None:
        """Its descriptor is closed."""
        self.mailboxes.pop(mailbox.number, None)
        self.caps.go(mailbox.address)
