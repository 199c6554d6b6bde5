"""Two servers beside each other, one lively, one fresh, and an archive of the first; and a doctor for any server."""

import json
import shutil

import pytest

from messenger import create_app
from messenger.settings import Settings
from tests.cli.archives import flask, lively, world_on
from tests.cli.patients import SECRET
from tests.fixtures.apps import leave


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


@pytest.fixture
def doctor():
    """What the doctor says of a server with these settings: {name: fault}, and the text of it."""
    apps = []

    def look(plant=None, **settings):
        app = create_app(Settings.for_tests(**({"secret_key": SECRET} | settings)))
        apps.append(app)
        if plant:
            with app.app_context():
                plant(app)
        result = app.test_cli_runner().invoke(args=["doctor", "--json"])
        said = json.loads(result.stdout)
        assert result.exit_code == (0 if said["is_well"] else 1), result.output
        assert SECRET not in result.output
        assert "Traceback" not in result.output
        return {fault["name"]: fault for fault in said["faults"]}

    yield look
    for app in apps:
        leave(app)


@pytest.fixture
def healthy(tmp_path, blank_database):
    """A folder of its own, as it should be, with an empty database."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    shutil.copy(blank_database, folder / "messenger.db")
    return folder
