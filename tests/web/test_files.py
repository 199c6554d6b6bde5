"""Every address of a file: to whom it answers, what it says of the file, and which part it gives."""

import re

import pytest
import requests

from tests.cast import cast
from tests.fixtures.pictures import FORMATS, HTML, SVG, hostile, moving, noted, picture

SEALED = "sandbox; default-src 'none'"
CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)


@pytest.fixture(scope="module")
def play(server):
    """Ann has sent bob a text and a picture; cid is outside."""
    ann, bob, cid = cast(server.url)
    text = upload(ann, "notes ü.bin", CONTENT)
    photo = upload(ann, "holiday.jpg", noted("JPEG", (900, 600)))
    send(ann, bob, text, photo)
    return ann, bob, cid, text, photo


def upload(person, name, content):
    """A file ahead of its message, as JSON describes it."""
    answer = person.session.post(
        person.base + "/upload", files={"files": (name, content)}, headers=person.identity(), timeout=10
    )
    assert answer.status_code == 201, answer.text
    return answer.json()[0]


def send(sender, other, *files, text=""):
    """A message with files that went up before, sent by the page's form."""
    form = [("text", text), *(("attachments", str(file["id"])) for file in files)]
    headers = {**sender.identity(), "HX-Request": "true", "Accept": "text/html"}
    answer = sender.session.post(f"{sender.base}/dialog/{other.login}", data=form, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text
    return int(re.search(r'id="message-(\d+)"', answer.text)[1])


def fetch(person, path, method="GET", **headers):
    return person.session.request(
        method, person.base + path, headers={**person.identity(), **headers}, allow_redirects=False, timeout=10
    )


def test_a_file_comes_back_whole_with_the_servers_own_word_on_what_it_is(play):
    _, bob, _, text, photo = play
    answer = fetch(bob, text["url"])
    assert answer.content == CONTENT
    headers = answer.headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Length"] == str(SIZE)
    assert headers["Content-Disposition"] == "attachment; filename=\"notes _.bin\"; filename*=UTF-8''notes%20%C3%BC.bin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == SEALED
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Accept-Ranges"] == "bytes"
    shown = fetch(bob, photo["url"])
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Disposition"] == 'inline; filename="holiday.jpg"'
    assert fetch(bob, photo["url"] + "?download=1").headers["Content-Disposition"].startswith("attachment")
    small = fetch(bob, photo["thumbnail"])
    assert small.headers["Content-Type"] == "image/webp"
    assert small.headers["Content-Security-Policy"] == SEALED
    assert len(small.content) < len(shown.content)


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, SIZE),
        ("bytes=-7", 206, SIZE - 7, SIZE),
        (f"bytes=-{SIZE + 5}", 206, 0, SIZE),
        (f"bytes={SIZE - 1}-{SIZE + 99}", 206, SIZE - 1, SIZE),
        (f"bytes={SIZE}-", 416, 0, 0),
        ("bytes=99999999999999999999-", 416, 0, 0),
        ("bytes=0-1,5-9", 200, 0, SIZE),
        ("bytes=5-2", 200, 0, SIZE),
        ("bytes=x-y", 200, 0, SIZE),
        ("lines=0-1", 200, 0, SIZE),
        ("bytes=", 200, 0, SIZE),
        ("bytes=--5", 200, 0, SIZE),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_range_is_given_and_nonsense_means_the_whole(play, method, asked, status, start, stop):
    _, bob, _, text, _ = play
    answer = fetch(bob, text["url"], method, Range=asked)
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
        return
    assert answer.headers["Content-Length"] == str(stop - start)
    assert answer.content == (CONTENT[start:stop] if method == "GET" else b"")
    assert answer.headers.get("Content-Range") == (f"bytes {start}-{stop - 1}/{SIZE}" if status == 206 else None)


def test_who_has_it_already_is_told_so(play):
    _, bob, _, text, _ = play
    mark = fetch(bob, text["url"]).headers["ETag"]
    for given in (mark, f"W/{mark}", f'"other", {mark}', "*"):
        known = fetch(bob, text["url"], **{"If-None-Match": given})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", mark)
    assert fetch(bob, text["url"], **{"If-None-Match": '"other"'}).status_code == 200
    for given, status in (
        (mark, 206),
        ('"other"', 200),
        (f"W/{mark}", 200),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 200),
        ("nonsense", 200),
    ):
        assert fetch(bob, text["url"], Range="bytes=0-4", **{"If-Range": given}).status_code == status, given


