"""The files of a chat, by kind and by page, for who may read it."""

import io
import re

import pytest

from tests.fixtures.pictures import picture
from tests.fixtures.recordings import webm
from tests.web.test_pages import Visitor

HTMX = {"HX-Request": "true", "HX-Target": "sheet"}


@pytest.fixture
def ann(app):
    return Visitor(app, "ann", "Ann Lee")


@pytest.fixture
def bob(app, ann):
    return Visitor(app, "bob", "Bob Stone")


def send(visitor, *files):
    visitor.say("/dialog/bob", "", files=[(io.BytesIO(content), name) for name, content in files])


def ids(page):
    """Of the pictures on a page, in order."""
    return [int(found) for found in re.findall(r'data-view="/attachment/(\d+)"', page)]


def test_the_sheet_shows_each_kind_in_its_own_way(ann, bob):
    send(
        ann,
        ("a.png", picture("PNG", (30, 20))),
        ("voice-message.webm", webm(65)),
        ("film.webm", webm(9, (80, 60))),
        ("n.txt", b"x"),
    )
    sheet = bob.client.get("/dialog/ann/about", headers=HTMX).text
    assert [kind for kind in ("pictures", "recordings", "others") if f"gallery-{kind}" in sheet] == [
        "pictures",
        "recordings",
        "others",
    ]
    assert len(ids(sheet)) == 1
    assert "1:05" in sheet
    assert "film.webm" in sheet
    assert 'href="/message/' in sheet
    for kind, there, not_there in (
        ("pictures", "a.png", "n.txt"),
        ("recordings", "film.webm", "a.png"),
        ("others", "n.txt", "film.webm"),
    ):
        page = bob.get(f"/dialog/ann/files?kind={kind}").partition("<main")[2]
        assert there in page
        assert not_there not in page


def test_pictures_come_by_pages_newest_first_and_deleted_ones_go(ann, bob):
    for _ in range(2):
        send(ann, *((f"{n}.png", picture("PNG", (10, 10))) for n in range(15)))
    first = bob.get("/dialog/ann/files?kind=pictures")
    more = re.search(r'hx-get="([^"]+before=\d+)"', first)[1]
    second = bob.client.get(more, headers={"HX-Request": "true"}).text
    assert len(ids(first)) == 24
    assert "<main" not in second
    assert [*ids(first), *ids(second)] == sorted({*ids(first), *ids(second)}, reverse=True)
    assert len(ids(second)) == 6
    assert bob.client.get("/dialog/ann/files?kind=nonsense").status_code == 404
    ann.done("/message/2/delete")
    assert len(ids(bob.get("/dialog/ann/files"))) == 15


def test_only_who_may_read_a_chat_sees_its_files(app, ann, bob):
    ann.done("/group/new", name="Ours", members="bob")
    ann.say("/group/1", "", files=[(io.BytesIO(picture("PNG", (10, 10))), "a.png")])
    assert len(ids(bob.get("/group/1/files"))) == 1
    cid = Visitor(app, "cid").client
    assert cid.get("/group/1/files").status_code == cid.get("/group/1").status_code == 403
    assert cid.get("/group/2/files").status_code == 404
