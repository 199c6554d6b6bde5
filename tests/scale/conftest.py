"""A world on the PostgreSQL of this module."""

import pytest

from tests.core.world import World


@pytest.fixture
def world(pair, tmp_path):
    """An app on the primary, reading and writing straight."""
    with World(pair.url(), tmp_path) as made:
        yield made
