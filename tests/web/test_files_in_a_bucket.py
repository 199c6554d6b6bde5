"""A server whose files live in a bucket: what is shown comes through it, what is saved by a short-lived link."""

import pytest
import requests

from tests.cast import cast
from tests.fixtures.pictures import picture
from tests.web.test_files import fetch, send, upload

CONTENT = bytes(range(256)) * 2000


@pytest.fixture
def play(serve, bucket):
    server = serve(STORAGE_URL=bucket)
    return *cast(server.url), server


def test_files_go_into_the_bucket_and_come_back(play):
    ann, bob, cid, server = play
    text, photo = upload(ann, "notes.bin", CONTENT), upload(ann, "holiday.jpg", picture("JPEG", (900, 700)))
    message_id = send(ann, bob, text, photo)
    assert not list((server.folder / "incoming").iterdir())
    shown = fetch(bob, photo["url"])
    assert shown.status_code == 200
    assert shown.content[:3] == b"\xff\xd8\xff"
    assert len(shown.content) == photo["size"]
    assert fetch(bob, photo["url"], Range="bytes=5-9").content == shown.content[5:10]
    assert fetch(bob, photo["thumbnail"]).headers["Content-Type"] == "image/webp"
    for address in (text["url"], photo["url"] + "?download=1"):
        saved = fetch(bob, address)
        assert saved.status_code == 302
        assert saved.headers["Cache-Control"] == "private, no-store"
        there = requests.get(saved.headers["Location"], timeout=10)
        assert there.status_code == 200
        assert there.headers["Content-Disposition"].startswith("attachment")
    assert requests.get(fetch(bob, text["url"]).headers["Location"], timeout=10).content == CONTENT
    assert fetch(cid, text["url"]).status_code == 404
    assert requests.get(fetch(bob, text["url"]).headers["Location"].partition("?")[0], timeout=10).status_code == 403
    assert ann.delete(f"/message/{message_id}").status == 200
    assert fetch(bob, text["url"]).status_code == 404
    assert not [line for line in server.log.splitlines() if '"error"' in line or "Signature=" in line]
