"""Pictures keep their pixels and lose what their camera noted down; bombs are seen in the header."""

import io
import random
import time

import pytest
from PIL import Image

from messenger.core import file_types, metadata, pictures
from messenger.core.refusals import Invalid, TooLarge
from tests.fixtures.pictures import FORMATS, SECRET, bomb, hostile, moving, noted, picture, png_of

SEED = 20_261_121


def received(tmp_path, content):
    """The picture, its bytes afterwards, its thumbnail."""
    path, small = tmp_path / "picture", tmp_path / "small"
    path.write_bytes(content)
    found = pictures.receive(path, file_types.picture(content) or "image/png", small)
    return found, path.read_bytes(), small


def pixels(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("form", FORMATS)
def test_no_note_of_the_camera_is_left(tmp_path, form):
    before = noted(form)
    assert SECRET.encode() in before
    found, after, _ = received(tmp_path, before)
    assert SECRET.encode() not in after
    with Image.open(io.BytesIO(after)) as image:
        assert not image.getexif().get_ifd(0x8825)
        assert not set(image.getexif()) - {pictures.ORIENTATION}
        assert not {"comment", "xmp", "Comment", "Zipped"} & set(image.info)
    assert pixels(after) == pixels(before)
    assert found.kind == pictures.PICTURES[form]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_stays_turned_and_says_how_it_is_seen(tmp_path, form, orientation):
    found, after, small = received(tmp_path, noted(form, (900, 600), orientation))
    is_turned = orientation >= 5
    assert (found.width, found.height) == ((600, 900) if is_turned else (900, 600))
    with Image.open(io.BytesIO(after)) as image, Image.open(small) as thumbnail:
        assert image.getexif().get(pictures.ORIENTATION, 1) == orientation
        assert (thumbnail.height > thumbnail.width) == is_turned
        assert max(thumbnail.size) == pictures.THUMBNAIL
        assert not thumbnail.getexif()


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"),
                       ("PNG", "I;16"), ("WEBP", "RGBA"), ("GIF", "P")],
)  # fmt: skip
def test_every_kind_of_pixel_gets_a_small_picture(tmp_path, form, mode):
    image = Image.effect_noise((900, 500), 60)
    target = io.BytesIO()
    (image.convert("RGB").convert(mode) if mode != "I;16" else image.convert("I").convert("I;16")).save(target, form)
    found, after, small = received(tmp_path, target.getvalue())
    assert found.has_thumbnail
    with Image.open(small) as thumbnail:
        assert thumbnail.format == "WEBP"
    with Image.open(io.BytesIO(after)) as whole:
        whole.load()


def test_colours_of_a_phone_stay(tmp_path):
    profile = b"\0\0\2\x0cappl" + bytes(500)
    _, after, small = received(tmp_path, picture("JPEG", icc_profile=profile))
    with Image.open(io.BytesIO(after)) as image, Image.open(small) as thumbnail:
        assert image.info["icc_profile"] == profile
        assert thumbnail.info["icc_profile"] == profile


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving(tmp_path, form):
    found, after, _ = received(tmp_path, moving(form))
    assert not found.has_thumbnail
    with Image.open(io.BytesIO(after)) as image:
        assert image.n_frames == 4
        for frame in range(4):
            image.seek(frame)
            image.load()


def test_a_small_picture_is_its_own_thumbnail(tmp_path):
    found, _, small = received(tmp_path, picture("PNG", (40, 30)))
    assert not found.has_thumbnail
    assert not small.exists()


@pytest.mark.parametrize("content", [bomb(), png_of(65_535, 65_535), png_of(2**31 - 1, 1), png_of(5_001, 4_000)])
def test_a_bomb_is_refused_from_its_header(tmp_path, content):
    began = time.process_time()
    with pytest.raises((TooLarge, pictures.Broken)):
        received(tmp_path, content)
    assert time.process_time() - began < 0.5
    (tmp_path / "picture").write_bytes(content)
    with pytest.raises((TooLarge, Invalid)):
        pictures.avatar(tmp_path / "picture", tmp_path / "square")


def test_a_frame_bigger_than_its_picture_is_refused(tmp_path):
    gif = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\1\0;"
    with pytest.raises((TooLarge, pictures.Broken)):
        received(tmp_path, gif)


def test_twenty_million_pixels_are_taken(tmp_path):
    found, _, _ = received(tmp_path, picture("JPEG", (5_000, 4_000), "L", quality=30))
    assert (found.width, found.height) == (5_000, 4_000)


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_file_is_a_clean_picture_or_none(tmp_path, name):
    try:
        _, after, _ = received(tmp_path, hostile()[name])
    except pictures.Broken:
        return
    assert b"EXECUTED" not in after


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_in_a_million_pieces_costs_nothing(tmp_path, form):
    piece, at = {
        "JPEG": (b"\xff\xfe\0\x02", 2),
        "PNG": (b"\0\0\0\0tEXt\xf1\xa4\x60\x3d", 33),
        "WEBP": (b"EXIF\0\0\0\0", 12),
        "GIF": (b"\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0", 13 + 768),
    }[form]
    content = picture(form, (30, 30))
    content = content[:at] + piece * 1_000_000 + content[at:]
    if form == "WEBP":
        content = content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:]
    began = time.process_time()
    with pytest.raises(pictures.Broken):
        received(tmp_path, content)
    assert time.process_time() - began < 2


def test_broken_bytes_raise_nothing_but_what_is_said(tmp_path):
    dice = random.Random(SEED)
    originals = [noted(form, (90, 70), 6) for form in FORMATS]
    path, small = tmp_path / "picture", tmp_path / "small"
    for _ in range(300):
        content = bytearray(dice.choice(originals))
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content[: dice.randint(1, len(content))] if dice.random() < 0.5 else content)
        try:
            pictures.receive(path, file_types.picture(bytes(content)) or "image/png", small)
        except (TooLarge, pictures.Broken):
            continue
        with Image.open(path) as image:
            image.load()


def test_what_is_not_built_as_it_should_be_is_left_alone(tmp_path):
    path = tmp_path / "picture"
    for form in FORMATS:
        content = picture(form, (50, 40))[:-20]
        path.write_bytes(content)
        if form != "WEBP":
            with pytest.raises(ValueError, match=r"cut|early|end|marker|block"):
                metadata.remove(path, pictures.PICTURES[form])
            assert path.read_bytes() == content
        assert [file.name for file in tmp_path.iterdir()] == ["picture"]


def test_an_avatar_is_a_square_without_notes(tmp_path):
    path, square = tmp_path / "picture", tmp_path / "square"
    path.write_bytes(noted("JPEG", (900, 500), 6))
    pictures.avatar(path, square)
    with Image.open(square) as image:
        assert image.size == (pictures.AVATAR, pictures.AVATAR)
        assert image.format == "WEBP"
    assert SECRET.encode() not in square.read_bytes()
    path.write_bytes(b"no picture")
    with pytest.raises(Invalid):
        pictures.avatar(path, square)
