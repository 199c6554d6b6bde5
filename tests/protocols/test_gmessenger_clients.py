"""The clients of docs/clients for gmessenger, in Python and in a browser, do what their documents promise."""

import secrets
import socket

import pytest

from tests.clients import FOLDER, client, run
from tests.protocols.gmessenger_play import send, texts, two

SCRIPT = (FOLDER / "gmessenger.js").read_text().replace("export class", "class")


def fresh(role):
    return f"{role}{secrets.token_hex(4)}"


def next_of(line, kind):
    return next(frame["payload"] for frame in line if frame["type"] == kind)


def told(page, what):
    """Waits until a frame came of which this is true."""
    wait = "while (!told.some((frame) => %s)) await new Promise((done) => setTimeout(done, 20));"
    page.evaluate(f"async () => {{ {wait % what} }}")


def test_the_python_client_talks_and_comes_back_after_its_line_broke(server):
    module = client("gmessenger")
    ann, bob = module.Client(server.url), module.Client(server.url)
    logins = fresh("ann"), fresh("bob")
    for person, login in zip((ann, bob), logins, strict=True):
        person.register("Some User", login, "somepassword")
    hers, his = ann.dialog(logins[1]), bob.dialog(logins[0]).open()
    said = hers.send("hello")
    assert next_of(his, "new_message")["id"] == said["id"]
    his.socket.sock.shutdown(socket.SHUT_RDWR)
    hers.send("while the line was down")
    assert next_of(his, "new_message")["text"] == "while the line was down"
    his.say("send_message", text="back again", client_id="c1")
    assert next_of(his, "new_message")["client_id"] == "c1"
    assert [message["text"] for message in hers.messages(limit=2)] == ["while the line was down", "back again"]
    group = ann.make_group("Choir", logins[1])
    everything = bob.everything(after=said["id"])
    ann.group(group).send("to all")
    assert next_of(everything, "new_message")["text"] == "while the line was down"
    assert any(row["id"] == group for row in bob.chats())
    his.close()
    everything.close()
    ann.log_out()
    with pytest.raises(module.Refused) as refused:
        ann.chats()
    assert refused.value.code == 401


def test_the_python_client_as_a_program(server):
    ann, bob = two(server.url)
    program = run("gmessenger", server.url, ann.login, ann.password, bob.login)
    program.stdin.write("hello from the keyboard\n")
    program.stdin.flush()
    assert program.stdout.readline() == f"{ann.login}: hello from the keyboard\n"
    send(bob, f"/dialog/{ann.login}", "hello from bob")
    heard = [program.stdout.readline(), program.stdout.readline()]
    assert f"{bob.login}: hello from bob\n" in heard
    program.stdin.close()
    assert program.wait(15) == 0
    assert texts(bob.get(f"/dialog/{ann.login}")) == ["hello from the keyboard", "hello from bob"]


@pytest.mark.browser
def test_the_browser_client_talks_and_comes_back_after_its_line_broke(server, page):
    ann, bob = two(server.url)
    page.goto(f"{server.url}/offline")
    page.evaluate(f"() => {{ {SCRIPT}; window.Client = Client; window.told = []; }}")
    page.evaluate(
        """async ([login, password, other]) => {
            window.client = new Client(location.origin);
            await client.logIn(login, password);
            window.line = client.dialog(other).open((type, payload) => told.push({ type, ...payload }));
            line.say("send_message", { text: "hello", client_id: "c1" });
        }""",
        [ann.login, ann.password, bob.login],
    )
    told(page, "frame.client_id === 'c1'")
    send(bob, f"/dialog/{ann.login}", "hi")
    told(page, "frame.text === 'hi'")
    page.evaluate("line.socket.close()")
    send(bob, f"/dialog/{ann.login}", "while the line was down")
    page.evaluate("line.say('typing', {})")
    told(page, "frame.text === 'while the line was down'")
    said = page.evaluate("client.dialog(line.path.split('/')[2]).messages({ limit: 3 })")
    assert [message["text"] for message in said] == ["hello", "hi", "while the line was down"]
    heard = page.evaluate("told.filter((frame) => frame.type === 'new_message').map((frame) => frame.text)")
    assert heard == ["hello", "hi", "while the line was down"]
    assert page.evaluate("client.chats()")[0]["id"] == bob.login
    page.evaluate("line.close()")
    page.evaluate("client.logOut()")
    assert page.evaluate("client.chats().catch((refused) => refused.status)") == 401
