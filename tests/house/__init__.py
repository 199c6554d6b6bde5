"""The rules of the house, each a function over a tree of files that yields one sentence per culprit."""

from tests.house.tree import Rule, Tree

__all__ = ["Rule", "Tree"]
