"""The law of imports: down only, at the top of the file, and strangers stay strangers."""

import ast
from collections.abc import Iterator

from tests.house.tree import Tree

# From the ground up. A part may know its own storey and those below.
STOREYS = (
    ("extensions", "settings", "keepsakes", "lineage", "logs", "sentry", "version"),
    ("live",),
    ("core",),
    ("engine", "schema", "mail", "duty"),
    ("reception",),
    ("web", "protocols"),
    ("doors", "cli"),
    ("", "application", "fitness", "greeting", "serve", "service"),
)
HEIGHT = {part: height for height, parts in enumerate(STOREYS) for part in parts}
PLAIN = ("core", "live")
FLASK = {"flask", "flask_login", "flask_wtf"}
# Heavy libraries that a server at rest, or most servers, never need; only these may be imported inside a function.
LAZY = (
    "PIL", "boto3", "botocore", "cryptography", "email.policy", "flask_migrate", "jwt",
    "markdown_it", "nh3", "puremagic", "pywebpush", "segno", "webauthn",
)  # fmt: skip


def only_downwards(tree: Tree) -> Iterator[str]:
    """extensions, settings ← live ← core ← web | protocols ← doors, cli ← create_app."""
    for name, line, target in _ours(tree):
        here, there = part_of(name), _part(target)
        unknown = [part for part in (here, there) if part not in HEIGHT]
        if unknown:
            yield f"{name}:{line} belongs to no storey: {unknown[0]}"
        elif HEIGHT[there] > HEIGHT[here]:
            yield f"{name}:{line} looks up: {here} imports {target}"


def extensions_stand_alone(tree: Tree) -> Iterator[str]:
    """messenger/extensions.py imports nothing of ours."""
    for name, line, target in _ours(tree):
        if name == "messenger/extensions.py":
            yield f"{name}:{line} imports {target}"


def pages_and_protocols_are_strangers(tree: Tree) -> Iterator[str]:
    """web and protocols do not know each other."""
    for name, line, target in _ours(tree):
        if {part_of(name), _part(target)} == {"web", "protocols"}:
            yield f"{name}:{line} imports {target}"


def protocols_are_strangers(tree: Tree) -> Iterator[str]:
    """No protocol knows another."""
    for name, line, target in _ours(tree):
        mine, other = _protocol(tree, name.removesuffix(".py").replace("/", ".")), _protocol(tree, target)
        if mine and other and mine != other:
            yield f"{name}:{line} imports {target}"


def core_and_live_know_no_flask(tree: Tree) -> Iterator[str]:
    """No request below the doors."""
    for name, module in tree.modules.items():
        for line, target in imported(name, module):
            if part_of(name) in PLAIN and target.partition(".")[0] in FLASK:
                yield f"{name}:{line} imports {target}"


def imports_stand_at_the_top(tree: Tree) -> Iterator[str]:
    """No import inside a function, but for the libraries of one list."""
    for name, module in tree.modules.items():
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                for line, target in imported(name, function):
                    if not f"{target}.".startswith(tuple(f"{library}." for library in LAZY)):
                        yield f"{name}:{line} imports {target} inside {getattr(function, 'name', 'a lambda')}"


def imported(name: str, node: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported below this node; `from a import b` counts as a.b."""
    package = name.removesuffix(".py").removesuffix("/__init__").split("/")
    if not name.endswith("__init__.py"):
        package = package[:-1]
    for found in ast.walk(node):
        if isinstance(found, ast.Import):
            yield from ((found.lineno, alias.name) for alias in found.names)
        elif isinstance(found, ast.ImportFrom):
            above = package[: len(package) - found.level + 1] if found.level else []
            base = ".".join([*above, *filter(None, [found.module])])
            yield from ((found.lineno, f"{base}.{alias.name}") for alias in found.names)


def part_of(name: str) -> str:
    """Which part of the house a file belongs to; "" for create_app and what stands at the top."""
    pieces = name.removesuffix(".py").split("/")
    if pieces[0] != "messenger" or pieces[1] == "__init__":
        return ""
    return pieces[1]


def _part(target: str) -> str:
    piece = target.split(".")[1]
    return "" if piece == "create_app" else piece


def _protocol(tree: Tree, target: str) -> str | None:
    pieces = target.split(".")
    return (
        pieces[2] if pieces[:2] == ["messenger", "protocols"] and pieces[2:3] and pieces[2] in tree.protocols else None
    )


def _ours(tree: Tree) -> Iterator[tuple[str, int, str]]:
    for name, module in tree.modules.items():
        for line, target in imported(name, module):
            if target.startswith("messenger."):
                yield name, line, target


RULES = (
    only_downwards,
    extensions_stand_alone,
    pages_and_protocols_are_strangers,
    protocols_are_strangers,
    core_and_live_know_no_flask,
    imports_stand_at_the_top,
)
