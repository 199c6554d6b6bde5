"""What the platforms are told: each file is read as the platform reads it, and names only what is there."""

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from messenger.settings import disks, load
from messenger.settings.table import Table
from tests.fixtures.server import HOME

NAMES = {field.name.upper() for field in fields(Table)}
GIVEN = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
SECRET = "x" * 64


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((HOME / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def image():
    """The lines of the Dockerfile as (word, rest), continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (HOME / "Dockerfile").read_text())
    return [tuple(line.split(" ", 1)) for line in text.splitlines() if line and line[0] != "#"]


def told(lines, word):
    return [rest for first, rest in lines if first == word]


def test_the_image_holds_what_the_server_runs_on_and_nothing_else(image):
    copied = [words.split()[:-1] for words in told(image, "COPY") if not words.startswith("--from")]
    ours = {name for names in copied for name in names}
    assert all((HOME / name).exists() for name in ours)
    let_in = {line[1:] for line in (HOME / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == ours
    assert {"app.py", "gunicorn.conf.py", "messenger", "migrations", "static", "templates"} <= ours


def test_the_image_runs_as_nobody_special_and_keeps_one_volume(image):
    words = [first for first, _ in image]
    assert words.index("USER") < words.index("CMD")
    assert told(image, "USER") == ["messenger"]
    assert told(image, "VOLUME") == ["/data"]
    environment = dict(pair.split("=", 1) for line in told(image, "ENV") for pair in line.split())
    assert set(environment) <= NAMES | GIVEN
    assert environment["INSTANCE_DIR"] == "/data"
    assert told(image, "EXPOSE") == [environment["PORT"]]
    settings = load({**environment, "ENV_FILE": "/dev/null", "INSTANCE_DIR": "instance"} | {"SECRET_KEY": SECRET})
    assert settings.bind == "0.0.0.0:8000"


def test_every_python_is_the_one_of_the_version_file(image):
    version = (HOME / ".python-version").read_text().strip()
    assert {words.split()[0] for words in told(image, "FROM")} == {f"python:{version}-slim"}


def test_the_health_check_of_the_image_can_be_run(image, server):
    (line,) = told(image, "HEALTHCHECK")
    command = json.loads(line.partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "HEALTHCHECK", "exec")
    asked = re.search(r"(/\w+)\\?\"", command[2])[1]
    assert server.get(asked)[0] == 200


def test_compose_gives_the_messenger_settings_that_fit(compose):
    said = compose["services"]["messenger"]["environment"]
    filled = {name: filling(str(value)) for name, value in said.items()}
    assert set(filled) <= NAMES
    settings = load({**filled, "ENV_FILE": "/dev/null"})
    assert settings.database_url.startswith("postgresql+psycopg://messenger:secret@database/")
    assert settings.storage_url.startswith("s3://messenger:secret@store:8333/messenger")


def test_compose_has_every_part_it_names(compose):
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"], name
        assert "build" in service or re.search(r":\d", service["image"]), f"{name} has no fixed version"
    hosts = set(re.findall(r"@(\w+)[:/]|redis://(\w+):", json.dumps(services["messenger"]["environment"])))
    assert {next(filter(None, found)) for found in hosts} <= set(services)
    assert services["messenger"]["volumes"] == ["messenger:/data"]
    assert services["messenger"]["ports"] == ["127.0.0.1:8000:8000"]
    json.loads(filling(compose["configs"]["store"]["content"]))


def filling(text):
    """As compose would replace variables when only the secrets are set."""
    text = re.sub(r"\$\{(\w+):-([^}]*)\}", r"\2", text)
    text = text.replace("${SECRET_KEY:?see docs/deploy.md}", SECRET)
    text = re.sub(r"\$\{\w+(:\?[^}]*)?\}", "secret", text)
    assert "$" not in text
    return text


def test_render_s_blueprint_names_what_is_there(image):
    (service,) = yaml.safe_load((HOME / "render.yaml").read_text())["services"]
    assert (service["runtime"], service["healthCheckPath"]) == ("docker", "/healthz")
    assert service["disk"]["mountPath"] == told(image, "VOLUME")[0]
    given = {line["key"]: line.get("value", SECRET) for line in service["envVars"]}
    assert set(given) <= NAMES
    assert load({**given, "RENDER": "true", "ENV_FILE": "/dev/null"}).platform == "Render"


def test_fly_s_file_names_what_is_there(image, client):
    told_fly = tomllib.loads((HOME / "fly.toml").read_text())
    assert (HOME / told_fly["build"]["dockerfile"]).exists()
    assert set(told_fly["env"]) <= NAMES
    assert [mount["destination"] for mount in told_fly["mounts"]] == told(image, "VOLUME")
    service = told_fly["http_service"]
    assert [str(service["internal_port"])] == told(image, "EXPOSE")
    for check in service["checks"]:
        assert client.get(check["path"]).status_code == 200
    assert load({**told_fly["env"], "FLY_APP_NAME": "x", "SECRET_KEY": SECRET}).trusted_proxies == 1


def test_heroku_s_and_dokku_s_file_names_what_is_there(client):
    app = json.loads((HOME / "app.json").read_text())
    assert set(app["env"]) <= NAMES
    for check in app["healthchecks"]["web"]:
        assert client.get(check["path"]).status_code == 200
    lines = dict(line.split(": ", 1) for line in (HOME / "Procfile").read_text().splitlines())
    assert set(app["formation"]) <= set(lines)


def test_only_a_mounted_volume_outlives_a_platform_s_restart(tmp_path):
    inside = Path("/proc/self")  # whatever else the machine has mounted, this is
    assert not disks.is_wiped("", tmp_path, HOME)
    assert not disks.is_wiped("Fly", inside, HOME)
    assert disks.is_wiped("Heroku", inside, HOME)
    assert disks.is_wiped("Fly", HOME / "instance", HOME)


def test_the_papers_name_only_settings_and_files_that_exist():
    text = (HOME / "docs" / "deploy.md").read_text()
    for name in re.findall(r"^([A-Z][A-Z_]+)=", text, re.MULTILINE):
        assert name in NAMES, name
    for target in re.findall(r"\]\(([\w/.]+)\)", text):
        assert (HOME / "docs" / target).exists(), target
    unit = text.partition("[Service]")[2].partition("```")[0]
    assert "ExecStart=/srv/messenger/app/.venv/bin/python -m gunicorn" in unit
    nginx = text.partition("```nginx")[2].partition("```")[0]
    assert nginx.count("{") == nginx.count("}")
    for needed in (
        "Upgrade $http_upgrade",
        "Connection $connection_upgrade",
        "X-Forwarded-Proto $scheme",
        "Host $host",
    ):
        assert f"proxy_set_header {needed};" in nginx
