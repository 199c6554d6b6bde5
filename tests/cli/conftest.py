"""Two servers beside each other: one that is lively, one that is fresh, and an archive of the first."""

import pytest

from tests.cli.archives import flask, lively, world_on


@pytest.fixture
def here(request, tmp_path):
    """A lively world, its people, and an archive of it."""
    with world_on(request, "sqlite", tmp_path / "here") as world:
        world.ann, world.bob, world.chat = lively(world)
        yield world


@pytest.fixture
def archive(here, tmp_path):
    """An archive of it."""
    return tmp_path / "here" / "backups" / flask(here, "backup")["archive"]


@pytest.fixture
def there(request, tmp_path):
    """A fresh server beside it; commands of the first are over when it is asked for."""
    with world_on(request, "sqlite", tmp_path / "there") as world:
        yield world
