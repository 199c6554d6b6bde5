"""A world for what is imported, and one into which nothing comes."""

import pytest

from tests.cli.arrivals import fresh, named


@pytest.fixture
def world(tmp_path, blank_database):
    """Nobody lives in it yet."""
    with fresh(tmp_path / "here", blank_database) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory, blank_database):
    """A world in which only one person lives; nothing comes into it."""
    with fresh(tmp_path_factory.mktemp("shared"), blank_database) as made:
        named(made, "gone")
        yield made
