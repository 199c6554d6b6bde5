"""Code in colours: what it says stays what it says, and no text takes long."""

import html
import random
import re

import pytest

from messenger.core.colours import LONGEST, PATTERNS, coloured
from messenger.core.markdown import rendered

PYTHON = "def ask(n=3):\n    # who?\n    return f'<{n}>'"


def test_words_strings_comments_numbers_and_calls_have_their_classes():
    assert coloured(PYTHON, "python") == (
        '<span class="k">def</span> <span class="nf">ask</span>(n=<span class="m">3</span>):\n'
        '    <span class="c"># who?</span>\n'
        '    <span class="k">return</span> f<span class="s">&#x27;&lt;{n}&gt;&#x27;</span>'
    )
    assert '<span class="c">/* no */</span>' in coloured("let a /* no */", "js")
    assert '<span class="k">SELECT</span>' in coloured("SELECT 1 -- one", "sql")
    assert coloured(PYTHON, "klingon") == ""
    assert coloured("x" * (LONGEST + 1), "python") == ""


def test_a_message_shows_them_and_nothing_in_it_runs():
    shown = rendered("```python\nprint('<script>')\n```")
    assert '<pre><code class="language-python"><span class="nf">print</span>(<span class="s">' in shown
    assert "<script>" not in shown
    assert rendered("```\nprint(1)\n```") == "<pre><code>print(1)\n</code></pre>"


@pytest.mark.parametrize("language", ["python", "sql", "rust"])
def test_any_code_says_the_same_in_colours(language):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(60):
        code = "".join(chance.choice("ab1\"'`\\/*#- (\n<&é") for _ in range(chance.randrange(400)))
        assert html.unescape(re.sub(r"</?span[^>]*>", "", coloured(code, language))) == code


def test_what_is_written_to_be_slow_is_read_once():
    for sign in ("/*", '"', "'", "`", "\\", "a", "1", "--", "a(", '"\\'):
        for language in ("js", "python", "sql"):
            assert coloured((sign * LONGEST)[:LONGEST], language)
    assert set(PATTERNS) >= {"python", "js", "sql", "rust", "go", "c"}
