"""From what people write to what is shown: a small subset of Markdown, rendered once, when it is written.

Bold, italic, strike, code, code blocks with colours, quotes, lists, links; nothing else, and no HTML of anybody's own.
"""

import re
from collections.abc import Callable
from functools import cache

from messenger.core.colours import coloured

# Where none of these stands, the text is its own rendering.
MARKED = re.compile(r"[*_~`>\[\]]|^\s*(?:[-+]|\d+[.)])\s|https?://|www\.|@\w|^ {4}|\t", re.MULTILINE)
NESTED = re.compile(r"[\[\]*_`~>]")
MOST_MARKS = 1_500

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"}
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}, "code": {"class"}, "span": {"class"}}

RULES = {"html": False, "linkify": True, "breaks": True, "highlight": coloured}
WITHOUT = ["image", "heading", "lheading", "hr", "html_block", "html_inline", "reference", "table"]


def rendered(text: str) -> str | None:
    """The HTML of a text, or None where it is plain. What is marked beyond reason is shown as written."""
    if not MARKED.search(text) or len(NESTED.findall(text)) > MOST_MARKS:
        return None
    return _renderer()(text)


@cache
def _renderer() -> Callable[[str], str]:
    """Made for the first text that is marked, in a thirtieth of a second, and not for a server at rest."""
    import nh3
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", RULES).enable(["linkify", "strikethrough"])
    parser.disable(WITHOUT, True)
    cleaner = nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "xmpp"},
        link_rel="noopener noreferrer nofollow",
    )
    return lambda text: cleaner.clean(parser.render(text)).strip()
