"""flask doctor says what is wrong by its name and what cures it where we are; each of its faults is planted once."""

import re
from dataclasses import replace

from messenger import create_app
from messenger.cli.doctor import cures
from messenger.settings import Settings
from tests.cli.patients import SECRET
from tests.fixtures.apps import leave
from tests.fixtures.server import HOME


def test_every_fault_has_lines_for_every_place_where_the_place_decides(doctor, healthy):
    found = doctor(instance_dir=str(healthy), platform="Heroku")
    for name in ("database-wiped", "uploads-wiped", "base-url-missing"):
        assert {"Heroku", "Fly", "Render", "Railway", "Dokku"} <= {cure["place"] for cure in found[name]["cures"]}
    places = {cure.place for cure in cures.proxy(8000)}
    assert places == {"nginx", "Caddy", "Heroku", "Fly", "Render", "Railway", "Dokku"}


def test_the_text_names_the_fault_and_the_line_for_where_we_are(healthy):
    settings = replace(Settings.for_tests(instance_dir=str(healthy), secret_key=SECRET), platform="Heroku")
    app = create_app(settings)
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert "heroku addons:create heroku-postgresql" in result.stdout
    assert "dokku" not in result.stdout
    result = app.test_cli_runner().invoke(args=["doctor", "--for", "dokku"])
    assert "dokku postgres:create messenger" in result.stdout
    leave(app)


def test_every_fault_is_planted_and_explained():
    doctor = "".join(path.read_text() for path in (HOME / "messenger" / "cli" / "doctor").glob("*.py"))
    names = set(re.findall(r'Fault\(\s*"([a-z-]+)"|\(\s*"([a-z]+-[a-z]+)", (?:HOME|folder)', doctor))
    names = {one or other for one, other in names}
    planted = "".join(path.read_text() for path in (HOME / "tests" / "cli").glob("test_doctor_*.py"))
    assert {name for name in names if f'"{name}"' not in planted} == set()
    rows = [line for line in (HOME / "docs" / "doctor.md").read_text().splitlines() if line.startswith("| `")]
    assert {name for line in rows for name in re.findall(r"`([a-z-]+)`", line.partition(" | ")[0])} == names
    assert len(names) > 50
