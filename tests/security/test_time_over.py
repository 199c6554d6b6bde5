"""Who holds a token of some minutes, and opens a socket in the last of them, does not stay when they are over."""

import socket

import msgspec
import pytest
from sqlalchemy import update

from messenger.core import accounts, chats, clock, sessions
from messenger.core.models import Session
from messenger.core.verbs import verb
from messenger.protocols.flash_chat import After, FlashChat
from messenger.protocols.gmessenger.listening import ChatLine, ListLine
from messenger.protocols.gmessenger.memory import ListMemory, Memory
from messenger.protocols.mvp_messenger.hall import MvpMessenger
from messenger.protocols.netrox.room import Netrox
from messenger.protocols.websocket_messenger.wire import WebsocketMessenger
from messenger.reception.listener import opening
from tests.security.stage import called

pytestmark = pytest.mark.security("sessions")
LINES = {
    "flash_chat": (FlashChat, lambda: After(None), True),
    "gmessenger, one chat": (ChatLine, Memory, True),
    "gmessenger, all chats": (ListLine, ListMemory, False),
    "netrox": (Netrox, lambda: None, False),
    "websocket_messenger": (WebsocketMessenger, lambda: None, False),
    "mvp_messenger": (MvpMessenger, lambda: None, False),
}


@verb
def shorten(tx, session_id, until):
    """As if its minutes had passed already."""
    tx.execute(update(Session).where(Session.id == session_id).values(expires_at=until))


def opened(app, dialect, memory, actor, chat):
    """A socket of this dialect, and what the client hears on it."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(20)
    board = app.extensions["switchboard"]
    mailbox = board.open(opening(actor, chat, memory=memory), dialect, "here")
    board.begin(mailbox, ours, b"")
    return mailbox, theirs


def last_words(theirs):
    """All that comes until the server says goodbye."""
    came = b""
    while b"session ended" not in came and (part := theirs.recv(65536)):
        came += part
    theirs.close()
    return came


def test_a_socket_ends_with_the_time_of_its_token(app, attack):
    with app.app_context():
        ann, bob = called("ann", "Ann"), called("bob", "Bob")
        chat = chats.with_person(ann.actor, bob.actor.person)
        short, long = (accounts.sign_in(ann.actor.user_id, sessions.Device("flash_chat", minutes=m)) for m in (1, None))
        assert sessions.resolve(short.token).until == short.actor.until > clock.now()
        assert sessions.resolve(long.token).until is None
        for name, (dialect, memory, has_place) in LINES.items():
            place = chat if has_place else None
            stays, hers = opened(app, dialect(), memory(), long.actor, place)
            soon = msgspec.structs.replace(short.actor, until=clock.now() + clock.SECOND // 5)
            _, theirs = opened(app, dialect(), memory(), soon, place)
            assert last_words(theirs).endswith(b"\x03\xf0session ended"), name
            attack.tried()
            assert not stays.is_shut, "with another token of hers it stays"
            stays.close()
            hers.close()
        shorten(short.actor.session_id, clock.now())
        sessions.db.session.remove()
        assert sessions.resolve(short.token) is None
