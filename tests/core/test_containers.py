"""How long recordings and films play, by their headers; and that no bytes at all can hurt whoever reads them."""

import random

import pytest

from messenger.core import containers, file_types
from messenger.core.containers import Played
from tests.core.files import files_world, place, send_file
from tests.fixtures.recordings import mp3, mp4, ogg, webm

__all__ = ["files_world", "place"]

EXAMPLES = [
    (mp4(12), "video/mp4", Played(12.0, 640, 360)),
    (mp4(12, is_turned=True), "video/mp4", Played(12.0, 360, 640)),
    (mp4(4.5, (0, 0), is_live=True), "audio/mp4", Played(4.5)),
    (webm(7.5), "audio/webm", Played(7.5)),
    (webm(7.5, (320, 240)), "video/webm", Played(7.5, 320, 240)),
    (webm(7.5, knows_length=False), "audio/webm", Played(7.5)),
    (ogg(3), "audio/ogg", Played(3.0)),
    (mp3(100), "audio/mpeg", Played(2.612)),
    (mp3(5000, is_counted=True), "audio/mpeg", Played(130.612)),
]


@pytest.fixture
def measured(tmp_path):
    """measured(bytes, kind) → what is known of them."""

    def read(content, kind):
        path = tmp_path / "recording"
        path.write_bytes(content)
        return containers.measured(path, kind)

    return read


@pytest.mark.parametrize(("content", "form", "known"), EXAMPLES)
def test_the_headers_say_how_long_it_plays_and_how_large_it_is(measured, content, form, known):
    assert file_types.of(content[: file_types.HEAD]) == form
    assert measured(content, form) == known


def test_what_nobody_would_believe_is_unknown(measured):
    assert measured(mp4(8 * 24 * 3600), "video/mp4").seconds is None
    assert measured(mp4(12, (30_000, 10)), "video/mp4") == Played(12.0)
    assert measured(webm(float("nan")), "audio/webm").seconds is None


def test_no_bytes_hurt_who_reads_them(measured):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for content, kind, _ in EXAMPLES:
        for _ in range(60):
            broken = bytearray(content[: chance.randrange(12, len(content))])
            for _ in range(chance.randrange(12)):
                broken[chance.randrange(min(len(broken), 300))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
            known = measured(bytes(broken), kind)
            assert known.seconds is None or 0 < known.seconds <= 7 * 24 * 3600


def test_a_message_knows_how_long_its_recording_plays(files_world):
    ann, bob = files_world.person("ann"), files_world.person("bob")
    message, _ = send_file(files_world, ann, files_world.dialog(ann, bob), content=webm(7.5), name="voice.webm")
    assert [(file.type, file.seconds, file.width) for file in message.attachments] == [("audio/webm", 7.5, None)]
