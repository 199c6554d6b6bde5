"""The document's own examples, word for word: shown in the OpenAPI document, held against our answers by the tests."""

from typing import Any

ANN = {"id": "96bf0d3f-720d-4620-8dee-0f59f997cb51", "email": "codebee345@outlook.com", "profile": None}
BOB = {"id": "87c8b8e2-3efc-4a4a-b667-1f9c0d7e8437", "email": "onuhudoudo@gmail.com", "profile": None}

HELLO = {
    "id": 30,
    "sender": ANN,
    "receiver": BOB,
    "attached_file_size": "0kb",
    "message": "hello",
    "updated": "2024-06-17T11:28:21.902531Z",
    "created": "2024-06-17T11:28:21.902531Z",
    "seen": False,
    "deleted": False,
    "attached_file": None,
    "attached_file_name": None,
    "thread": 1,
}
WITH_FILE = {
    "id": 35,
    "sender": BOB,
    "receiver": ANN,
    "attached_file_size": "86.73KB",
    "message": "Hello, this is my message",
    "updated": "2024-06-17T13:14:52.773727Z",
    "created": "2024-06-17T13:14:52.773727Z",
    "seen": False,
    "deleted": False,
    "attached_file": "/mediafiles/attachments/2024/14/17/4908f104-b77b-4677-b563-b693a893fef3.jpg",
    "attached_file_name": "pexels-nappy-936119.jpg",
    "thread": 1,
}
# Who came in by another door has no e-mail; who has a picture has it at this address.
NAMELESS = ANN | {"email": None, "profile": "/avatar/96bf0d3f-720d-4620-8dee-0f59f997cb51"}
MESSAGES: dict[str, Any] = {
    "status": "success",
    "entity": {"messages": [HELLO, HELLO]},
    "message": "Messages retreived successfully",
    "success": True,
}
THREADS: dict[str, Any] = {
    "status": "success",
    "entity": [{"id": 1, "user_one": BOB, "user_two": ANN, "craeted": "2024-06-16T11:43:37.563070Z"}],
    "message": None,
    "success": True,
}
UPLOADED: dict[str, Any] = {
    "status": "success",
    "entity": {"message": WITH_FILE},
    "message": "File uploaded and chat created successfully",
    "success": True,
}
INVALID = {"status": "failure", "entity": None, "message": "Invalid receipient", "success": False}
BAD_NUMBER = INVALID | {"message": "(limit) A valid integer is required."}
NO_FILE = INVALID | {"message": "(attached_file) No file was submitted."}
TOO_LARGE = INVALID | {"message": "(attached_file) A file may have 25 MiB at most."}
# The same with a file in the history, and with people who came in by other doors.
FILE_OF_OTHERS = WITH_FILE | {"sender": NAMELESS, "receiver": NAMELESS}
THREAD_OF_OTHERS = THREADS["entity"][0] | {"user_one": NAMELESS, "user_two": NAMELESS}
ALL_MESSAGES = [MESSAGES, MESSAGES | {"entity": {"messages": [FILE_OF_OTHERS]}}]
ALL_THREADS = [THREADS, THREADS | {"entity": [THREAD_OF_OTHERS]}]
ALL_UPLOADS = [UPLOADED, UPLOADED | {"entity": {"message": FILE_OF_OTHERS}}]
NO_TOKEN = {"detail": "Authentication credentials were not provided."}
BAD_TOKEN = {"detail": "Given token not valid for any token type", "code": "token_not_valid"}
NOT_IN = [NO_TOKEN, BAD_TOKEN]

SENT = {"action": "chat_message", "message_body": "hello there", "receiver_id": "87c8b8e2-3efc-4a4a-b667-1f9c0d7e8437"}
HEARD = {
    "message_body": "hello",
    "sender_id": "96bf0d3f-720d-4620-8dee-0f59f997cb51",
    "receiver_id": "87c8b8e2-3efc-4a4a-b667-1f9c0d7e8437",
    "timestamp": "2024-06-17T12:48:28.228342+00:00",
    "created_msg_id": 34,
    "action": "re_message",
}
ANNOUNCED = {"action": "chat_message_file", "message_body": "hello there", "chat_id": "35"}
HEARD_FILE = {
    "message_body": "Hello, this is my message",
    "attached_file_name": "pexels-nappy-936119.jpg",
    "attached_file_size": "86.73KB",
    "attached_file_url": "/mediafiles/attachments/2024/26/17/37f67ff8-f5b8-4761-996c-04b0acf50bb9.jpg",
    "sender_id": "87c8b8e2-3efc-4a4a-b667-1f9c0d7e8437",
    "receiver_id": "96bf0d3f-720d-4620-8dee-0f59f997cb51",
    "timestamp": "2024-06-17T13:49:46.229768+00:00",
    "created_msg_id": 35,
    "action": "re_message_file",
}
ACK = {"action": "ack", "client_id": "b7c1", "created_msg_id": 36}
ERROR = {"action": "error", "message": "There is no such action."}
