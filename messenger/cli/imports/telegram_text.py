"""What a message of Telegram says: its text with its entities as Markdown, what is no text in words, its files."""

from typing import Any

from messenger.cli.imports.foreign import File, named, plain

Line = dict[str, Any]
AROUND = {"bold": "**", "italic": "*", "strikethrough": "~~", "code": "`"}


def markdown(parts: Any) -> str:
    """The same, said our way: a text, or a list of texts and entities."""
    if isinstance(parts, str):
        return plain(parts)
    return "".join(plain(part) if isinstance(part, str) else _entity(part) for part in parts or ())


def _entity(part: dict[str, Any]) -> str:
    kind, text = str(part.get("type")), plain(str(part.get("text") or ""))
    if kind in AROUND:
        return _around(text, AROUND[kind])
    if kind == "pre":
        return f"\n```{part.get('language') or ''}\n{text.strip(chr(10))}\n```\n"
    if kind == "text_link" and part.get("href") and part["href"] != text:
        return f"[{text}]({part['href']})"
    if kind == "mention_name" and part.get("user_id"):
        return named(f"user{part['user_id']}")
    if kind == "blockquote":
        return "\n" + "\n".join(f"> {line}" for line in text.strip().split("\n")) + "\n"
    return text


def _around(text: str, sign: str) -> str:
    """The signs next to the words: with a blank between them they would mean nothing."""
    words = text.strip()
    if not words:
        return text
    start = text.index(words)
    marked = "\n".join(f"{sign}{line}{sign}" if line.strip() else line for line in words.split("\n"))
    return f"{text[:start]}{marked}{text[start + len(words) :]}"


def words(line: Line) -> str:
    """Its text, and in words what is neither text nor file."""
    said = [markdown(line.get("text_entities") or line.get("text"))]
    if poll := line.get("poll"):
        answers = [f"- {one.get('text')}: {one.get('voters')}" for one in poll.get("answers") or ()]
        said += [f"**{poll.get('question')}**", *answers]
    if place := line.get("location_information"):
        said.append(f"https://www.openstreetmap.org/?mlat={place.get('latitude')}&mlon={place.get('longitude')}")
    if contact := line.get("contact_information"):
        said.append(" ".join(filter(None, map(contact.get, ("first_name", "last_name", "phone_number")))))
    if line.get("forwarded_from"):
        rows = "\n".join(filter(None, said)).strip("\n").split("\n")
        said = [*(f"> {row}" for row in rows), f"> – {line['forwarded_from']}"]
    if line.get("sticker_emoji"):
        said.append(str(line["sticker_emoji"]))
    return "\n".join(filter(None, (word.strip("\n") for word in said)))


def files(line: Line) -> list[File]:
    """What hangs on it; in brackets stands why something was left out."""
    found = []
    for part in ("photo", "file"):
        path = str(line.get(part) or "")
        if path:
            is_here = not path.startswith("(")
            short = path.rpartition("/")[2] if is_here else str(line.get("media_type") or part).replace("_", " ")
            found.append(File(str(line.get("file_name") or short), path if is_here else None))
    return found
