"""What the tests of export and import share: fresh worlds, the commands, and what stands there afterwards."""

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from messenger.cli.imports import box
from messenger.cli.imports.foreign import CLOSES, OPENS, Terms
from messenger.core import accounts
from messenger.core.exports import lines, of_server
from messenger.extensions import db
from tests.core.world import World

SAMPLES = Path(__file__).parent / "samples"


@contextmanager
def fresh(folder, blank_database, **settings):
    """A world of its own on SQLite in which nobody lives yet."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(blank_database, folder / "messenger.db")
    with World(f"sqlite:///{folder / 'messenger.db'}", folder, **settings) as made:
        yield made


def typed(world, *words, code=0):
    """What a command answers with --json; what it says when it fails."""
    answer = world.app.test_cli_runner().invoke(args=[*map(str, words), "--json"])
    assert answer.exit_code == code, answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    world.look()
    return json.loads(answer.stdout) if code == 0 else answer.stderr


def told(world):
    """Everything in the world, as an export says it."""
    plan = of_server()
    said = [line for s in plan.stretches for rows in lines.pages(s) for line in lines.messages(s, rows)]
    found = {
        "people": list(lines.people(plan)),
        "chats": list(lines.chats(plan)),
        "members": list(lines.members(plan)),
        "messages": said,
    }
    db.session.remove()
    return found


def read(source, path, **terms):
    """A sample, opened: its chats by name, each with its messages, and its people by id."""
    opened = source(box.opened(path), Terms(**terms))
    said = {chat.name or chat.id: (chat, list(opened.messages(chat))) for chat in opened.chats()}
    return said, {person.id: person for person in opened.people()}


def packed(folder, target):
    """A folder as a zip."""
    return Path(shutil.make_archive(str(target), "zip", folder))


def at(*moment, zone=UTC):
    """A moment as the sources give it."""
    return int(datetime(*moment, tzinfo=zone).timestamp()) * 1_000_000


def texts(messages):
    """What they say, with people by their ids in angle brackets."""
    return [message.text.replace(OPENS, "<").replace(CLOSES, ">") for message in messages]


def named(world, login, name="", email=None):
    """Somebody of this very login."""
    application = accounts.Application(login, "secret", name or login.capitalize(), email)
    return accounts.create(application, "no password opens this", None).actor
