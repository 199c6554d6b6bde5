"""What a command stores beside a running server is seen on open pages, also where there is no bus."""

import subprocess
import sys

import pytest

from tests.cast import Person
from tests.fixtures.server import HOME
from tests.promises.company import line, say, whisper
from tests.scale.workers import next_message


def flask(server, *arguments):
    """A command with the server's own settings."""
    command = [sys.executable, "-m", "flask", *arguments]
    done = subprocess.run(command, cwd=HOME, env=server.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("bus", ["none", pytest.param("redis", marks=pytest.mark.long)])
def test_what_a_command_says_appears_on_the_open_page(serve, request, bus):
    more = {"REDIS_URL": request.getfixturevalue("valkey").url} if bus == "redis" else {}
    server = serve(**more)
    ann, bob = Person(server.url, "ann"), Person(server.url, "bob")
    say(ann, f"/dialog/{bob.login}", whisper())
    with line(bob, f"/dialog/{ann.login}/ws") as his:
        flask(server, "message", "send", ann.login, bob.login, text := whisper("by hand"))
        assert next_message(his) == text
        say(ann, f"/dialog/{bob.login}", text := whisper("and on"))
        assert next_message(his) == text
