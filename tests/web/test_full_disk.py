"""G6 for files: a disk that is really full says so in plain words, keeps nothing by half, and heals by itself."""

import contextlib
import io

import pytest

from messenger.core import incoming
from messenger.core.models import Attachment
from messenger.extensions import db
from messenger.settings import Settings
from tests.fixtures.disks import can_mount, small_disk
from tests.web.test_pages import OURS, Visitor

WORDS = "no space left"
LARGE = b"\1" * 1_000_000


@pytest.fixture
def disk(tmp_path):
    """A file system of 4 MB where one may be mounted; else a folder whose fullness is only told."""
    with small_disk(tmp_path / "disk", 4) if can_mount() else contextlib.nullcontext(tmp_path) as folder:
        yield folder


@pytest.fixture
def settings(instance, disk):
    return Settings.for_tests(instance_dir=str(instance), storage_url=str(disk / "files"))


@pytest.fixture
def fill(app, disk, monkeypatch):
    """fill(True) leaves room for next to nothing, fill(False) gives it back."""
    monkeypatch.setattr(incoming, "RESERVE", 0)
    ballast = disk / "ballast"

    def change(is_full):
        if not can_mount():
            monkeypatch.setattr(incoming, "RESERVE", 2**62 if is_full else 0)
        elif is_full:
            ballast.write_bytes(b"\0" * 3_800_000)
        else:
            ballast.unlink()

    return change


def test_uploads_are_refused_with_507_and_go_on_when_there_is_room(app, disk, fill):
    ann, _ = Visitor(app, "ann"), Visitor(app, "bob")
    ann.say("/dialog/bob", "before")
    fill(True)
    refused = [
        ann.post("/dialog/bob", text="with a file", files=[(io.BytesIO(LARGE), "large.bin")]),
        ann.post("/upload", files=[(io.BytesIO(LARGE), "large.bin")]),
        unannounced(ann.client),
    ]
    assert [answer.status_code for answer in refused] == [507, 507, 507]
    assert all(WORDS in answer.text for answer in refused)
    assert "with a file" in refused[0].text
    with app.app_context():
        assert db.session.query(Attachment).count() == 0
        assert list(app.extensions["storage"].entries()) == []
        assert list(app.extensions["storage"].desk.iterdir()) == []
    assert ann.get("/dialog/bob").count('<article class="message" id=') == 1
    ann.say("/dialog/bob", "words still go")
    fill(False)
    ann.say("/dialog/bob", "again", files=[(io.BytesIO(LARGE), "large.bin")])
    assert "large.bin" in ann.get("/dialog/bob")
    print(
        f"G6 for files ({'4 MB tmpfs' if can_mount() else 'told'}): 3 of 3 refused with 507, nothing kept, then stored"
    )


def unannounced(client):
    """Nobody says beforehand how large this one is: the disk itself refuses, in the middle."""
    return client.post(
        "/upload?name=large.bin",
        input_stream=io.BytesIO(LARGE),
        content_type="application/octet-stream",
        headers={**OURS, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
