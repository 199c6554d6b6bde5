"""Both storages keep the same word: whole or not at all, parts on request, and nothing outside their place."""

import hashlib
import os

import pytest
import requests

from messenger.core.storage import Missing, open_storage
from messenger.core.storage.place import place
from tests.fixtures.buckets import at_once

KEY = "attachments/2026/14/17/4908f104-b77b-4677-b563-b693a893fef3.jpg"


def keep(storage, content, key=KEY):
    draft = storage.draft()
    draft.write_bytes(content)
    storage.keep(draft, key, "image/jpeg")
    assert not draft.exists()


def whole(storage, *part):
    return b"".join(storage.read(KEY, *part))


def test_what_is_kept_comes_back(storage):
    content = os.urandom(300_000)
    keep(storage, content)
    assert whole(storage) == content
    assert storage.size(KEY) == len(content)
    assert max(map(len, storage.read(KEY))) <= 64 * 1024
    assert [(entry.key, entry.size) for entry in storage.entries()] == [(KEY, len(content))]


@pytest.mark.parametrize("part", [(0, 1), (5, 10), (0, 1000), (999, 1000), (990, None), (0, 0), (7, 3), (500, 2000)])
def test_a_part_is_that_part(storage, part):
    content = os.urandom(1000)
    keep(storage, content)
    assert whole(storage, *part) == content[slice(*part)]


def test_a_large_file_goes_in_parts(storage):
    content = os.urandom(1024) * 9_000
    keep(storage, content)
    assert hashlib.sha256(whole(storage)).digest() == hashlib.sha256(content).digest()


def test_what_is_not_there_is_missing(storage):
    keep(storage, b"x")
    storage.drop(KEY)
    storage.drop(KEY)
    for ask in (lambda: storage.size(KEY), lambda: storage.read(KEY), lambda: storage.read(KEY, 1, 5)):
        with pytest.raises(Missing):
            ask()
    assert list(storage.entries()) == []


def test_a_storage_that_can_keep_passes_its_check(storage):
    storage.check()
    assert list(storage.entries()) == []


def test_one_that_cannot_fails_it(tmp_path, s3):
    (tmp_path / "file").write_text("no folder")
    for url, words in (
        (str(tmp_path / "file"), "Not a dir"),
        (f"s3://key:secret@{s3}/nowhere?tls=off", "NoSuchBucket"),
    ):
        with pytest.raises(Exception, match=words):
            open_storage(url, tmp_path / "desk", at_once).check()


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/passwd", "a//b", ".hidden", "a/.b", "a\0b", ""])
def test_no_key_leads_out_of_the_folder(tmp_path, key):
    storage = open_storage(str(tmp_path / "files"), tmp_path, at_once)
    (tmp_path / "outside").write_text("secret")
    for deed in (storage.read, storage.size, storage.drop):
        with pytest.raises(Missing):
            deed(key)
    assert (tmp_path / "outside").exists()


def test_old_drafts_are_swept_and_young_ones_not(storage):
    old, young = storage.draft(), storage.draft()
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (1, 1))
    assert storage.sweep_desk(3600) == 1
    assert not old.exists()
    assert young.exists()


def test_a_bucket_gives_links_that_open_by_themselves(bucket, tmp_path):
    storage = open_storage(bucket, tmp_path, at_once)
    keep(storage, b"content")
    link = storage.link(KEY, "text/plain", 'attachment; filename="a.txt"')
    answer = requests.get(link, timeout=5)
    assert answer.content == b"content"
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.txt"'
    assert "X-Amz-Expires=300" in link
    assert open_storage(f"{bucket}&links=off", tmp_path, print).link(KEY, "text/plain", "inline") is None


@pytest.mark.parametrize(
    ("url", "bucket", "prefix", "endpoint", "access", "secret"),
    [
        ("s3://key:s%2Fecret@host:9000/bucket?tls=off", "bucket", "", "http://host:9000", "key", "s/ecret"),
        ("s3://key:secret@host/bucket/a/b/", "bucket", "a/b/", "https://host", "key", "secret"),
        ("s3://bucket", "bucket", "", None, None, None),
    ],
)
def test_an_address_says_where_the_bucket_is(url, bucket, prefix, endpoint, access, secret):
    found = place(url)
    assert (found.bucket, found.prefix, found.endpoint) == (bucket, prefix, endpoint)
    assert (found.access, found.secret) == (access, secret)
