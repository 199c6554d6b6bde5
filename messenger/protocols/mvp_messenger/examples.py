"""The document's own examples, word for word; where it has none, its shapes with the same people."""

from typing import Any

USER = {
    "id": 1,
    "firstName": "Patrick0",
    "lastName": None,
    "email": "email@mail.com0",
    "createdAt": "2023-07-28T13:20:09.896Z",
    "updatedAt": "2023-07-28T13:20:09.896Z",
}
NAMELESS = USER | {"id": 2, "firstName": None, "lastName": "Smith", "email": None}
AUTHORIZED = {"message": "User is authorized", "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"}
UNAUTHORIZED = [{"message": "Not authorized"}, {"message": "Authorization header required"}]
INVALID: dict[str, Any] = {
    "message": "request/body must have required property 'password'",
    "errors": [
        {
            "path": "/body/password",
            "message": "must have required property 'password'",
            "errorCode": "required.openapi.validation",
        }
    ],
}
EXISTS = "User with this email already exists!"
NO_SUCH_USER = "No such user exists or wrong password"
DESTROYED = {"message": "User deleted successfully."}
LAST = {"message": "This server needs an administrator: make somebody else one first."}
TOO_MANY = {"message": "That is too fast. Please wait a moment."}


def said(kind: str, data: Any = None, message: str | None = None, sender: str | None = None) -> dict[str, Any]:
    """An answer or a push."""
    return {"type": kind, "success": True, "params": {"data": data, "message": message, "senderName": sender}}


# Request, and what the asking socket hears.
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "listLastMessage": (
        {"limit": 5, "page": 1},
        said(
            "listLastMessage",
            [
                {
                    "id": 65,
                    "senderId": 2,
                    "senderName": "Patrick1",
                    "receiverId": 1,
                    "receiverName": "Patrick0",
                    "groupId": None,
                    "groupName": None,
                    "content": "Hi",
                    "createdAt": "2023-07-28T13:20:09.896Z",
                    "updatedAt": "2023-07-28T13:20:09.896Z",
                    "deletedAt": None,
                }
            ],
        ),
    ),
    "getlatestMessageDialog": (
        {"receiverId": 1, "limit": 5, "page": 1},
        said(
            "getlatestMessageDialog",
            [
                {
                    "sender_id": 1,
                    "receiver_id": 2,
                    "receverName": "Patrick1",
                    "content": "Message from 1",
                    "created_at": "2023-07-18T17:16:10.669Z",
                }
            ],
        ),
    ),
    "getlatestMessageGroup": (
        {"groupId": 1, "limit": 5, "page": 1},
        said(
            "getlatestMessageGroup",
            [
                {
                    "sender_id": 8,
                    "senderName": "Patrick7",
                    "group_id": 1,
                    "created_at": "2023-07-18T17:16:10.612Z",
                    "content": "Message from 8",
                }
            ],
        ),
    ),
    "newGroup": ({"groupName": "new name"}, said("newGroup")),
    "addUserInGroup": ({"groupId": 1, "userId": 1}, said("addUserInGroup")),
    "leaveGroup": ({"groupId": 1}, said("leaveGroup")),
    "messageInGroup": ({"groupId": 1, "content": "lol"}, said("messageInGroup")),
    "privateMessage": ({"receiverId": 2, "content": "Hi"}, said("privateMessage")),
}
PUSH = said("privateMessage", None, "Hi", "Patrick0")
ERROR = {"error": True, "type": "addUserInGroup", "message": "User is not a member of this group"}
