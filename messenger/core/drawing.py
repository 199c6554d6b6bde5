"""Draws a small picture of a large one. Imports nothing of ours, because large ones are drawn by a process of its own:
`python drawing.py small|square SIDE SOURCE TARGET`. The target appears when it is whole, or never.
"""

import os
import resource
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MOST_PIXELS = 20_000_000
MOST_PROFILE = 4096
# What a process of its own may use before it is ended.
MOST_SECONDS = 30
MOST_MEMORY = 1024 * 1024 * 1024


@cache
def pillow() -> Any:
    """Pillow with our bounds, loaded for the first picture."""
    from PIL import Image

    # It warns above this and refuses above twice as much, also for a frame that is bigger than its picture.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    return Image


def small(image: "Image", side: int) -> "Image":
    """The whole picture, neither side longer than this."""
    turned = _upright(image, side)
    turned.thumbnail((side, side), pillow().Resampling.LANCZOS, reducing_gap=2.0)
    return turned


def square(image: "Image", side: int) -> "Image":
    """The middle of the picture."""
    from PIL import ImageOps

    return ImageOps.fit(_upright(image, side), (side, side), pillow().Resampling.LANCZOS)


def draw(how: str, side: int, source: Path, target: Path) -> None:
    """Whatever the decoders raise on a hostile file comes out of this."""
    with pillow().open(source, formats=FORMATS) as image:
        drawn = square(image, side) if how == "square" else small(image, side)
    # Of all that the original said of itself only its colours stay.
    profile = drawn.info.get("icc_profile") or b""
    drawn.info.clear()
    draft = target.with_name(f"{target.name}.part")
    drawn.save(draft, "WEBP", quality=80, method=2, icc_profile=profile if len(profile) <= MOST_PROFILE else b"")
    draft.replace(target)


def _upright(image: "Image", side: int) -> "Image":
    from PIL import ImageOps

    # A JPEG is decoded at an eighth of its size where that is enough: 20 million pixels in 60 ms.
    image.draft("RGB", (side, side))
    return _plain(ImageOps.exif_transpose(image))


def _plain(image: "Image") -> "Image":
    """Three or four channels of eight bits, whatever it came with."""
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if has_alpha else "RGB"
    if image.mode == mode:
        return image
    if image.mode not in ("RGB", "RGBA", "P"):
        image.info.pop("icc_profile", None)
    return image.convert(mode)


def _alone(how: str, side: str, source: str, target: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    os.nice(5)
    # What goes wrong is said by the target that does not appear.
    try:
        draw(how, int(side), Path(source), Path(target))
    except Exception:
        sys.exit(1)


if __name__ == "__main__":
    _alone(*sys.argv[1:])
