"""What a file is called: the name people see, without tricks in it, and the random one under which it is kept."""

import re
import unicodedata
import uuid

from messenger.core import clock

LONGEST = 180
# Control and format characters turn names around or hide what they end in; surrogates cannot be stored.
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
KEPT = {"\u200c", "\u200d"}  # joiners: Persian and emoji need them
ENDING = re.compile(r"[a-z0-9]{1,8}")
NAMELESS = "file"


def shown(name: object) -> str:
    """The name as it may be shown and offered for saving."""
    words = unicodedata.normalize("NFC", name) if isinstance(name, str) else ""
    words = words.replace("\\", "/").rpartition("/")[2]
    words = "".join(sign if _is_sign(sign) else " " if sign.isspace() else "" for sign in words)
    words = " ".join(words.split()).lstrip(".").rstrip(". ")
    if not words:
        return NAMELESS
    stem, dot, ending = words.rpartition(".")
    if len(words) > LONGEST and dot and len(ending) <= 16:
        return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"
    return words[:LONGEST]


def ending(name: str) -> str:
    """The letters behind the last dot, "bin" when there are none worth the name."""
    found = name.rpartition(".")[2].lower() if "." in name else ""
    return found if ENDING.fullmatch(found) else "bin"


def fresh_key(name: str, kind: str = "attachments") -> str:
    """A place in the storage that nobody can guess."""
    # QUIRK(netrox): its documented addresses are made of year, minute and day; the key is that address.
    return f"{kind}/{clock.moment(clock.now()):%Y/%M/%d}/{uuid.uuid4()}.{ending(name)}"


def thumbnail_key(key: str) -> str:
    """Where the small picture of this file stands."""
    return f"{key.rpartition('.')[0]}-thumbnail.webp"


def _is_sign(sign: str) -> bool:
    return sign in KEPT or unicodedata.category(sign) not in FORBIDDEN
