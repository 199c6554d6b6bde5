"""Colours for code: comments, strings, numbers, the words a language keeps for itself, and what is called.

One pattern for each family of languages, read once from left to right: nothing anybody writes can make it slow.
"""

import re
from html import escape

STRINGS = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`'
REST = rf"|(?P<s>{STRINGS})|(?P<m>\b\d[\w.]*)|(?P<word>[^\W\d]\w*)(?P<call>\()?"
HASH = re.compile(rf"(?P<c>\#[^\n]*){REST}")
DASH = re.compile(rf"(?P<c>--[^\n]*){REST}")
SLASH = re.compile(rf"(?P<c>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?){REST}")
FAMILIES = (
    (HASH, "py python rb ruby sh bash zsh shell yaml yml toml perl r elixir nix make dockerfile"),
    (DASH, "sql lua haskell hs elm ada"),
    (SLASH, "js javascript ts typescript jsx tsx json css scss c h cpp c++ cs csharp java kotlin swift go rust rs php"),
    (SLASH, "scala dart zig"),
)
PATTERNS = {name: pattern for pattern, names in FAMILIES for name in names.split()}
WORDS = """
    and as assert async await begin break case catch class const continue def default defer del delete do done elif else
    end enum esac except export extends false fi final finally fn for foreach from fun func function global go if impl
    implements import in include instanceof interface is lambda let local loop match mod module mut namespace new nil
    none nonlocal not null of or package pass private protected pub public raise require return self static struct
    super switch template then this throw throws trait true try type typeof union unless until unsafe use using var
    void where while with yield
    alter by create cross desc distinct drop exists group having index inner insert into join key left limit offset on
    order outer primary references right select set table update values view
    bool boolean byte char double float int integer long short string text varchar
"""
KEPT = frozenset(WORDS.split())
LONGEST = 6_000


def coloured(code: str, language: str, _attributes: str = "") -> str:
    """The code as safe HTML with classes; nothing for a language that is not known, or for very much of it."""
    pattern = PATTERNS.get(language.lower())
    if pattern is None or len(code) > LONGEST:
        return ""
    parts, at = [], 0
    for found in pattern.finditer(code):
        parts.append(escape(code[at : found.start()]))
        parts.append(_dressed(found))
        at = found.end()
    return "".join((*parts, escape(code[at:])))


def _dressed(found: re.Match[str]) -> str:
    word = found["word"]
    if word is None:
        kind = found.lastgroup
        return f'<span class="{kind}">{escape(found[0])}</span>'
    tail = found["call"] or ""
    if word.lower() in KEPT:
        return f'<span class="k">{word}</span>{tail}'
    return f'<span class="nf">{word}</span>{tail}' if tail else word
