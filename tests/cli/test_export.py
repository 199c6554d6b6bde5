"""flask export: pages that hang together and need no server, under their own name only when they are whole."""

import html
import json
import re
import zipfile
from urllib.parse import unquote, urljoin

import pytest

from messenger.core import attachments, audit
from messenger.core.exports import Part, names, packing
from messenger.core.imports import messages as imported
from messenger.core.imports.messages import Past
from messenger.core.models import Attachment
from messenger.extensions import db, storage
from tests.cli.arrivals import fresh, typed
from tests.fixtures.pictures import picture


@pytest.fixture(scope="module")
def world(tmp_path_factory, blank_database):
    """A long dialog, a group with files, and hostile names."""
    with fresh(tmp_path_factory.mktemp("world"), blank_database) as made:
        ann, bob = made.person("ann"), made.person("bob", first_name=None)
        made.ann, made.bob = ann, bob
        first = made.say(ann, made.dialog(ann, bob), "first")
        chat = first.chat
        pasts = [Past(bob.user_id, f"p{n}", f"line {n}", None, first.created_at + n) for n in range(420)]
        imported.write(chat.chat_id, pasts)
        made.say(ann, chat, "an answer", reply_to_id=first.message_id)
        made.team = made.group(ann, bob, name='"><script>alert(1)</script>')
        kept = [
            attachments.receive(bob, name, [content])
            for name, content in (("harbour 50% #1?.png", picture()), ("CON.html", b"<p>"), ("page.SVG", b"<svg/>"))
        ]
        made.say(bob, made.team, "[x](javascript:alert(1)) <img src=x onerror=y>", attachment_ids=ids(kept))
        yield made


def ids(kept):
    """Their numbers."""
    return tuple(file.attachment_id for file in kept)


def test_every_link_of_every_page_leads_to_a_part_of_the_export(world, tmp_path):
    done = typed(world, "export", "server", tmp_path / "out.zip")
    assert (done["chats"], done["files"], done["missing"]) == (2, 3, 0)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    pages = {name: content.decode() for name, content in files.items() if name.endswith(".html")}
    assert [name for name in pages if name.startswith("chats/1/")] == [
        "chats/1/1.html",
        "chats/1/2.html",
        "chats/1/3.html",
    ]
    for name, page in pages.items():
        assert "<script" not in page.lower()
        assert " onerror=" not in re.sub(r"&lt;.*?&gt;", "", page)
        for link in re.findall(r'(?:href|src)="([^"]*)"', page):
            path, _, mark = urljoin(name, html.unescape(link)).partition("#")
            assert unquote(path) in files, (name, link)
            assert not mark or f'id="{mark}"' in pages[path], (name, link)
    assert 'href="1.html#m1"' in pages["chats/1/3.html"]
    assert "Page 2 of 3" in pages["chats/1/2.html"]
    assert "javascript:" not in "".join(re.findall(r"<a [^>]*>", pages["chats/2/1.html"]))
    assert {name.rpartition("/")[2] for name in files if name.startswith("files/")} == {
        "harbour 50_ _1_.png", "_CON.html.txt", "page.SVG.txt",
    }  # fmt: skip
    lines = [json.loads(line) for line in files["messages.jsonl"].splitlines()]
    assert [line["position"] for line in lines if line["chat"] == 1] == list(range(1, 423))
    assert len(lines) == done["messages"]
    assert json.loads(files["export.json"])["messages"] == done["messages"]
    assert any(trace.deed == "exported" for trace in audit.traces())


def test_nothing_is_overwritten_and_nothing_half_is_left(world, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link.zip").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link.zip"):
        assert "exists already" in typed(world, "export", "server", tmp_path / name, code=1)
    assert "There is no folder" in typed(world, "export", "server", tmp_path / "no" / "such.zip", code=1)
    assert "nobody called" in typed(world, "export", "person", "nobody", tmp_path / "x", code=1)
    assert "no such chat" in typed(world, "export", "chat", "#99", tmp_path / "x", code=1)
    for name in ("x.zip", "x"):
        with pytest.raises(ConnectionError):
            packing.into(tmp_path / name, broken_off())
    assert sorted(found.name for found in tmp_path.iterdir()) == ["link.zip", "there"]


def broken_off():
    """Parts that end in the middle of one."""
    yield Part("a", iter([b"whole"]))
    yield Part("b", gone())


def gone():
    """A storage that hangs up."""
    yield b"half"
    raise ConnectionError


def test_a_file_that_is_gone_is_named_at_the_end(world, tmp_path):
    key = db.session.query(Attachment.key).order_by(Attachment.id.desc()).first()[0]
    path = storage.folder / key
    path.rename(tmp_path / "aside")
    done = typed(world, "export", "chat", f"#{world.team.chat_id}", tmp_path / "x")
    (tmp_path / "aside").rename(path)
    assert done["missing"] == 1
    assert (tmp_path / "x" / "missing.txt").read_text().endswith("page.SVG.txt\n")


def test_of_one_chat_only_what_is_in_it(world, tmp_path):
    typed(world, "export", "chat", f"{world.bob.login},{world.ann.login}", tmp_path / "talk")
    assert not (tmp_path / "talk" / "files").exists()
    people = [json.loads(line) for line in (tmp_path / "talk" / "people.jsonl").open()]
    assert [one["login"] for one in people] == [world.ann.login, world.bob.login]
    assert (tmp_path / "talk").stat().st_mode & 0o777 == 0o700


def test_a_person_who_has_nothing_gets_pages_too(world, tmp_path):
    nobody = world.person("nobody", email="nobody@example.org")
    plain = world.app.test_cli_runner().invoke(args=["export", "person", nobody.login, str(tmp_path / "me.zip")])
    assert plain.exit_code == 0
    assert "Traceback" not in plain.output
    with zipfile.ZipFile(tmp_path / "me.zip") as archive:
        assert "There are no chats." in archive.read("index.html").decode()
        assert "nobody@example.org" in archive.read("profile.html").decode()
    assert (tmp_path / "me.zip").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("x.hta", "x.hta.txt"),
        ("...", "file"),
        ("日本.png", "日本.png"),
        ("\u202egnp.exe", "gnp.exe"),
    ],
)
def test_names_that_every_disk_takes(name, safe):
    assert names.safe(name) == safe


def test_long_names_keep_their_ending():
    assert names.safe("ü" * 300 + ".png") == "ü" * 58 + ".png"
