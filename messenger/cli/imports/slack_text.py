"""What people write in Slack, as Markdown."""

import html
import re

from messenger.cli.imports.foreign import named, plain, with_emoji

CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
SPECIAL = re.compile(r"<([^<>\n]+)>")
BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
STRUCK = re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")
BULLET = re.compile(r"^(\s*)[•◦▪]\s+", re.MULTILINE)


def markdown(text: str) -> str:
    """The same, said our way. What stands in code is left alone."""
    pieces = CODE.split(plain(text))
    return "".join(_code(piece) if number % 2 else _words(piece) for number, piece in enumerate(pieces))


def _words(text: str) -> str:
    text = BOLD.sub(r"**\1**", text)
    text = STRUCK.sub(r"~~\1~~", text)
    text = BULLET.sub(r"\1- ", text)
    return with_emoji(html.unescape(SPECIAL.sub(lambda found: _special(found[1]), text)))


def _code(text: str) -> str:
    inner = html.unescape(SPECIAL.sub(lambda found: found[1].rpartition("|")[2], text))
    if inner.startswith("```"):
        return f"```\n{inner[3:-3].strip(chr(10))}\n```"
    return inner


def _special(inner: str) -> str:
    """What Slack writes in angle brackets: people, channels, everybody, dates, links."""
    target, _bar, label = inner.partition("|")
    if target.startswith("@"):
        return named(target[1:])
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:")
    if not label or label in (target, address):
        return address
    return f"[{label}]({target})"
