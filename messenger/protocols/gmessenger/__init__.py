"""gmessenger, the native wire.

    accounts.py   POST /register /login /logout · GET /me
    chats.py      GET /chats · GET …/about · PATCH, PUT /dialog/{login} /group/{id}
    messages.py   GET, POST /dialog/{login} /group/{id} · GET …/pinned
    stars.py      GET /starred · PUT, DELETE /message/{id}/star
    message.py    PUT, DELETE /message/{id} · …/reactions …/pin …/readers …/editions
    groups.py     POST /group · /group/{id}/members[/{login}]
    activity.py   POST /user/active/update · GET /user/active/
    relay.py      POST /messages/new /messages/unsent
    safety.py     GET, DELETE /sessions[/{id}] · POST /sessions/logout · /blocks[/{login}] · POST /reports
    socket.py     /dialog/{login}/ws /group/{id}/ws /chats/ws, where hearing.py listens and speaking.py talks

JSON both ways; errors are `{"code","message","content":null}`; sockets carry `{"type","payload"}`.
"""

from messenger.protocols.gmessenger import (
    accounts,
    activity,
    chats,
    groups,
    message,
    messages,
    relay,
    safety,
    socket,
    stars,
)
from messenger.protocols.gmessenger.wire import PROTOCOL

__all__ = [
    "PROTOCOL",
    "accounts",
    "activity",
    "chats",
    "groups",
    "message",
    "messages",
    "relay",
    "safety",
    "socket",
    "stars",
]
