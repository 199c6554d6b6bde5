"""Pictures for the demo, drawn on the spot: no file of ours travels with the server for it."""

import colorsys
import io
import math

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 800)
Colour = tuple[int, int, int]


def face(hue: int) -> bytes:
    """Head and shoulders before a soft ground, in clothes of its hue."""
    image = _ground((256, 256), _shade(hue, 0.35, 0.95), _shade(hue, 0.5, 0.75))
    pen = ImageDraw.Draw(image)
    pen.ellipse((78, 52, 178, 152), fill=_shade(25, 0.3 + hue / 900, 0.98 - hue / 700))
    pen.ellipse((36, 162, 220, 340), fill=_shade(hue, 0.6, 0.45))
    return _bytes(image, "PNG")


def harbour(hour: float) -> bytes:
    """The harbour: 0 is noon, 1 the last light."""
    warm = round(40 - 25 * hour)
    image = _ground(SIZE, _shade(210 + 40 * hour, 0.45, 0.95 - 0.35 * hour), _shade(warm, 0.55, 0.98))
    pen = ImageDraw.Draw(image)
    x, y = 820, 200 + 260 * hour
    pen.ellipse((x - 60, y - 60, x + 60, y + 60), fill=_shade(warm + 8, 0.35, 1))
    image = image.filter(ImageFilter.GaussianBlur(1.5))
    pen = ImageDraw.Draw(image)
    for row in range(500, 800, 12):
        depth = (row - 500) / 300
        wave = [(i, row + 5 * math.sin(i / (30 + 60 * depth) + row)) for i in range(0, 1221, 20)]
        pen.polygon([*wave, (1220, 800), (0, 800)], fill=_shade(205 + 15 * hour, 0.5, 0.7 - 0.35 * depth - 0.15 * hour))
    for left, size in ((240, 1.0), (560, 0.55), (960, 0.7)):
        _boat(pen, left, 610 - 90 * (1 - size), size)
    return _bytes(image, "JPEG")


def hills() -> bytes:
    """Five rows of hills in the morning."""
    image = _ground(SIZE, _shade(205, 0.25, 0.97), _shade(28, 0.25, 0.99))
    pen = ImageDraw.Draw(image)
    for row in range(5):
        base = 360 + 90 * row
        line = [
            (x, base + 70 * math.sin(x / (150 + 40 * row) + 2.1 * row) + 22 * math.sin(x / 47))
            for x in range(0, 1221, 12)
        ]
        pen.polygon([*line, (1220, 800), (0, 800)], fill=_shade(165 + 8 * row, 0.18 + 0.08 * row, 0.82 - 0.14 * row))
    return _bytes(image, "JPEG")


def tides() -> bytes:
    """A chart of the water over two days."""
    image = Image.new("RGB", SIZE, (250, 249, 245))
    pen = ImageDraw.Draw(image)
    for y in range(150, 700, 100):
        pen.line((90, y, 1130, y), fill=(222, 222, 218), width=2)
    line = [(90 + x, 400 - (170 + 40 * math.sin(x / 520)) * math.sin(x / 83)) for x in range(0, 1041, 4)]
    pen.polygon([*line, (1130, 650), (90, 650)], fill=(206, 230, 229))
    pen.line(line, fill=(0, 116, 120), width=7)
    return _bytes(image, "PNG")


def _boat(pen: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + dx * size, y + dy * size) for dx, dy in points]

    pen.polygon(at((0, 0), (170, 0), (140, 42), (28, 42)), fill=(96, 52, 42))
    pen.polygon(at((82, -10), (82, -190), (168, -10)), fill=(250, 246, 238))
    pen.polygon(at((74, -10), (74, -160), (10, -10)), fill=(226, 106, 74))


def _ground(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), bottom)
    return strip.resize(size, Image.Resampling.BICUBIC)


def _shade(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def _bytes(image: Image.Image, form: str) -> bytes:
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()
