"""What the tests of the doctor share: a good secret, an address where nobody is, and people in a database."""

import sqlite3

from messenger.core import attachments
from tests.core.files import pieces
from tests.core.world import World

SECRET = "0f3b9c5a7d1e8264c0b9e1f7a2d4683508fbd5c17e93a64b2d7f10e4c8a956b3"
DEAD = "127.0.0.1:1"


def settings_of(**settings):
    """A fault that is only a setting."""
    return lambda folder: (settings, None)


def with_people(*changes):
    """People who have registered, and what was done to them afterwards, by SQL."""

    def plant(folder):
        with World(f"sqlite:///{folder / 'messenger.db'}", folder) as world:
            ann = world.person("ann")
            if "file" in changes:
                kept = attachments.receive(ann, "a.txt", pieces(b"words"))
                world.app.extensions["storage"].drop(kept.key)
        file = sqlite3.connect(folder / "messenger.db")
        for change in changes:
            if change != "file":
                file.execute(change)
        file.commit()
        file.close()
        return {}, None

    return plant


def on_disk(change, **settings):
    """Something done to the folder."""

    def plant(folder):
        change(folder)
        return settings, None

    return plant


def file_of(folder, name, content="x"):
    (folder / name).write_text(content)
    return str(folder / name)
