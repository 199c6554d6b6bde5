"""What a file is called, and what it is by its bytes."""

import pytest

from messenger.core import file_names, file_types
from messenger.core.attachments import size_words
from tests.fixtures.pictures import HTML, PDF, SVG, hostile

OFFICE = "application/vnd.openxmlformats-officedocument"
MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\photo.jpg", "photo.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\0b\r\nSet-Cookie: x=1\r\n.png", "ab Set-Cookie: x=1 .png"),
        ("\ud800x.png", "x.png"),
        ("x\u2066\u2069\u200by.txt", "xy.txt"),
        ("", "file"),
        ("...", "file"),
        ("/", "file"),
        (None, "file"),
        (7, "file"),
        (".htaccess", "htaccess"),
        ("naïve café 日本 🎉.png", "naïve café 日本 🎉.png"),
        ("a" * 5000 + ".jpeg", "a" * 175 + ".jpeg"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_is_shown_without_tricks(given, shown):
    assert file_names.shown(given) == shown


def test_a_key_says_nothing_of_the_name_but_its_ending():
    keys = {file_names.fresh_key("../my secret.PNG") for _ in range(100)}
    assert len(keys) == 100
    assert all(key.endswith(".png") and "secret" not in key and ".." not in key for key in keys)
    assert file_names.fresh_key("x.p/../h").endswith(".bin")
    assert file_names.thumbnail_key("attachments/2026/1/2/u.jpg") == "attachments/2026/1/2/u-thumbnail.webp"


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        (b"\0\0\0\x18ftypmp42\0\0\0\0" + b"....hdlr....vide", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
        (b"\0\0\0\x18ftypiso5\0\0\0\0....hdlr....soun", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm...V_VP9...A_OPUS", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm...A_OPUS", "audio/webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
        (b"OggS\0\2" + bytes(22) + b"\x01vorbis", "audio/ogg"),
        (b"OggS\0\2" + bytes(22) + b"\x80theora", "video/ogg"),
        (b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
        (MP3, "audio/mpeg"),
        (b"\xff\xfb\x90\x00" + bytes(500), "application/octet-stream"),
        (PDF, "application/pdf"),
        (b"PK\x03\x04" + bytes(26) + b"notes.txt", "application/zip"),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml", f"{OFFICE}.wordprocessingml.document"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "application/x-gzip"),
        (b"MZ\x90\0" + bytes(200), "application/octet-stream"),
        (b'{"a": 1}', "text/plain"),
        (b"plain words, caf\xc3\xa9", "text/plain"),
        (b"x" * (file_types.HEAD - 1) + b"\xc3", "text/plain"),
        (b"\0\1\2\3", "application/octet-stream"),
    ],
)
def test_a_type_is_told_by_the_bytes(head, verdict):
    assert file_types.of(head) == verdict


def test_nothing_that_could_run_has_a_type_that_would():
    assert file_types.of(HTML) == file_types.of(SVG) == "text/plain"
    for name, content in hostile().items():
        kind = file_types.of(content)
        assert not any(word in kind for word in file_types.ACTIVE), (name, kind)
        assert kind not in file_types.PICTURES.values(), (name, kind)


@pytest.mark.parametrize(
    ("size", "words"),
    [(None, "0kb"), (0, "0kb"), (88_812, "86.73KB"), (1024 * 1024, "1024.00KB"), (2_516_582, "2.40MB")],
)
def test_netrox_reads_sizes_in_its_own_words(size, words):
    assert size_words(size) == words
