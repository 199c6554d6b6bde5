"""netrox-chat: dialogs of two people, known by their uid; files go up over HTTP and are announced on the socket.

    door       Authorization: Bearer <jwt> over HTTP, ?token=<jwt> on the socket          (refused there with 403)
    calls      GET  /chat/messages/<uid>/            the dialog, oldest first
               GET  /chat/get-user-threads/          one's dialogs, with who wrote first
               POST /chat/chat-attachment/           receiver, message, attached_file
    socket     /ws/chat/room/
    hears      chat_message {message_body, receiver_id, client_id?} · chat_message_file {chat_id}
    speaks     re_message · re_message_file · ack (only for a client_id) · error
    envelope   {"status": "success"|"failure", "entity", "message", "success"}            (calls.py)

Groups do not exist here. The shapes stand in shapes.py, the HTTP half in calls.py, the socket in room.py.
"""

from messenger.protocols.netrox import room
from messenger.protocols.netrox.calls import PROTOCOL

__all__ = ["PROTOCOL", "room"]
