"""mvp-messenger: accounts over HTTP, everything else as requests and answers on one socket at `/`.

    door       Authorization: Bearer <jwt>; on the socket also the subprotocols ["auth", <jwt>]   (refused with 401)
    calls      POST /auth/sing-up · POST /auth/login · PATCH /profile/update · PATCH /profile/change-password
               DELETE /profile/destroy · GET /users/list                                          (calls.py)
    socket     / (an upgrade; doors.py leads it to /mvp-messenger/)                               (hall.py)
    hears      {"type", "params"}: listLastMessage · getlatestMessageDialog · getlatestMessageGroup · newGroup
               addUserInGroup · leaveGroup · messageInGroup · privateMessage                      (wishes.py)
    speaks     {"type", "success": true, "params": {"data", "message", "senderName"}}, answers and pushes alike
    refuses    {"error": true, "type", "message"} on the socket; over HTTP JSON strings and {"message", "errors"}

The shapes stand in shapes.py, what a request may hold in checks.py.
"""

from messenger.protocols.mvp_messenger import hall
from messenger.protocols.mvp_messenger.calls import PROTOCOL

__all__ = ["PROTOCOL", "hall"]
