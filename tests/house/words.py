"""Names, docstrings and what must not be left lying about."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Tree

# Empty words: whoever reaches for one has not found the noun yet.
ANYWHERE = {"utils", "util", "helpers", "helper", "manager", "handler", "handlers", "misc"}
ALONE = {"data", "info"}
BEGINNINGS = ("do_", "process_")
# Names that a library gave. The wires speak of data themselves: in protocols that word is theirs.
GIVEN = {"login_manager", "LoginManager", "handler_class", "logger_class"}
LEFT_OVERS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
READ = (".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".json")


def names_mean_something(tree: Tree) -> Iterator[str]:
    """Files, classes, functions, arguments and variables."""
    for name in tree.files:
        stem = name.rpartition("/")[2].partition(".")[0]
        if not name.startswith(("tests/", "docs/")) and _is_empty(stem.lstrip("_").replace("-", "_")):
            yield f"{name} has an empty name"
    for name, module in tree.modules.items():
        for line, word in _named(module):
            given = word in GIVEN or (word in ALONE and name.startswith("messenger/protocols/"))
            if not given and _is_empty(word.lstrip("_")):
                yield f"{name}:{line} {word} is an empty name"


def modules_say_what_they_are(tree: Tree) -> Iterator[str]:
    """A module opens with a docstring, gunicorn.conf.py by patching. An empty file marking a package is mute."""
    for name, module in (tree.modules | tree.tests).items():
        is_mark = not module.body and name.startswith("tests/") and name.endswith("__init__.py")
        if name != "gunicorn.conf.py" and not is_mark and not ast.get_docstring(module):
            yield f"{name} does not say what it is"


def nothing_is_left_for_later(tree: Tree) -> Iterator[str]:
    """What is not done is not written down here."""
    for name in tree.files:
        if name.endswith(READ) or name.startswith(("bin/", ".ci/")):
            for number, line in enumerate(tree.text(name).splitlines(), 1):
                if LEFT_OVERS.search(line):
                    yield f"{name}:{number} leaves something for later"


def gevent_patches_first(tree: Tree) -> Iterator[str]:
    """What is imported before the patch blocks the loop for ever."""
    module = tree.modules.get("gunicorn.conf.py")
    if module and [ast.unparse(node) for node in module.body[:2]] != [
        "from gevent import monkey",
        "monkey.patch_all()",
    ]:
        yield "gunicorn.conf.py does not begin with gevent's patch"


def tests_are_run(tree: Tree) -> Iterator[str]:
    """No test is skipped, none expects to fail, and no part of ours is played by a double."""
    for name, module in tree.tests.items():
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
                yield f"{name}:{node.lineno} uses {node.attr}"
            if isinstance(node, ast.ImportFrom | ast.Import) and "mock" in ast.unparse(node):
                yield f"{name}:{node.lineno} uses a mock"


def _named(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def _is_empty(word: str) -> bool:
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower().split("_")
    return bool(ANYWHERE & set(parts)) or word.lower() in ALONE or word.startswith(BEGINNINGS)


RULES = (
    names_mean_something,
    modules_say_what_they_are,
    nothing_is_left_for_later,
    gevent_patches_first,
    tests_are_run,
)
