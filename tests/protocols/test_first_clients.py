"""The clients of docs/clients for flash_chat and websocket_messenger do what their documents promise."""

import uuid

import pytest

from tests.cast import cast
from tests.clients import client, run


def name(role):
    return f"{role}-{uuid.uuid4().hex[:8]}"


def test_the_client_of_websocket_messenger(server):
    module = client("websocket_messenger")
    ann, bob = module.Client(server.url), module.Client(server.url)
    ann.sign_up(name("ann"), "secret")
    bob.sign_up(name("bob"), "secret")
    with pytest.raises(module.Refused, match="Username already taken"):
        module.Client(server.url).sign_up(ann.username, "secret")
    number = ann.start(bob.username)
    ear = bob.listen()
    message = ann.send(number, "hello")
    news = iter(ear)
    assert next(news)["Data"]["Message"] == "hello"
    typist = ann.listen()
    typist.typing(number)
    assert next(news) == {"User": ann.username, "Message": "Typing", "ConvId": number}
    ann.edit(message, "hello!")
    assert next(news)["Message"] == "Message Edited"
    assert [m["Message"] for m in bob.messages(number)] == ["hello!"]
    ann.delete(message)
    assert next(news)["Message"] == "Message Deleted"
    assert [row["ConversationId"] for row in bob.conversations()] == [number]
    assert ann.profile(bob.username)["LoggedOn"] is True
    ann.log_out()
    with pytest.raises(module.Refused, match="Invalid Jwt"):
        ann.conversations()
    ear.close()


def test_the_client_of_flash_chat(server):
    module = client("flash_chat")
    ann, bob = module.Client(server.url), module.Client(server.url)
    logins = name("ann"), name("bob")
    for person, login in zip((ann, bob), logins, strict=True):
        person.register("Somebody", login, "secret")
    assert {"ann", "bob"} & {user["username"].split("-")[0] for user in ann.users()}
    hers, his = ann.chat(logins[1]), bob.chat(logins[0])
    hers.send("hello world!")
    assert next(iter(his))["body"] == "hello world!"
    his.close()
    hers.send("while you were away")
    back = bob.chat(logins[0], after=his.last)
    assert next(iter(back))["body"] == "while you were away"
    back.send("")
    assert "error" in next(iter(back))
    with pytest.raises(module.Refused):
        module.Client(server.url).log_in(logins[0], "wrong")
    hers.close()
    back.close()


@pytest.mark.parametrize(
    ("program", "line"), [("websocket_messenger", "[New Message] {}: hi"), ("flash_chat", "{}: hi")]
)
def test_as_programs_they_chat(server, program, line):
    ann, _, _ = cast(server.url)
    talk = run(program, server.url, name("new"), "secret", ann.login)
    try:
        with ann.socket("/websocket") as socket:
            socket.hear()
            socket.say(ann.token)
            socket.hear()
            talk.stdin.write("from the keyboard\n")
            talk.stdin.flush()
            push = socket.hear()["Data"]
            assert push["Message"] == "from the keyboard"
            ann.post("/message", {"ConversationId": push["ConversationId"], "Message": "hi"})
            assert talk.stdout.readline().strip() == line.format(ann.login)
    finally:
        talk.kill()
        talk.communicate()
