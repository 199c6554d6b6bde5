"""Pictures: what the header says, whether they open, the small one for the page. Runs beside the event loop."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from gevent.monkey import get_original

from messenger.core import drawing, metadata
from messenger.core.drawing import MOST_PIXELS
from messenger.core.file_types import PICTURES
from messenger.core.refusals import Invalid, TooLarge

if TYPE_CHECKING:
    from PIL.Image import Image

THUMBNAIL = 640
AVATAR = 512
# From so many pixels on a process of its own draws it.
LARGE = 1_000_000
# A picture that is small already, or moves, is shown as it is.
SMALL = 64 * 1024
MOVING = 2 * 1024 * 1024
TURNED = {5, 6, 7, 8}
ORIENTATION = 0x0112

# gevent's own wants to hear of every child in its loop; we wait in a thread beside it.
spawn = get_original("os", "posix_spawn")


class Picture(msgspec.Struct, frozen=True):
    """What is known about a picture; width and height as it is seen, turned the way its camera was held."""

    kind: str
    width: int
    height: int
    has_thumbnail: bool


class Broken(Exception):
    """It begins like a picture, but does not open as one."""


def receive(path: Path, kind: str, thumbnail: Path) -> Picture:
    """Look at an uploaded picture, take out what its camera noted down, draw the small one. Broken, TooLarge."""
    try:
        metadata.check(path, kind)
        return _receive(path, thumbnail)
    except TooLarge:
        raise
    except Exception as error:
        if isinstance(error, drawing.pillow().DecompressionBombError):
            raise _too_big() from None
        # The decoders raise whatever comes to their mind on a hostile file.
        raise Broken from error


def avatar(path: Path, target: Path) -> None:
    """The middle of a picture as a square. Invalid when it is no picture."""
    try:
        with _opened(path) as image:
            pixels = image.width * image.height
        _draw("square", AVATAR, path, target, pixels)
    except TooLarge:
        raise
    except Exception:
        raise Invalid("This is not a picture that can be shown: PNG, JPEG, GIF or WebP.", field="picture") from None


def _receive(path: Path, thumbnail: Path) -> Picture:
    with _opened(path) as image:
        kind = PICTURES[image.format or ""]
        orientation = image.getexif().get(ORIENTATION, 1)
        pixels = image.width * image.height
        width, height = image.size[::-1] if orientation in TURNED else image.size
        has_thumbnail = _needs_thumbnail(path, image)
    # Also where none is needed: a picture that cannot be drawn is none.
    _draw("small", THUMBNAIL, path, thumbnail, pixels)
    if not has_thumbnail:
        thumbnail.unlink()
    metadata.remove(path, kind, orientation)
    return Picture(kind, width, height, has_thumbnail)


def _opened(path: Path) -> "Image":
    """The picture with only its header read, refused when it would be too big in memory."""
    image: Image = drawing.pillow().open(path, formats=drawing.FORMATS)
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise _too_big()
    return image


def _too_big() -> TooLarge:
    return TooLarge("A picture may have %(limit)s million pixels.", field="file", limit=MOST_PIXELS // 1_000_000)


def _needs_thumbnail(path: Path, image: "Image") -> bool:
    size = path.stat().st_size
    if getattr(image, "is_animated", False):
        return size > MOVING
    return max(image.size) > THUMBNAIL or size > SMALL


def _draw(how: str, side: int, source: Path, target: Path, pixels: int) -> None:
    draw = _draw_apart if pixels > LARGE else drawing.draw
    draw(how, side, source, target)


def _draw_apart(how: str, side: int, source: Path, target: Path) -> None:
    """By a process of its own. WebP's decoder would hold our interpreter's lock for a third of a second, and a decoder
    that dies takes nobody along.
    """
    words = [sys.executable, "-I", drawing.__file__, how, str(side), str(source), str(target)]
    child = spawn(sys.executable, words, {})
    # The loop may have looked after it before us: what counts is whether the picture is there.
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, child, os.WEXITED)
    if not target.exists():
        raise Broken
