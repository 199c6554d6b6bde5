"""The rules of docs/security.md and the attacks belong to each other, and what is counted is what was tried."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fixtures.attacks import OTHER, TRIED, rules, table_of

TESTS = Path(__file__).resolve().parents[1]
NAMED = re.compile(r'(?:mark\.security|attack)\(\s*"([^"]+)"')


def named(folder):
    """The rules that tests attack, as they are written there."""
    return {name for file in folder.rglob("test_*.py") for name in NAMED.findall(file.read_text())}


def test_every_rule_of_the_paper_is_attacked():
    """What other tests call by a name of their own counts among the others."""
    assert len(rules()) == len(set(rules())) > 15
    assert set(rules()) - named(TESTS) == set()
    assert named(TESTS / "security") - set(rules()) == set()


def report(when, passed, *notes):
    return SimpleNamespace(
        when=when, passed=passed, failed=not passed, user_properties=[(TRIED, note) for note in notes]
    )


def test_the_table_adds_up_and_says_what_failed():
    lines = table_of([
        report("call", True, ("headers", 3), ("logs", 1)),
        report("setup", True, ("headers", 3)),
        report("call", False, ("headers", 4)),
        report("teardown", False),
    ])  # fmt: skip
    assert [line.split() for line in lines] == [
        ["rule", "tried", "passed"],
        ["headers", "7", "3", "FAILED"],
        ["logs", "1", "1", "ok"],
        ["(could", "not", "begin", "or", "end)", "0", "0", "FAILED"],
        ["together", "8", "4", "FAILED"],
    ]


@pytest.mark.security("other")
def test_an_attack_counts_for_the_rule_it_names(attack, request):
    attack.tried(2)
    attack("logs").tried()
    assert request.node.user_properties == [(TRIED, ("other", 2)), (TRIED, ("logs", 1))]
    with pytest.raises(AssertionError):
        attack(OTHER[:1])
    request.node.user_properties[:] = [(TRIED, ("other", 1))]
