"""A world with files: what the tests of uploads, sweeping and moving need."""

import pytest

from messenger.core import attachments, clock
from messenger.core.models import Attachment
from messenger.core.verbs import verb
from messenger.extensions import db
from tests.core.world import World
from tests.fixtures.pictures import picture

PIECE = 50_000


BOTH = pytest.mark.parametrize("place", ["disk", "s3"])


@pytest.fixture
def place():
    """Where the files of this test live; BOTH tries both."""
    return "disk"


@pytest.fixture
def files_world(request, tmp_path, blank_database, place):
    """A world of one's own whose files live there."""
    storage_url = str(tmp_path / "files") if place == "disk" else request.getfixturevalue("bucket")
    database = tmp_path / "messenger.db"
    database.write_bytes(blank_database.read_bytes())
    with World(f"sqlite:///{database}", tmp_path, storage_url=storage_url, quota_mb=3, max_upload_mb=2) as made:
        made.storage = made.app.extensions["storage"]
        yield made


def pieces(content):
    """As it would come from a socket."""
    return (content[at : at + PIECE] for at in range(0, len(content), PIECE))


def send_file(world, actor, chat, text="", content=None, name="photo.jpg"):
    """A message with a file; the message and what is known of the file."""
    kept = attachments.receive(actor, name, pieces(content or picture()))
    return world.say(actor, chat, text, attachment_ids=(kept.attachment_id,)), kept


def stored(world):
    """Keys of everything in the storage."""
    return sorted(entry.key for entry in world.storage.entries())


def drafts(world):
    """What lies on the desk."""
    return list(world.storage.desk.iterdir()) if world.storage.desk.is_dir() else []


def row(attachment_id):
    """The row of a file, or None."""
    db.session.remove()
    return db.session.get(Attachment, attachment_id)


@verb
def make_old(tx, attachment_id):
    """As if it had been uploaded two hours ago."""
    tx.get_one(Attachment, attachment_id).created_at -= 7200 * clock.SECOND
