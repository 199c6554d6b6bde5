"""Everything of one's own as a zip: for whose it is, with what he may see, and not too often."""

import io
import json
import zipfile

import pytest

from messenger.core import accounts, attachments, chats, groups, messages, sessions
from messenger.extensions import db

OURS = {"Origin": "http://localhost", "Accept": "text/html"}


@pytest.fixture
def cast(app):
    """Ann, bob and cid with what they say to each other; ann has left a group."""
    with app.app_context():
        made = [
            accounts.create(accounts.Application(login, "secret", login.capitalize(), f"{login}@example.org"), "none")
            for login in ("ann", "bob", "cid")
        ]
        ann, bob, cid = (one.actor for one in made)
        messages.send(bob, chats.with_person(bob, ann.person), "hello <b>ann</b>")
        kept = attachments.receive(bob, "../../etc/pass wd.html", [b"<script>x</script>"])
        messages.send(bob, chats.with_person(bob, ann.person), "", attachment_ids=(kept.attachment_id,))
        messages.send(bob, chats.with_person(bob, cid.person), "a secret of theirs")
        left = groups.create(bob, "Secret club", False, [ann.person])
        said = messages.send(bob, left, "words of others")
        messages.send(ann, left, "my own words", reply_to_id=said.message_id)
        groups.leave(ann, left.chat_id)
        messages.send(bob, left, "after she left")
        tokens = [accounts.sign_in(actor.user_id, sessions.Device("test", "Lynx")).token for actor in (ann, bob, cid)]
        db.session.remove()
    return tokens


def browser(app, token):
    """A browser in which this person is signed in."""
    client = app.test_client()
    client.set_cookie("sessionToken", token)
    return client


def unpacked(answer):
    """The files of the zip by their names."""
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def fetched(app, token):
    """What this person gets."""
    return unpacked(browser(app, token).post("/settings/export", headers=OURS))


def test_a_person_gets_what_is_his_and_nothing_else(app, cast):
    ann, bob, cid = cast
    page = browser(app, ann).get("/settings/export", headers={"Accept": "text/html"}).text
    assert 'action="/settings/export" method="post"' in page
    files = fetched(app, ann)
    everything = b"\n".join(files.values())
    for word in (b"hello", b"my own words", b"ann@example.org", b"Lynx"):
        assert word in everything, word
    for word in (b"a secret of theirs", b"words of others", b"after she left", b"Secret club", b"bob@example.org"):
        assert word not in everything, word
    said = [json.loads(line) for line in files["messages.jsonl"].splitlines()]
    assert [line["author"] for line in said] == ["bob", "bob", "ann", "ann"]
    assert [line["reply_to"] for line in said] == [None] * 4
    assert json.loads(files["profile.json"])["sessions"][0]["user_agent"] == "Lynx"
    assert not any(word in everything for word in (b"password", b"token_hash", b"endpoint"))
    _check_hostile(files)
    assert b"a secret of theirs" in b"\n".join(fetched(app, cid).values())
    assert b"after she left" in b"\n".join(fetched(app, bob).values())


def _check_hostile(files):
    """Hostile words and names are only words and names."""
    names = [name for name in files if name.startswith("files/")]
    assert [name.rpartition("/")[2] for name in names] == ["pass wd.html.txt"]
    assert not any(".." in name or name.startswith("/") for name in files)
    pages = b"".join(content for name, content in files.items() if name.endswith(".html"))
    assert b"hello &lt;b&gt;ann" in pages
    assert b"<script" not in pages
    assert b"Content-Security-Policy" in pages


def test_not_for_strangers_not_too_often_and_not_twice_at_once(app, cast):
    nobody = app.test_client().post("/settings/export", headers=OURS)
    assert (nobody.status_code, nobody.mimetype) != (200, "application/zip")
    strange = browser(app, cast[0]).post("/settings/export", headers={**OURS, "Origin": "https://evil.example"})
    assert strange.status_code == 403
    ann = cast[0]
    client = browser(app, ann)
    under_way = client.post("/settings/export", headers=OURS, buffered=False)
    pieces = under_way.iter_encoded()
    next(pieces)
    refused = browser(app, ann).post("/settings/export", headers=OURS)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "on its way already" in refused.text
    under_way.close()
    for _ in range(3):
        fetched(app, ann)
    refused = browser(app, ann).post("/settings/export", headers=OURS)
    assert refused.status_code == 429
    assert "Try again in an hour" in refused.text
