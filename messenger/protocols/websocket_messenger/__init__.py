"""Websocket-Messenger: accounts, conversations and messages over HTTP, told to the others on one socket.

    door       Authorization: Bearer <jwt>; on the socket the bare token as first frame, or ?token=
    calls      POST /user · GET /user/<username> · POST /user/login · POST /user/logout      (people.py)
               POST, GET /conversation · GET /message/<conversation id>                      (conversations.py)
               POST, PUT /message · PUT, DELETE /message/<id> · DELETE /message<id>          (messages.py)
    socket     GET  /websocket                                                               (wire.py)
    hears      the token · {"User", "Message": "Typing", "ConvId"}
    speaks     {"Message": "New Message"|"Message Edited"|"Message Deleted", "ConversationId", "Data"} · Typing
    envelope   {"Message", "Data"}, both always; names of fields in requests match in any letter case   (words.py)

A browser that asks for /message/<id> gets its page, see doors.py.
"""

from messenger.protocols.websocket_messenger import conversations, messages, people, wire
from messenger.protocols.websocket_messenger.words import PROTOCOL

__all__ = ["PROTOCOL", "conversations", "messages", "people", "wire"]
