"""The objects of this wire as its document shows them, for everything that is described by example."""

TIME = "2026-11-21T08:30:00.000000Z"

MESSAGE = {
    "id": 435,
    "sender": "senderLogin",
    "receiver": "receiverLogin",
    "text": "hello",
    "status": "delivered",
    "time": TIME,
    "chat": {"type": "dialog", "id": "receiverLogin"},
    "kind": "text",
    "edited": None,
    "deleted": False,
    "pinned": None,
    "reply_to": None,
    "quote": None,
    "attachments": [
        {
            "id": 3,
            "name": "photo.png",
            "size": 2048,
            "type": "image/png",
            "url": "/file/3/photo.png",
            "thumbnail": "/file/3/thumbnail",
            "width": 320,
            "height": 200,
        }
    ],
    "reactions": [{"emoji": "👍", "users": ["receiverLogin"]}],
    "mentions": ["receiverLogin"],
    "position": 12,
    "cursor": 31,
}
GROUP_MESSAGE = {key: value for key, value in MESSAGE.items() if key != "receiver"} | {
    "chat": {"type": "group", "id": "5"}
}
ROW = {
    "type": "group",
    "id": "5",
    "name": "groupName",
    "last_message": "hello",
    "last_id": 435,
    "last_sender": "senderLogin",
    "last_time": TIME,
    "last_status": "read",
    "unread": 3,
    "cursor": 31,
    "mentioned": False,
    "muted_until": None,
    "pinned": False,
    "notify": "all",
    "draft": "",
    "private": True,
    "role": "owner",
}
PERSON_ROW = {key: value for key, value in ROW.items() if key not in ("private", "role")} | {
    "type": "dialog",
    "id": "receiverLogin",
    "name": "receiver username",
    "uid": "6f0c2e4e-8c4b-4d5e-9a3f-0d8f3c1b2a10",
    "is_online": True,
    "last_seen": TIME,
}
# Rows in which nothing has been said yet, of a person never seen and of an open group that one is not in.
STRANGER_ROW = PERSON_ROW | {"last_message": "", "last_id": None, "last_sender": None, "last_time": None}
STRANGER_ROW |= {"last_status": None, "last_seen": None, "muted_until": TIME}
OPEN_ROW = ROW | {"private": False, "role": None, "muted_until": TIME}
MEMBER = {"login": "somelogin", "name": "someusername", "role": "member", "is_online": True, "last_seen": TIME}
GROUP = {"id": "5", "name": "groupName", "private": True, "members": [MEMBER]}
STATUS = {"user_login": "login1", "is_online": True, "last_seen": TIME}

HEARD = {
    "send_message": {"type": "send_message", "payload": {"text": "hello", "client_id": "a1b2", "reply_to": 434}},
    "message_status": {"type": "message_status", "payload": {"id": 435, "status": "read"}},
    "typing": {"type": "typing", "payload": {"user_login": "somelogin", "is_typing": True}},
    "user_activity": {"type": "user_activity", "payload": {"user_login": "login1"}},
}
WHERE = {"chat": {"type": "dialog", "id": "receiverLogin"}, "cursor": 31}
SPOKEN = {
    "new_message": {"type": "new_message", "payload": MESSAGE | {"client_id": "a1b2"}},
    "message_status": {"type": "message_status", "payload": {"id": 435, "status": "read", **WHERE}},
    "typing": {
        "type": "typing",
        "payload": {"user_login": "login1", "name": "Login One", "is_typing": True, "chat": WHERE["chat"]},
    },
    "message_edited": {"type": "message_edited", "payload": MESSAGE | {"edited": TIME}},
    "message_deleted": {"type": "message_deleted", "payload": MESSAGE | {"text": "", "deleted": True}},
    "reaction": {
        "type": "reaction",
        "payload": {
            "id": 435,
            "reactions": [{"emoji": "👍", "users": ["login1"]}],
            "user_login": "login1",
            "emoji": "👍",
            "added": True,
            **WHERE,
        },
    },
    "message_pinned": {"type": "message_pinned", "payload": {"id": 435, "pinned": TIME, **WHERE}},
    "user_status": {"type": "user_status", "payload": STATUS},
    "reload": {"type": "reload", "payload": {"cursor": 731, "chat": WHERE["chat"]}},
    "error": {"type": "error", "payload": {"message": "Write something first.", "client_id": "a1b2"}},
}
CAME = {
    "type": "member",
    "payload": {
        "user_login": "login1",
        "name": "Login One",
        "role": "member",
        "chat": {"type": "group", "id": "5"},
        "cursor": 31,
    },
}
UPDATED = {"type": "chat_updated", "payload": ROW}
