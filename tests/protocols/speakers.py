"""The five wires in the same few verbs: open a socket, say something to somebody, hear what others said, read it again.

Plain clients of the documents, each in its own words; what they have in common is only that people use them.
"""

from tests.cast import Person
from tests.wires import Socket


class WebsocketMessenger:
    """Sends by HTTP, hears by a socket that is told the token first."""

    name = "websocket_messenger"

    def open(self, me: Person, other: Person) -> Socket:
        socket = me.stranger().socket("/websocket")
        assert socket.hear() == {"Message": "Websocket Open"}
        socket.say(me.token)
        assert socket.hear() == {"Message": "Websocket Authenticated"}
        return socket

    def say(self, socket: Socket, me: Person, other: Person, text: str) -> None:
        answer = me.post("/message", {"Recipient": other.login, "Message": text})
        assert (answer.status, answer.body["Message"]) == (200, "Message Created")

    def heard(self, frame: dict) -> tuple[str, int | None] | None:
        if frame.get("Message") == "New Message":
            return frame["Data"]["Message"], int(frame["Data"]["MessageId"])
        return None

    def history(self, me: Person, other: Person) -> list[tuple[str, int | None]]:
        conversation = me.post("/conversation", {"Recipient": other.login}).body["Data"]
        return [(m["Message"], int(m["MessageId"])) for m in me.get(f"/message/{conversation}").body["Data"]]


class FlashChat:
    """Raw text on a socket of one dialog; history by asking to be told again."""

    name = "flash_chat"

    def open(self, me: Person, other: Person) -> Socket:
        return me.socket(f"/chats/{other.login}")

    def say(self, socket: Socket, me: Person, other: Person, text: str) -> None:
        socket.say(text)

    def heard(self, frame: dict) -> tuple[str, int | None] | None:
        return (frame["body"], frame["id"]) if "body" in frame else None

    def history(self, me: Person, other: Person) -> list[tuple[str, int | None]]:
        """Everything behind the first message, as the other one's words and one's own from elsewhere."""
        first = me.get(f"/dialog/{other.login}").body[0]["id"]
        total = len(me.get(f"/dialog/{other.login}").body) - 1
        with me.socket(f"/chats/{other.login}?after={first}") as socket:
            return [self.heard(socket.hear()) for _ in range(total)]


class Netrox:
    """Actions on one socket for all dialogs."""

    name = "netrox"

    def open(self, me: Person, other: Person) -> Socket:
        return me.stranger().socket(f"/ws/chat/room/?token={me.token}")

    def say(self, socket: Socket, me: Person, other: Person, text: str) -> None:
        socket.say({"action": "chat_message", "message_body": text, "receiver_id": other.uid})

    def heard(self, frame: dict) -> tuple[str, int | None] | None:
        return (frame["message_body"], frame["created_msg_id"]) if frame.get("action") == "re_message" else None

    def history(self, me: Person, other: Person) -> list[tuple[str, int | None]]:
        return [(m["message"], m["id"]) for m in me.get(f"/chat/messages/{other.uid}/").body["entity"]["messages"]]


class MvpMessenger:
    """Typed requests at the root; pushes carry no id."""

    name = "mvp_messenger"

    def open(self, me: Person, other: Person) -> Socket:
        return me.socket("/")

    def say(self, socket: Socket, me: Person, other: Person, text: str) -> None:
        socket.say({"type": "privateMessage", "params": {"receiverId": other.id, "content": text}})

    def heard(self, frame: dict) -> tuple[str, int | None] | None:
        if frame.get("type") == "privateMessage" and frame["params"]["message"] is not None:
            return frame["params"]["message"], None
        return None

    def history(self, me: Person, other: Person) -> list[tuple[str, int | None]]:
        with me.socket("/") as socket:
            params = {"receiverId": other.id, "limit": 100, "page": 1}
            socket.say({"type": "getlatestMessageDialog", "params": params})
            answer = socket.hear_until(lambda frame: frame.get("type") == "getlatestMessageDialog")
        return [(m["content"], None) for m in reversed(answer["params"]["data"])]


class Gmessenger:
    """The native wire."""

    name = "gmessenger"

    def open(self, me: Person, other: Person) -> Socket:
        return me.socket(f"/dialog/{other.login}/ws")

    def say(self, socket: Socket, me: Person, other: Person, text: str) -> None:
        socket.say({"type": "send_message", "payload": {"text": text}})

    def heard(self, frame: dict) -> tuple[str, int | None] | None:
        return (frame["payload"]["text"], frame["payload"]["id"]) if frame["type"] == "new_message" else None

    def history(self, me: Person, other: Person) -> list[tuple[str, int | None]]:
        return [(m["text"], m["id"]) for m in me.get(f"/dialog/{other.login}").body]


SPEAKERS = (WebsocketMessenger(), FlashChat(), Netrox(), MvpMessenger(), Gmessenger())
