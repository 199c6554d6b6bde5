"""A tree of files, read once: what stands where, and the syntax trees of its Python."""

import ast
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

LEFT_OUT = {
    ".git", ".venv", ".env", "instance", "__pycache__", "node_modules", "test-results",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis",
}  # fmt: skip
# Written by tools or by other people.
NOT_OURS = ("migrations/versions/", "static/vendor/")


class Tree:
    """The files under a folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @cached_property
    def files(self) -> list[str]:
        """Every file of ours, by its path from the top."""
        found = (path for path in self.home.rglob("*") if path.is_file())
        names = (path.relative_to(self.home) for path in found)
        kept = sorted(name.as_posix() for name in names if not LEFT_OUT & set(name.parts) and name.suffix != ".pyc")
        return [name for name in kept if not name.startswith(NOT_OURS)]

    def text(self, name: str) -> str:
        """What stands in a file; nothing when there is none."""
        path = self.home / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def under(self, folder: str, ending: str) -> list[str]:
        """The files below a folder whose names end so."""
        return [name for name in self.files if name.startswith(folder) and name.endswith(ending)]

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """Our Python, parsed; tests are not among it."""
        names = [*self.under("messenger/", ".py"), *self.under("app.py", ".py"), *self.under("gunicorn.conf.py", ".py")]
        return {name: ast.parse(self.text(name), name) for name in names}

    @cached_property
    def tests(self) -> dict[str, ast.Module]:
        """The tests' Python, parsed."""
        return {name: ast.parse(self.text(name), name) for name in self.under("tests/", ".py")}

    @cached_property
    def protocols(self) -> list[str]:
        """The names of the documented wires: ALL = (netrox.PROTOCOL, …) in messenger/protocols/__init__.py."""
        module = self.modules.get("messenger/protocols/__init__.py", ast.Module([], []))
        for node in ast.walk(module):
            if isinstance(node, ast.Assign | ast.AnnAssign) and "ALL" in (ast.unparse(to) for to in _targets(node)):
                return [found.value.id for found in ast.walk(node) if _is_protocol(found)]  # type: ignore[attr-defined]
        return []


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _is_protocol(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "PROTOCOL" and isinstance(node.value, ast.Name)


Rule = Callable[[Tree], Iterator[str]]
