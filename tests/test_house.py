"""The house stands as its design says. Every rule is broken on purpose, in a tree of its own, and names the culprit."""

from pathlib import Path

import pytest

from tests.house import Tree, imports, markup, papers, sizes, words
from tests.house.broken import BROKEN, SAID, SOUND

HOME = Path(__file__).resolve().parents[1]
RULES = [*imports.RULES, *sizes.RULES, *words.RULES, *papers.RULES, *markup.RULES]


@pytest.fixture(scope="module")
def house():
    """This very tree."""
    return Tree(HOME)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(house, rule):
    culprits = list(rule(house))
    assert not culprits, "\n".join([rule.__doc__, *culprits])


def test_the_tree_that_is_judged_is_not_empty(house):
    assert len(house.modules) > 50
    assert len(house.tests) > 10
    assert house.protocols
    assert not [name for name in house.files if "vendor/" in name or "/versions/" in name]


def build(home, files):
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Tree(home)


def broken(name, text):
    """A file with something wrong in it, below a docstring where it is Python."""
    if text is None:
        return "x = 1\n"
    if name == "docs/protocols/netrox.md" or (name == "templates/_message.html" and text == "<p>"):
        return text
    return (SAID if name.endswith(".py") else "first\n" if text else "") + text + "\n"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_tree_has_no_culprit(tmp_path, rule):
    assert list(rule(build(tmp_path, SOUND))) == []


@pytest.mark.parametrize(("rule", "name", "text", "named"), BROKEN, ids=lambda given: getattr(given, "__name__", ""))
def test_a_broken_rule_names_its_culprit(tmp_path, rule, name, text, named):
    culprits = list(rule(build(tmp_path, SOUND | {name: broken(name, text)})))
    assert culprits
    assert named in culprits[0]


def test_every_rule_is_broken_once():
    assert {rule for rule, *_ in BROKEN} == set(RULES)
