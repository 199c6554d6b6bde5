"""What templates may say: a fragment names its needs and knows nobody, and nothing runs that is not a file."""

import re
from collections.abc import Iterator

from tests.house.tree import Tree

# Most of these would not work under our policy; they are not even written. A message's html was cleaned before.
FORBIDDEN = {
    "a script in the page": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")",
    "a style in the page": r"<style\b|\sstyle=",
    "a behaviour in an attribute": r"\son[a-z]+=",
    "hx-on": r"\shx-on",
    "js: in an attribute": r"=[\"']js(on)?:|\bjavascript:",
    "text that is not escaped by anybody": r"(?<!message\.html)(?<!['\"])\|\s*safe\b",
}
VIEWER = re.compile(r"\b(current_user|request)\b")


def fragments_name_their_needs(tree: Tree) -> Iterator[str]:
    """The first line of a fragment."""
    for name in _fragments(tree):
        if not tree.text(name).startswith("{# needs:"):
            yield f"{name} does not name its needs in its first line"


def fragments_know_no_viewer(tree: Tree) -> Iterator[str]:
    """One rendering serves everyone."""
    for name in _fragments(tree):
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            if VIEWER.search(re.sub(r"\{#.*?#\}", "", line)):
                yield f"{name}:{number} asks who is looking"


def nothing_runs_in_a_page(tree: Tree) -> Iterator[str]:
    """All behaviour stands in files."""
    for name in tree.under("templates/", ".html"):
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            for what, form in FORBIDDEN.items():
                if re.search(form, line):
                    yield f"{name}:{number} has {what}"


def _fragments(tree: Tree) -> list[str]:
    return [name for name in tree.under("templates/", ".html") if name.rpartition("/")[2].startswith("_")]


RULES = (fragments_name_their_needs, fragments_know_no_viewer, nothing_runs_in_a_page)
