"""G29, G30: what one may do does not depend on the wire by which one does it, and who one is not on what one says."""

import itertools

import pytest

from tests.promises.company import everything, group_of, people, say, whisper
from tests.wires import Refused

ROLES = ("owner", "admin", "member", "outsider", "removed")
INSIDE = {"owner", "admin", "member"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
HTML = {"Accept": "text/html"}


class Group:
    """A fresh group with one of each role, a message of the owner and one of the role's own where he has been in."""

    def __init__(self, crew, private):
        self.crew, self.new = crew, crew["newcomer"]
        owner = crew["owner"]
        self.number = group_of(owner, crew["admin"], crew["member"], crew["removed"], crew["victim"], private=private)
        place = f"/group/{self.number}"
        assert owner.ask("PATCH", f"{place}/members/{crew['admin'].login}", {"role": "admin"}).status == 200
        self.said = say(owner, place, whisper("the owner's"))["id"]
        self.own = {
            role: say(crew[role], place, whisper("one's own"))["id"] for role in ("owner", "admin", "member", "removed")
        }
        assert owner.delete(f"{place}/members/{crew['removed'].login}").status == 200


def ok(answer):
    assert answer.status < 500, answer
    return answer.status < 400


def mvp(me, kind, **params):
    with me.socket("/") as socket:
        socket.say({"type": kind, "params": params})
        frame = socket.hear_until(
            lambda frame: frame["type"] == kind and not (frame.get("params") or {}).get("senderName")
        )
    return frame.get("success") is True


def gm_frame(me, group):
    try:
        socket = me.socket(f"/group/{group.number}/ws")
    except Refused as refused:
        return refused.status not in (403, 404)
    with socket:
        socket.say({"type": "send_message", "payload": {"text": whisper("s"), "client_id": f"c{group.number}"}})
        return _sent(socket, group)


def gm_list_frame(me, group):
    with me.socket("/chats/ws") as socket:
        chat = {"type": "group", "id": group.number}
        socket.say(
            {"type": "send_message", "payload": {"text": whisper("s"), "client_id": f"l{group.number}", "chat": chat}}
        )
        return _sent(socket, group)


def _sent(socket, group):
    ours = (f"c{group.number}", f"l{group.number}")
    frame = socket.hear_until(lambda f: f["type"] == "error" or f["payload"].get("client_id") in ours)
    return frame["type"] == "new_message"


def edit_by(path, body, method="PUT", of="said", headers=None):
    def deed(me, group):
        number = group.said if of == "said" else group.own.get(of_role(me, group), group.said)
        return ok(me.ask(method, path.format(number), body(number), headers=headers or {}))

    return deed


def of_role(me, group):
    return next(role for role, person in group.crew.items() if person is me)


def editing(of):
    form = f"text={whisper('x').replace(' ', '+')}"
    return {
        "websocket_messenger": edit_by("/message", lambda n: {"MessageId": str(n), "Message": whisper("e")}, of=of),
        "websocket_messenger path": edit_by("/message/{}", lambda n: {"Message": whisper("e")}, of=of),
        "gmessenger": edit_by("/gmessenger/message/{}", lambda n: {"text": whisper("e")}, of=of),
        "gmessenger patch": edit_by("/message/{}", lambda n: {"text": whisper("e")}, "PATCH", of=of),
        "page": edit_by("/message/{}/edit", lambda n: form, "POST", of, FORM),
    }


def deleting(of):
    return {
        "websocket_messenger": edit_by("/message/{}", lambda n: None, "DELETE", of),
        "websocket_messenger unslashed": edit_by("/message{}", lambda n: None, "DELETE", of),
        "gmessenger": edit_by("/gmessenger/message/{}", lambda n: None, "DELETE", of),
        "page": edit_by("/message/{}/delete", lambda n: "", "POST", of, FORM),
    }


DEEDS = {
    "read": {
        "websocket_messenger": lambda me, g: ok(me.get(f"/message/{g.number}")),
        "mvp_messenger": lambda me, g: mvp(me, "getlatestMessageGroup", groupId=g.number, limit=5, page=1),
        "gmessenger": lambda me, g: ok(me.get(f"/group/{g.number}")),
        "page": lambda me, g: ok(me.get(f"/group/{g.number}", headers=HTML)),
    },
    "send": {
        "websocket_messenger": lambda me, g: ok(
            me.post("/message", {"ConversationId": g.number, "Message": whisper()})
        ),
        "mvp_messenger": lambda me, g: mvp(me, "messageInGroup", groupId=g.number, content=whisper("m")),
        "gmessenger": lambda me, g: ok(me.post(f"/group/{g.number}", {"text": whisper("g")})),
        "gmessenger frame": gm_frame,
        "gmessenger frame of the list": gm_list_frame,
        "page": lambda me, g: ok(me.post(f"/group/{g.number}", "text=whisper", headers=FORM)),
    },
    "edit somebody's": editing("said"),
    "edit one's own": editing("own"),
    "delete somebody's": deleting("said"),
    "delete one's own": deleting("own"),
    "add": {
        "mvp_messenger": lambda me, g: mvp(me, "addUserInGroup", groupId=g.number, userId=g.new.id),
        "gmessenger": lambda me, g: ok(me.post(f"/group/{g.number}/members", {"login": g.new.login})),
        "page": lambda me, g: ok(me.post(f"/group/{g.number}/members", f"login={g.new.login}", headers=FORM)),
    },
    "remove": {
        "gmessenger": lambda me, g: ok(me.delete(f"/group/{g.number}/members/{g.crew['victim'].login}")),
        "page": lambda me, g: ok(
            me.post(f"/group/{g.number}/members/{g.crew['victim'].login}", "remove=1", headers=FORM)
        ),
    },
    "appoint": {
        "gmessenger": lambda me, g: ok(
            me.ask("PATCH", f"/group/{g.number}/members/{g.crew['victim'].login}", {"role": "admin"})
        ),
        "page": lambda me, g: ok(
            me.post(f"/group/{g.number}/members/{g.crew['victim'].login}", "role=admin", headers=FORM)
        ),
    },
    "rename": {
        "gmessenger": lambda me, g: ok(me.ask("PATCH", f"/group/{g.number}", {"name": whisper("n")})),
        "page": lambda me, g: ok(me.post(f"/group/{g.number}/settings", "name=whisper", headers=FORM)),
    },
    "leave": {
        "mvp_messenger": lambda me, g: mvp(me, "leaveGroup", groupId=g.number),
        "gmessenger": lambda me, g: ok(me.delete(f"/group/{g.number}/members")),
        "page": lambda me, g: ok(me.post(f"/group/{g.number}/leave", "", headers=FORM)),
    },
    "pin": {
        "gmessenger": lambda me, g: ok(me.put(f"/message/{g.said}/pin")),
        "page": lambda me, g: ok(me.post(f"/message/{g.said}/pin", "on=1", headers=FORM)),
    },
    "react": {
        "gmessenger": lambda me, g: ok(me.post(f"/message/{g.said}/reactions", {"emoji": "👍"})),
        "page": lambda me, g: ok(me.post(f"/message/{g.said}/reactions", "emoji=👍".encode(), headers=FORM)),
    },
}
# Who may, in a private group. In a public one everybody may read, react and write besides.
MAY = {
    "read": INSIDE, "send": INSIDE, "add": INSIDE, "leave": INSIDE, "pin": INSIDE, "react": INSIDE,
    "edit somebody's": {"owner"}, "edit one's own": INSIDE, "delete somebody's": {"owner"}, "delete one's own": INSIDE,
    "remove": {"owner", "admin"}, "appoint": {"owner"}, "rename": {"owner", "admin"},
}  # fmt: skip


@pytest.fixture(scope="module")
def crew(stand):
    """One of each role, one who may be added, one who may be removed."""
    roles = (*ROLES, "newcomer", "victim")
    return dict(zip(roles, people(stand.url, *roles), strict=True))


# Deeds after which the next one finds everything as it was: one group does for all of them.
HARMLESS = {"read", "edit somebody's", "edit one's own", "pin", "react", "appoint", "rename"}


def outcomes(crew, deed, roles, private):
    """Who may do it, by each wire."""
    table, group = {}, None
    for role, (wire, act) in itertools.product(roles, DEEDS[deed].items()):
        group = group if group and deed in HARMLESS else Group(crew, private)
        table[role, wire] = act(crew[role], group)
    return table


@pytest.mark.security("authority")
@pytest.mark.parametrize("deed", DEEDS)
def test_in_a_private_group_every_wire_gives_the_same_authority(crew, deed):
    table = outcomes(crew, deed, ROLES, private=True)
    wanted = {(role, wire): role in MAY[deed] for role, wire in table}
    different = {cell: may for cell, may in table.items() if may != wanted[cell]}
    assert different == {}
    print(f"G29 {deed}: {len(table)} cells, {len(different)} differences")


@pytest.mark.security("authority")
@pytest.mark.parametrize("deed", ["read", "send", "edit somebody's", "delete somebody's", "add", "remove", "rename"])
def test_in_a_public_group_too(crew, deed):
    table = outcomes(crew, deed, ("member", "outsider", "removed"), private=False)
    of_role = {}
    for (role, wire), may in table.items():
        if not (wire == "mvp_messenger" and role != "member"):  # who is not in a group is told so, open or not
            of_role.setdefault(role, set()).add(may)
    assert {role: may for role, may in of_role.items() if len(may) != 1} == {}, table
    print(f"G29 public, {deed}: {len(table)} cells, 0 differences")


LIES = {"id": 1, "Id": 1, "MessageId": "1", "created_msg_id": 1, "status": "read", "State": 1, "seen": True,
        "time": "2000-01-01T00:00:00Z", "Created": 946684800, "created": "2000-01-01", "timestamp": "2000-01-01",
        "createdAt": "2000-01-01", "sent_at": 946684800, "position": 1, "cursor": 1, "kind": "system",
        "edited": "2000-01-01T00:00:00Z", "deleted": True, "is_admin": True, "role": "owner"}  # fmt: skip


@pytest.mark.security("authority")
def test_sender_time_status_and_id_of_what_is_said_are_ignored(stand):
    ann, bob, cid = people(stand.url, "ann", "bob", "cid")
    first = say(ann, f"/dialog/{bob.login}", whisper("first"))
    lies = LIES | {
        "sender": cid.login, "Sender": cid.login, "senderId": cid.id, "sender_id": cid.uid, "from": cid.login,
        "user_login": cid.login, "author_id": cid.id, "User": cid.login, "senderName": "Cid",
    }  # fmt: skip
    assert ann.post("/message", {**lies, "Recipient": bob.login, "Message": whisper("w")}).status == 200
    assert ann.post(f"/dialog/{bob.login}", {**lies, "text": whisper("g")}).status == 201
    order = {"sender_userID": ann.login, "receiver_userID": bob.login, "time": "01:01:2000 00:00", "text": whisper("r")}
    assert ann.post("/messages/new", {**lies, **order}).status == 201
    with ann.socket(f"/dialog/{bob.login}/ws") as socket:
        socket.say({**lies, "type": "send_message", "payload": {**lies, "text": whisper("f"), "client_id": "c"}})
        socket.hear_until(lambda frame: frame["payload"].get("client_id") == "c")
    with ann.socket("/ws/chat/room/") as socket:
        chat = {"action": "chat_message", "message_body": whisper("n"), "receiver_id": bob.uid, "client_id": "n"}
        socket.say({**lies, **chat})
        assert socket.hear()["action"] == "ack"
    with ann.socket("/") as socket:
        params = {**lies, "receiverId": bob.id, "content": whisper("m")}
        socket.say({**lies, "type": "privateMessage", "params": params})
        assert socket.hear()["success"] is True
    with ann.socket(f"/chats/{bob.login}") as socket:
        socket.say(f'{{"from":"{cid.login}","body":"{whisper("raw")}"}}')
    told = until(lambda: everything(ann, f"/dialog/{bob.login}"), lambda found: len(found) == 8)[1:]
    assert {message["sender"] for message in told} == {ann.login}
    assert {message["status"] for message in told} == {"sent"}
    assert {message["kind"] for message in told} == {"text"}
    assert all(message["id"] > first["id"] and message["time"] > first["time"] for message in told)
    assert [message["position"] for message in told] == list(range(2, 9))
    assert all(message["edited"] is None and not message["deleted"] for message in told)
    assert everything(cid, f"/dialog/{bob.login}") == []
    assert cid.get("/me").body["login"] == cid.login
    print(f"G30 {len(told)} messages with {len(lies)} lies each, 0 believed")


def until(ask, fits, tries=100):
    """What is asked for, as soon as it fits."""
    for _ in range(tries):
        if fits(found := ask()):
            return found
    raise AssertionError(found)
