"""What a serving process does besides answering: a last look at the database, its administrator, and its rounds."""

import logging
import os
import sys
from collections.abc import Callable

from flask import Flask

from messenger import mail
from messenger.core import (
    accounts,
    administration,
    clock,
    database,
    found,
    founding,
    members,
    missed,
    passwords,
    sessions,
    sweeping,
    upkeep,
)
from messenger.core.accounts import Application
from messenger.core.audit import Steward
from messenger.core.database import NotDurable
from messenger.core.facts import ChatClosed
from messenger.core.refusals import Refusal
from messenger.extensions import blocked, settings, switchboard, writer
from messenger.live.mailbox import Mailbox

log = logging.getLogger("messenger.duty")

ENDED_SECONDS = 2.0
INDEX_SECONDS = 5.0
POST_SECONDS, MISSED_SECONDS = 5.0, 60.0
UPKEEP_SECONDS = 60.0
AT_ONCE = 500
# Nothing happens in a closed group after its end.
END = 2**53


def begin(app: Flask) -> None:
    """Take up service. On a database that would forget what it acknowledged, leave instead, with 78."""
    with app.app_context():
        try:
            database.check_durable(writer.engine)
        except NotDurable as reason:
            sys.stderr.write(f"{reason}\n")
            sys.exit(os.EX_CONFIG)
        make_administrator()
        blocked.look()
        sweeping.Sweeper(switchboard.loop, app.app_context).start()
    Round(app, INDEX_SECONDS, found.follow).start()
    # Now: the first to write may do so in a turn, where no thread can be begun.
    app.extensions["writer"].start()
    app.extensions["bus"].begin()
    Round(app, ENDED_SECONDS, Ended().look).start()
    Round(app, UPKEEP_SECONDS, upkeep.look).start()
    if app.extensions["settings"].smtp_url:
        Round(app, POST_SECONDS, mail.deliver).start()
        Round(app, MISSED_SECONDS, missed.look).start()


def make_administrator() -> None:
    """The administrator that the settings name, on a server that never had one."""
    if not settings.admin_login or not founding.is_open():
        return
    try:
        application = accounts.checked(Application(settings.admin_login, settings.admin_password))
        administration.make_account(Steward(), application, passwords.hashed(settings.admin_password), True)
        log.info("%s is the administrator", settings.admin_login)
    except Refusal as refusal:
        log.warning("ADMIN_LOGIN could not be made: %s", refusal.message)


class Round:
    """Something done again and again, beside the loop, one after the other."""

    def __init__(self, app: Flask, seconds: float, deed: Callable[[], None]) -> None:
        self.app = app
        self.seconds = seconds
        self.deed = deed
        self.loop = app.extensions["switchboard"].loop

    def start(self) -> None:
        """Do it in so many seconds; ends with the loop."""
        self.loop.later(self.seconds, self.loop.spawn, self._go)

    def _go(self) -> None:
        try:
            with self.app.app_context():
                self.deed()
        except Exception:
            log.warning("a round failed", exc_info=True)
        finally:
            self.start()


class Ended:
    """Sessions, memberships and groups that a command or another process has ended: their sockets here close, too."""

    def __init__(self) -> None:
        self.since = clock.now()

    def look(self) -> None:
        """Once more."""
        since, self.since = self.since, clock.now() - clock.SECOND
        for session_id in sessions.ended_since(since):
            switchboard.close_session(session_id)
        here = list(switchboard.by_user)
        for start in range(0, len(here), AT_ONCE):
            for user_id, chat_id in members.left_since(since, here[start : start + AT_ONCE]):
                switchboard.loop.soon(leave, switchboard.of_user(user_id), chat_id)
        blocked.look()
        closed = [ChatClosed(chat.chat_id or 0, END, chat) for chat in administration.closed_since(since)]
        if closed:
            switchboard.loop.soon(switchboard.bus.deliver, closed)


def leave(mailboxes: list[Mailbox], chat_id: int) -> None:
    """These hear nothing more of the chat; those that are open on it are closed. In a turn."""
    for mailbox in mailboxes:
        mailbox.leave(("chat", chat_id))
        if mailbox.place is not None and mailbox.place.chat_id == chat_id:
            mailbox.close(1008, "no longer a member")