@pytest.mark.security("strangers")
def test_who_may_not_read_the_chat_gets_nothing_from_any_address(play):
    """Answered like an id that nobody has: no address tells that the file exists."""
    _, bob, cid, text, photo = play
    signed = signed_path(play)
    addresses = [
        text["url"], f"/file/{text['id']}", f"/attachment/{text['id']}", f"/file/{text['id']}/other name",
        f"/file/{text['id']}?download=1", photo["url"], photo["thumbnail"], f"/attachment/{photo['id']}/thumbnail",
        signed.partition("?")[0],
    ]  # fmt: skip
    for address in addresses:
        assert fetch(bob, address).status_code == 200, address
        refused = fetch(cid, address)
        unknown = fetch(cid, re.sub(r"\d+", "99999999", address))
        assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content), address
        assert refused.status_code == 404
        assert fetch(cid, address, Range="bytes=0-1").status_code == 404
        assert fetch(cid, address, "HEAD").status_code == 404
        assert fetch(cid.stranger(), address).status_code == 401, address
    assert fetch(cid, f"/upload/{text['id']}", "DELETE").status_code == 404
    assert fetch(bob, text["url"]).content == CONTENT


def signed_path(play):
    """The address that netrox gives out for the picture."""
    ann, bob, *_ = play
    said = ann.get(f"/chat/messages/{bob.uid}/").body["entity"]["messages"]
    return next(m["attached_file"] for m in said if m["attached_file"])


def test_a_signed_link_opens_without_a_token_until_it_is_touched(play):
    nobody = play[0].stranger()
    path = signed_path(play)
    answer = fetch(nobody, path)
    assert answer.content == CONTENT
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Security-Policy"] == SEALED
    assert fetch(nobody, path, Range="bytes=0-9").content == CONTENT[:10]
    for wrong in (path[:-1], path.replace("expires=", "expires=9"), path + "&signature=x", path.partition("&")[0]):
        if wrong != path + "&signature=x":
            assert fetch(nobody, wrong).status_code in (401, 404), wrong
    bare = path.partition("?")[0]
    assert fetch(nobody, bare).status_code == 401
    for lost in ("/mediafiles/", "/mediafiles/x", "/mediafiles/../app.py", "/mediafiles/%2e%2e/%2e%2e/messenger.db"):
        assert fetch(nobody, lost).status_code in (401, 404)
        assert fetch(play[1], lost).status_code == 404


def test_a_file_is_its_owners_alone_until_it_is_sent_and_can_be_given_up(play):
    ann, bob, *_ = play
    mine = upload(ann, "draft.txt", b"not yet")
    assert fetch(ann, mine["url"]).content == b"not yet"
    assert fetch(bob, mine["url"]).status_code == 404
    assert fetch(bob, f"/upload/{mine['id']}", "DELETE").status_code == 404
    assert fetch(ann, f"/upload/{mine['id']}", "DELETE").status_code == 204
    assert fetch(ann, mine["url"]).status_code == 404


def test_a_deleted_message_takes_its_files_from_every_address_at_once(play):
    ann, bob, *_ = play
    photo = upload(ann, "gone.jpg", picture("JPEG", (900, 700)))
    message_id = send(ann, bob, photo)
    assert fetch(bob, photo["thumbnail"]).status_code == 200
    assert ann.delete(f"/message/{message_id}").status == 200
    for address in (photo["url"], photo["thumbnail"]):
        assert fetch(bob, address).status_code == 404
        assert fetch(ann, address).status_code == 404


@pytest.mark.security("files")
@pytest.mark.parametrize("name", hostile())
def test_a_hostile_file_is_never_handed_out_as_something_that_runs(play, name):
    ann = play[0]
    answer = ann.session.post(
        ann.base + "/upload", files={"files": (name, hostile()[name], "text/html")}, headers=ann.identity(), timeout=10
    )
    assert answer.status_code == 201, answer.text
    given = fetch(ann, answer.json()[0]["url"])
    assert given.status_code == 200
    assert given.headers["Content-Security-Policy"] == SEALED
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    kind, how = given.headers["Content-Type"], given.headers["Content-Disposition"].partition(";")[0]
    assert how == "attachment" or kind.partition("/")[0] in ("image", "audio", "video")
    assert not re.search("html|xml|svg|script|css", kind)
    assert "text" not in kind or how == "attachment"
    if kind.startswith("image"):
        assert b"EXECUTED" not in given.content
    else:
        assert given.content == hostile()[name]


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_is_described_so_that_the_page_can_reserve_its_place(play, form):
    said = upload(play[0], f"a.{form}", noted(form, (900, 600), 6))
    assert (said["width"], said["height"]) == ((900, 600) if form == "GIF" else (600, 900))
    assert said["type"] == f"image/{form.lower()}"
    assert fetch(play[0], said["thumbnail"]).status_code == 200


def test_a_picture_that_moves_and_a_file_that_is_none_have_no_small_one(play):
    moves = upload(play[0], "moving.gif", moving())
    assert moves["thumbnail"] is None
    assert fetch(play[0], f"/file/{moves['id']}/thumbnail").headers["Content-Type"] == "image/gif"
    text = upload(play[0], "a.txt", b"words")
    assert fetch(play[0], f"/file/{text['id']}/thumbnail").status_code == 404


