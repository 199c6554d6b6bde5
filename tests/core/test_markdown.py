"""From what people write to what is shown: the subset and nothing else, whatever is tried."""

import html.parser
from urllib.parse import urlsplit

import pytest

from messenger.core.markdown import ATTRIBUTES, TAGS, rendered

MEANT = {
    "*it* **bold** ~~gone~~": "<p><em>it</em> <strong>bold</strong> <s>gone</s></p>",
    "`<b>`": "<p><code>&lt;b&gt;</code></p>",
    "> said": "<blockquote>\n<p>said</p>\n</blockquote>",
    "- a\n- b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    "3. a": '<ol start="3">\n<li>a</li>\n</ol>',
    "*a*\nb": "<p><em>a</em><br>\nb</p>",
    "# no heading": None,
    "***": "<p>***</p>",
    "plain & <b>simple</b>": "<p>plain &amp; &lt;b&gt;simple&lt;/b&gt;</p>",
    "plain & simple": None,
}

HOSTILE = [
    "<script>alert(1)</script> *x*",
    "*<img src=x onerror=alert(1)>*",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\\u006aavascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "`" * 7 + "\n<script>\n",
    '```html" onload=alert(1)\n<script>\n```',
    "<svg/onload=alert(1)> *x*",
    "<a href='https://x' onclick=alert(1)>*x*</a>",
    "*x* <style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe> `x`",
    '<!-- *x* --><math><mi//xlink:href="data:x,<script>alert(4)</script>">',
    "*x*</p></div></body>",
    "[a](https://x.example)" * 200,
    "www.example.org/<script>alert(1)</script>",
    "https://example.org/?a=<b>&c='\"",
    "| a | b |\n|---|---|\n| *1* | 2 |",
    "<div hx-get=/logout hx-trigger=load>*x*</div>",
    "*\u202egnp.exe*",
    "_" * 8_000,
    "[" * 8_000,
    "> " * 4_000,
    "- " * 4_000,
    "*a " * 2_600,
    "`" * 7_999,
    "a@" * 4_000,
    "https://" * 1_000,
    "&#x" * 2_600,
    "<" * 8_000 + "*",
    "\t" * 8_000 + "x",
    "1) " * 2_600,
]


class Reader(html.parser.HTMLParser):
    """Notes every tag and attribute."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", MEANT)
def test_the_subset(text):
    assert rendered(text) == MEANT[text]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_but_the_subset_comes_out(text):
    shown = rendered(text)
    if shown is None:
        return
    reader = Reader()
    reader.feed(shown)
    for tag, attributes in reader.found:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        assert urlsplit(attributes.get("href", "")).scheme in ("", "http", "https", "mailto", "xmpp")


def test_links_let_nothing_be_known_of_where_they_were_clicked():
    assert 'rel="noopener noreferrer nofollow"' in rendered("https://example.org")
    assert 'href="https://example.org"' in rendered("see https://example.org.")
