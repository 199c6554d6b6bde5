"""Where things stand inside an export: paths that every system can write and no browser runs."""

import re

from messenger.core import file_names

LONGEST = 120
# Not allowed in names on one system or another, or read as something else in an address.
AWKWARD = re.compile(r'[<>:"/\\|?*#%\x00-\x1f]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# A browser that opens such a file from the disk would run what stands in it.
ACTIVE = frozenset(
    ["htm", "html", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz", "xml", "xsl", "xslt", "js", "mjs", "hta"]
)


def of_file(attachment_id: int, name: str) -> str:
    """The path of a file that somebody sent."""
    return f"files/{attachment_id}/{safe(name)}"


def of_picture(uid: str) -> str:
    """The path of a person's picture."""
    return f"pictures/{safe(uid)}.webp"


def of_page(chat_id: int, page: int) -> str:
    """The path of one page of a chat."""
    return f"chats/{chat_id}/{page}.html"


def safe(name: str) -> str:
    """The name as near to what people called it as a disk allows."""
    words = AWKWARD.sub("_", file_names.shown(name)).strip(" .") or file_names.NAMELESS
    stem, dot, ending = words.rpartition(".")
    while len(words.encode()) > LONGEST:
        stem, words = (stem[:-1], f"{stem[:-1]}.{ending}") if dot and len(stem) > 1 else (stem, words[:-1])
    if DEVICES.match(words):
        words = f"_{words}"
    return f"{words}.txt" if words.rpartition(".")[2].lower() in ACTIVE else words
