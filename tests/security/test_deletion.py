"""What is deleted is looked for everywhere: in the tables, in the search, on the disk, where it was shown."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from messenger.core import sweeping
from messenger.settings import Settings
from tests.fixtures.pictures import picture
from tests.security.addresses import register

pytestmark = pytest.mark.security("deletion")
FIRST, SECOND, WITHIN = "firstwhisper", "secondwhisper", "withinwhisper"


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


def kept(app):
    """Everything in the tables, as text."""
    with closing(sqlite3.connect(app.extensions["settings"].sqlite_path, timeout=20)) as database:
        return "\n".join(database.iterdump())


def on_disk(app):
    """The bytes of all files."""
    folder = Path(app.extensions["settings"].storage_url)
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def test_nothing_of_a_deleted_message_is_left(app, attack):
    ann, bob = register(app, "ann"), register(app, "bob")
    files = []
    for name, content in (("notes.txt", WITHIN.encode() * 9), ("photo.jpg", picture("JPEG", (900, 700)))):
        form = {"files": (io.BytesIO(content), name)}
        answer = ann.post("/upload", data=form, headers={"Authorization": f"Bearer {ann.token}"})
        files += answer.json
    said = ann.post("/dialog/bob", json={"text": FIRST, "attachments": [file["id"] for file in files]}).json
    assert ann.put(f"/message/{said['id']}", json={"text": SECOND}).status_code == 200
    assert bob.post("/dialog/ann", json={"text": "an answer", "reply_to": said["id"]}).status_code == 201
    places = [
        f"/message/{said['id']}/editions", f"/message/{said['id']}", f"/message/{said['id']}/history", "/dialog/ann",
        "/chats", "/dialog/ann/about", *(file["url"] for file in files), files[1]["thumbnail"],
    ]  # fmt: skip

    def seen(word):
        pages = [bob.get(path, headers={"Accept": kind}).data for path in places for kind in ("*/*", "text/html")]
        return sum(word.encode() in page for page in pages)

    def found():
        page = bob.get(f"/search?q={SECOND}", headers={"Accept": "text/html"}).text
        return "Nothing found" not in page

    assert found()
    assert [bool(seen(word)) for word in (FIRST, SECOND, WITHIN)] == [True] * 3, "all of it was there"
    assert FIRST in kept(app)
    assert SECOND in kept(app)
    assert len(on_disk(app)) == 3
    assert ann.delete(f"/message/{said['id']}", json={}).status_code == 200
    with app.app_context():
        sweeping.sweep_files()
    assert [word for word in (FIRST, SECOND, WITHIN, "notes.txt", "photo.jpg") if word in kept(app)] == []
    assert on_disk(app) == []
    assert not found()
    assert [word for word in (FIRST, SECOND, WITHIN) if seen(word)] == []
    attack.tried(len(places) * 2 * 3)
    row = bob.get("/dialog/ann").json[0]
    assert (row["id"], row["text"], row["deleted"], row["position"]) == (said["id"], "", True, said["position"])
