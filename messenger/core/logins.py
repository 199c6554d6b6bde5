"""Unique handles: which are allowed, and which two are so alike that only one of them may exist."""

import re
import unicodedata

from messenger.core.refusals import Invalid
from messenger.core.texts import FORBIDDEN, whole

RESERVED = frozenset({"ws", "active", "login", "logout", "me", "admin", "new", "static"})
LIMIT = 32
PATTERN = re.compile(r"[\w.-]{1,32}")
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC", "DEVANAGARI", "THAI", "HANGUL", "GEORGIAN")
EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO")

# Letters of other alphabets that look like Latin ones, after case folding.
LOOKALIKES = str.maketrans(
    "аеорсухівјѕԁԛԝһӏкмтнԍɑɡıαορνικυχτηω",
    "aeopcyxibjsdqwhlkmthgagiaopvikuxtnw",
)


def checked(login: object) -> str:
    """The login as it will be shown, or a refusal that says what is wrong with it."""
    shown = unicodedata.normalize("NFKC", whole(login, "login")).strip()
    if not 1 <= len(shown) <= LIMIT:
        raise Invalid("A login has 1 to 32 characters.", field="login")
    if not PATTERN.fullmatch(shown) or not _is_of_letters(shown):
        raise Invalid("A login is made of letters, digits, dots, hyphens and underscores.", field="login")
    if len(_scripts(shown)) > 1:
        raise Invalid("A login is written in one alphabet.", field="login")
    if shown.strip(".") == "" or key(shown) in RESERVED:
        raise Invalid("This login is reserved. Please choose another.", field="login")
    return shown


def key(login: str) -> str:
    """The folded form under which a login is unique."""
    login = FORBIDDEN.sub("?", login)[: LIMIT * 2]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).casefold())
    return folded.translate(LOOKALIKES)[:64]


def _is_of_letters(login: str) -> bool:
    return all(unicodedata.category(sign)[0] in "LNM" or sign in "_.-" for sign in login)


def _scripts(login: str) -> set[str]:
    found = set()
    for sign in login:
        if sign.isalpha():
            word = unicodedata.name(sign, "?").split(" ")[0].split("-")[0]
            found.add("EAST ASIAN" if word in EAST_ASIAN else word)
    return found
