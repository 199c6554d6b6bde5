"""The clients of docs/clients for netrox and mvp_messenger do what their documents promise."""

import secrets

import pytest

from tests.cast import cast
from tests.clients import FOLDER, client, run

SCRIPT = (FOLDER / "mvp_messenger.js").read_text().replace("export class", "class")


def email(name):
    return f"{name}{secrets.token_hex(4)}@mail.com"


def test_the_client_of_netrox(server, tmp_path):
    module = client("netrox")
    ann, bob, _ = cast(server.url)
    hers, his = module.Client(server.url, ann.token), module.Client(server.url, bob.token)
    room, ear = hers.room(), his.room()
    heard = iter(ear)
    room.send(bob.uid, "hello there")
    assert next(heard)["message_body"] == "hello there"
    message_id = room.send_once(bob.uid, "named")
    assert next(heard)["created_msg_id"] == message_id
    path = tmp_path / "plan.txt"
    path.write_text("the plan")
    kept = hers.upload(bob.uid, str(path), "look")
    assert (kept["attached_file_name"], kept["message"]) == ("plan.txt", "look")
    room.announce(kept["id"])
    told = next(heard)
    assert (told["action"], told["attached_file_name"], told["message_body"]) == ("re_message_file", "plan.txt", "look")
    assert [said["message"] for said in his.messages(ann.uid)] == ["hello there", "named", "look"]
    assert [thread["user_one"]["id"] for thread in his.threads()] == [ann.uid]
    with pytest.raises(module.Refused, match="Invalid receipient"):
        hers.messages("nobody")
    room.close()
    ear.close()


def test_the_client_of_netrox_as_a_program(server):
    ann, bob, _ = cast(server.url)
    with bob.socket("/ws/chat/room/") as his:
        his.say({"action": "chat_message", "message_body": "before", "receiver_id": ann.uid, "client_id": "1"})
        his.hear()
        talk = run("netrox", server.url, ann.token, bob.uid)
        try:
            assert talk.stdout.readline() == f"{bob.uid}: before\n"
            talk.stdin.write("from the keyboard\n")
            talk.stdin.flush()
            assert his.hear()["message_body"] == "from the keyboard"
            his.say({"action": "chat_message", "message_body": "hi", "receiver_id": ann.uid})
            assert talk.stdout.readline() == f"{bob.uid}: hi\n"
        finally:
            talk.kill()
            talk.communicate()


def test_the_client_of_mvp_messenger(server):
    module = client("mvp_messenger")
    ann, bob = module.Client(server.url), module.Client(server.url)
    mails = email("ann"), email("bob")
    for person, mail in zip((ann, bob), mails, strict=True):
        person.sign_up(mail, "password1", firstName=mail[:3].capitalize())
        person.log_in(mail, "password1")
    with pytest.raises(module.Refused, match="User with this email already exists!"):
        ann.sign_up(mails[0], "password1")
    bob_id = next(row["id"] for row in ann.users() if row["email"] == mails[1])
    hers, his = ann.talk(), bob.talk()
    assert hers.ask("privateMessage", receiverId=bob_id, content="Hi") is None
    assert his.pushes.get(timeout=10)["params"] == {"data": None, "message": "Hi", "senderName": "Ann"}
    hers.ask("newGroup", groupName="us")
    group_id = hers.ask("listLastMessage", limit=1, page=1)[0]["groupId"]
    hers.ask("addUserInGroup", groupId=group_id, userId=bob_id)
    assert his.pushes.get(timeout=10)["type"] == "addUserInGroup"
    assert [row["content"] for row in his.ask("listLastMessage", limit=5, page=1)] == ["added Bob", "Hi"]
    with pytest.raises(module.Refused, match="User is not a member of this group"):
        hers.ask("leaveGroup", groupId=10**9)
    ann.update(lastName="Smith")
    ann.change_password("password1", "password2")
    ann.destroy()
    with pytest.raises(module.Refused, match="Not authorized"):
        ann.users()
    his.close()


def test_the_client_of_mvp_messenger_as_a_program(server):
    _, bob, _ = cast(server.url)
    with bob.socket("/mvp-messenger/") as his:
        talk = run("mvp_messenger", server.url, email("new"), "password1", str(bob.id))
        try:
            talk.stdin.write("from the keyboard\n")
            talk.stdin.flush()
            assert his.hear()["params"]["message"] == "from the keyboard"
            his.say({"type": "listLastMessage", "params": {"limit": 1, "page": 1}})
            (row,) = his.hear()["params"]["data"]
            his.say({"type": "privateMessage", "params": {"receiverId": row["senderId"], "content": "hi"}})
            assert talk.stdout.readline() == f"{bob.login}: hi\n"
        finally:
            talk.kill()
            talk.communicate()


@pytest.mark.browser
def test_the_browser_client_of_mvp_messenger(server, page):
    _, bob, _ = cast(server.url)
    page.goto(f"{server.url}/api/sockets")
    page.evaluate(f"() => {{ {SCRIPT}; window.Client = Client; window.told = []; }}")
    with bob.socket("/mvp-messenger/") as his:
        page.evaluate(
            """async ([mail, other]) => {
                window.client = new Client(location.origin);
                await client.signUp(mail, "password1", { firstName: "Ann" });
                await client.logIn(mail, "password1");
                window.talk = client.talk((type, sender, message) => told.push([type, sender, message]));
                await talk.ask("privateMessage", { receiverId: other, content: "from the browser" });
            }""",
            [email("ann"), bob.id],
        )
        assert his.hear()["params"] == {"data": None, "message": "from the browser", "senderName": "Ann"}
        his.say({"type": "listLastMessage", "params": {"limit": 1, "page": 1}})
        (row,) = his.hear()["params"]["data"]
        his.say({"type": "privateMessage", "params": {"receiverId": row["senderId"], "content": "hello browser"}})
        wait = "while (!told.length) await new Promise((done) => setTimeout(done, 20)); return told[0];"
        assert page.evaluate(f"async () => {{ {wait} }}") == ["privateMessage", bob.login, "hello browser"]
        refused = page.evaluate("talk.ask('leaveGroup', { groupId: 1e9 }).then(() => 'done', (error) => error.message)")
        assert refused == "User is not a member of this group"
