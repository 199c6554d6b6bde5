"""What a file really is, by its bytes. What it is called and what the sender says of it count for nothing."""

# Browsers show or play these, and none of them can carry a script. Everything else is only offered for saving.
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
MEDIA = frozenset({"video/mp4", "audio/mp4", "video/webm", "audio/webm", "video/ogg", "audio/ogg", "audio/mpeg"})
INLINE = MEDIA | frozenset(PICTURES.values())

HEAD = 64 * 1024
BINARY = "application/octet-stream"
TEXT = "text/plain"
PDF = "application/pdf"
ZIP = "application/zip"
OFFICE = {
    b"word/": "wordprocessingml.document",
    b"xl/": "spreadsheetml.sheet",
    b"ppt/": "presentationml.presentation",
}
SURE = 0.3
# Types whose name alone makes some program run what is in them.
ACTIVE = ("html", "xml", "svg", "script", "x-httpd", "flash", "java", "x-sh", "executable", "appimage", "postscript")

SIGNS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def is_inline(kind: str) -> bool:
    """May a browser show it in place?"""
    return kind in INLINE


def picture(head: bytes) -> str | None:
    """The type of a picture, if its first bytes promise one."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in SIGNS if head.startswith(sign)), None)


def of(head: bytes) -> str:
    """The type of a file that is no picture, by its first 64 KiB."""
    return _media(head) or _common(head) or (TEXT if _is_text(head) else _known(head)) or BINARY


def _media(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _mp4(head)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _webm(head)
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:4096] else "audio/ogg"
    if head.startswith(b"ID3") or _is_mpeg_audio(head):
        return "audio/mpeg"
    return None


def _mp4(head: bytes) -> str | None:
    brand = head[8:12]
    if brand in (b"qt  ", b"heic", b"heix", b"mif1", b"avif", b"avis", b"crx "):
        return {b"qt  ": "video/quicktime", b"avif": "image/avif", b"avis": "image/avif"}.get(brand, "image/heic")
    has_sound, has_sight = b"soun" in head, b"vide" in head
    return "audio/mp4" if brand in (b"M4A ", b"M4B ") or (has_sound and not has_sight) else "video/mp4"


def _webm(head: bytes) -> str:
    if b"webm" not in head[:64]:
        return "video/x-matroska"
    return "audio/webm" if b"A_" in head and b"V_VP" not in head and b"V_AV1" not in head else "video/webm"


def _is_mpeg_audio(head: bytes) -> bool:
    """Two frames in a row: one alone is any pair of bytes."""
    length = frame_length(head[:4])
    return bool(length) and bool(frame_length(head[length : length + 4]))


def frame_length(sign: bytes) -> int:
    """The bytes of an MP3 frame that begins so; 0 where none does."""
    if len(sign) < 4 or sign[0] != 0xFF or sign[1] & 0xE6 != 0xE2:
        return 0
    is_first_version = sign[1] & 0x18 == 0x18
    rates = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    low_rates = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    rate, speed = sign[2] >> 4, (sign[2] >> 2) & 3
    if rate in (0, 15) or speed == 3:
        return 0
    hertz = (44100, 48000, 32000)[speed] // {0x18: 1, 0x10: 2}.get(sign[1] & 0x18, 4)
    kilobits = (rates if is_first_version else low_rates)[rate - 1]
    return (144 if is_first_version else 72) * kilobits * 1000 // hertz + ((sign[2] >> 1) & 1)


def _common(head: bytes) -> str | None:
    if head.startswith(b"PK\3\4"):
        inside = (kind for sign, kind in OFFICE.items() if sign in head)
        return f"application/vnd.openxmlformats-officedocument.{office}" if (office := next(inside, "")) else ZIP
    return PDF if head.startswith(b"%PDF-") else None


def _known(head: bytes) -> str | None:
    """What the table of signatures is sure of, unless it is a type that some program would run."""
    kind = _by_signature(head[:4096])
    return None if kind is None or any(word in kind for word in ACTIVE) or kind in INLINE else kind


def _by_signature(head: bytes) -> str | None:
    import puremagic

    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    best = next((match for match in found if match.mime_type and match.confidence >= SURE), None)
    return best.mime_type.lower() if best else None


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) >= HEAD
    return True