def test_bytes_may_come_without_a_form(play):
    ann = play[0]
    answer = ann.post("/upload?name=..%2Fbare%20bytes.bin", CONTENT)
    assert answer.status == 201
    assert answer.body[0]["name"] == "bare bytes.bin"
    assert fetch(ann, answer.body[0]["url"]).content == CONTENT
    assert ann.post("/upload?name=x", b"").status == 400
    assert ann.post("/upload", b"x").body[0]["name"] == "file"


def test_a_form_that_is_none_is_refused_in_plain_words(play):
    ann = play[0]
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nhalf'
    for kind, body in (
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b"no form at all"),
        ("multipart/form-data; boundary=x", part),
        ("multipart/form-data; boundary=x", part.replace(b"half", b"") + b"\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nX: \xff\r\n\r\nhalf\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nnameless\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--x"),
    ):
        answer = ann.post("/upload", body, headers={"Content-Type": kind})
        assert answer.status == 400, (kind[:60], body[:80], answer)


def test_a_form_is_bounded_in_every_direction(play):
    ann = play[0]
    for fields in ({"text": "x" * 70_000}, {f"f{n}": "x" for n in range(150)}):
        answer = ann.session.post(
            ann.base + "/upload", data=fields, files={"files": ("a", b"x")}, headers=ann.identity(), timeout=10
        )
        assert answer.status_code == 413
    many = [("files", (f"{n}.txt", b"x")) for n in range(21)]
    answer = ann.session.post(ann.base + "/upload", files=many, headers=ann.identity(), timeout=10)
    assert answer.status_code == 400
    answer = ann.session.post(ann.base + "/upload", files=many[:20], headers=ann.identity(), timeout=10)
    assert [file["name"] for file in answer.json()] == [f"{n}.txt" for n in range(20)]


def test_a_page_sends_text_and_files_by_a_plain_form(play):
    ann, bob, *_ = play
    files = [("files", ("one.txt", b"1")), ("files", ("two.txt", b"2")), ("files", ("", b""))]
    answer = ann.session.post(
        f"{ann.base}/dialog/{bob.login}",
        data={"text": "two files"},
        files=files,
        headers={**ann.identity(), "Accept": "text/html"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 303, answer.text
    page = bob.session.get(
        f"{bob.base}/dialog/{ann.login}", headers={**bob.identity(), "Accept": "text/html"}, timeout=10
    ).text
    assert page.count("one.txt") >= 1
    assert page.count("two.txt") >= 1


def test_a_form_with_files_that_is_sent_again_is_one_message(play):
    """The answer was lost, so the browser sends everything once more: other uploads, the same bytes."""
    ann, bob, *_ = play
    headers = {**ann.identity(), "Accept": "text/html", "HX-Request": "true"}

    def say(content, client_id="once"):
        files = {"files": ("a.txt", content)}
        return ann.session.post(
            f"{ann.base}/dialog/{bob.login}",
            data={"text": "again", "client_id": client_id},
            files=files,
            headers=headers,
            timeout=10,
        )

    answers = [say(b"the same") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({re.search(r'id="message-(\d+)"', answer.text)[1] for answer in answers}) == 1
    assert say(b"another").status_code == 409


@pytest.mark.security("forgery")
def test_a_form_of_another_site_uploads_nothing(play, server):
    ann = play[0]
    browser = requests.Session()
    browser.trust_env = False
    browser.cookies.set("sessionToken", ann.token)
    form = {"files": ("a.txt", b"x")}
    for path in ("/upload", "/avatar", f"/dialog/{play[1].login}"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
            answer = browser.post(server.url + path, files=form, headers=headers, timeout=10, allow_redirects=False)
            assert answer.status_code == 403, (path, headers)
    assert (
        browser.post(server.url + "/upload", files=form, headers={"Origin": server.url}, timeout=10).status_code == 201
    )


def test_a_face_is_shown_to_people_of_this_server(play):
    ann, bob, *_ = play
    assert fetch(bob, f"/avatar/{ann.uid}").status_code == 404
    headers = {**ann.identity(), "Accept": "text/html"}
    for name, content, status in (
        ("me.txt", b"no face", 400),
        ("me.svg", SVG, 400),
        ("me.html", HTML, 400),
        ("me.jpg", noted(), 303),
    ):
        answer = ann.session.post(
            ann.base + "/avatar", files={"picture": (name, content)}, headers=headers, timeout=10, allow_redirects=False
        )
        assert answer.status_code == status, (name, answer.text)
    face = fetch(bob, f"/avatar/{ann.uid}")
    assert face.headers["Content-Type"] == "image/webp"
    assert face.headers["Content-Security-Policy"] == SEALED
    assert fetch(bob.stranger(), f"/avatar/{ann.uid}").status_code == 401
    assert fetch(bob, f"/avatar/{ann.uid}", **{"If-None-Match": face.headers["ETag"]}).status_code == 304
    ann.session.post(ann.base + "/avatar", data={"remove": "1"}, headers=headers, timeout=10)
    assert fetch(bob, f"/avatar/{ann.uid}").status_code == 404
