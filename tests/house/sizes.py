"""The stops: at these sizes a noun is missing. Tests are told apart by their names, not by their length."""

import ast
from collections.abc import Iterator

from tests.house.tree import Tree

FUNCTION, ARGUMENTS = 30, 5
# The first that fits counts: folder, ending, whether the name begins with an underscore (None: either), lines.
FILES = (
    ("messenger/protocols/", ".py", None, 240),
    ("messenger/", ".py", None, 200),
    ("app.py", ".py", None, 200),
    ("gunicorn.conf.py", ".py", None, 200),
    ("templates/live/", ".html", None, 40),
    ("templates/", ".html", True, 40),
    ("templates/", ".html", False, 70),
    ("static/css/", ".css", None, 150),
    ("static/js/", ".js", None, 90),
)


def files_are_short(tree: Tree) -> Iterator[str]:
    """Each kind of file has its stop."""
    for name in tree.files:
        stop = _stop(name)
        lines = len(tree.text(name).splitlines()) if stop else 0
        if stop and lines > stop:
            yield f"{name} has {lines} lines, {stop} is the stop"


def functions_are_short(tree: Tree) -> Iterator[str]:
    """From `def` to the last line, docstring and all."""
    for name, function in _functions(tree):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION:
            yield f"{name}:{function.lineno} {function.name} has {lines} lines, {FUNCTION} is the stop"


def arguments_are_few(tree: Tree) -> Iterator[str]:
    """What an object is told of itself does not count, nor does the transaction that the writer brings."""
    for name, function in _functions(tree):
        several = function.args
        names = [one.arg for one in (*several.posonlyargs, *several.args, *several.kwonlyargs)]
        if names[:1] and names[0] in ("self", "cls", "tx"):
            names = names[1:]
        if len(names) > ARGUMENTS:
            yield f"{name}:{function.lineno} {function.name} takes {len(names)} arguments, {ARGUMENTS} is the stop"


def _stop(name: str) -> int | None:
    is_fragment = name.rpartition("/")[2].startswith("_")
    for folder, ending, fragment, lines in FILES:
        if name.startswith(folder) and name.endswith(ending) and fragment in (None, is_fragment):
            return lines
    return None


def _functions(tree: Tree) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, module in tree.modules.items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


RULES = (files_are_short, functions_are_short, arguments_are_few)
