"""What stands at the top of the tree, and that everything one can use is written down somewhere."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Tree

TOP = {
    "app.py", "messenger", "templates", "static", "migrations", "tests", "requirements.txt", "Procfile",
    "README.md", "CHANGELOG.md", "LICENSE", "docs", "bin", ".ci", "pyproject.toml", "gunicorn.conf.py",
    "requirements-dev.txt", ".env.example", ".python-version", "app.json", ".gitignore",
    # How a platform is told to run it.
    "Dockerfile", ".dockerignore", "compose.yaml", "render.yaml", "fly.toml",
}  # fmt: skip


def the_top_is_fixed(tree: Tree) -> Iterator[str]:
    """Nothing stands beside what design names."""
    yield from (
        f"{name} has no place at the top" for name in sorted({name.partition("/")[0] for name in tree.files} - TOP)
    )


def settings_are_documented(tree: Tree) -> Iterator[str]:
    """docs/settings.md and .env.example name every variable."""
    module = tree.modules.get("messenger/settings/table.py", ast.Module([], []))
    for table in (node for node in module.body if isinstance(node, ast.ClassDef)):
        for field in (
            node for node in table.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        ):
            name = field.target.id.upper()  # type: ignore[union-attr]
            for paper in ("docs/settings.md", ".env.example"):
                if not re.search(rf"\b{name}\b", tree.text(paper)):
                    yield f"{paper} does not name the setting {name}"


def protocols_are_documented(tree: Tree) -> Iterator[str]:
    """Every wire has a page of its own, whose name is the protocol's."""
    for name in tree.protocols:
        is_there = any(
            file.startswith((f"messenger/protocols/{name}.py", f"messenger/protocols/{name}/")) for file in tree.files
        )
        if is_there and not tree.text(f"docs/protocols/{name}.md").strip():
            yield f"docs/protocols/{name}.md is missing"


def facts_are_documented(tree: Tree) -> Iterator[str]:
    """docs/facts.md names every fact."""
    written = tree.text("docs/facts.md")
    for name, module in tree.modules.items():
        if name.startswith(("messenger/core/facts.py", "messenger/core/facts/")):
            for node in module.body:
                if isinstance(node, ast.ClassDef) and node.bases and not re.search(rf"\b{node.name}\b", written):
                    yield f"docs/facts.md does not name the fact {node.name}"


def commands_are_documented(tree: Tree) -> Iterator[str]:
    """docs/commands.md shows how every command is typed."""
    written = tree.text("docs/commands.md")
    for name, module in tree.modules.items():
        if name.startswith("messenger/cli/"):
            for command in _commands(module):
                if not re.search(rf"flask ([\w|-]+ )*([\w-]+\|)*{re.escape(command)}\b", written):
                    yield f"docs/commands.md does not show the command {command} of {name}"


def _commands(module: ast.Module) -> Iterator[str]:
    """By their decorators: @x.command("name"), or the function's name as click would say it."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                call = mark if isinstance(mark, ast.Call) else ast.Call(mark, [], [])
                if getattr(call.func, "attr", getattr(call.func, "id", "")) == "command":
                    given = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
                    yield str(given[0]) if given else node.name.replace("_", "-")


RULES = (
    the_top_is_fixed,
    settings_are_documented,
    protocols_are_documented,
    facts_are_documented,
    commands_are_documented,
)
