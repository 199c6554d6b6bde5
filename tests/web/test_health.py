"""Whether the server lives, whether it is ready, which release it is."""

import sqlite3
import tomllib
from pathlib import Path

from messenger.version import VERSION
from messenger.web import health

HOME = Path(__file__).resolve().parents[2]


def test_a_living_server_says_so_and_nothing_else(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_server_is_ready_when_every_check_passes(app, client):
    app.extensions["checks"] = {}
    health.add_check(app, "database", lambda: None)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "checks": {"database": "ok"}})


def test_a_failing_check_is_named_but_its_reason_stays_in_the_log(app, client, capsys):
    def broken():
        raise OSError("cannot connect to postgres://ann:sesame@db/x")

    app.extensions["checks"] = {}
    health.add_check(app, "database", broken)
    health.add_check(app, "storage", lambda: None)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "checks": {"database": "failed", "storage": "ok"}}
    assert client.get("/healthz").status_code == 200, "a process that lives is not killed for its database"
    assert "sesame" not in capsys.readouterr().out


def test_the_version_is_the_same_everywhere(client):
    assert client.get("/version").json == {"name": "messenger", "version": VERSION}
    assert tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["version"] == VERSION
    assert f"## {VERSION}" in (HOME / "CHANGELOG.md").read_text()


def test_database_and_schema_are_looked_at(app, client):
    assert client.get("/readyz").json["checks"].items() >= {"database": "ok", "schema": "ok", "storage": "ok"}.items()
    with sqlite3.connect(app.extensions["settings"].sqlite_path) as file:
        file.execute("UPDATE alembic_version SET version_num = 'from the future'")
    app.extensions["readiness"].clear()
    assert client.get("/readyz").json["checks"]["schema"] == "ok", "the next version's schema only adds to ours"
    with sqlite3.connect(app.extensions["settings"].sqlite_path) as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
    app.extensions["readiness"].clear()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"].items() >= {"database": "ok", "schema": "failed"}.items()
    assert client.get("/healthz").status_code == 200


def test_a_missing_database_file_is_seen(app, client):
    path = app.extensions["settings"].sqlite_path
    path.rename(path.with_suffix(".gone"))
    path.mkdir()
    assert client.get("/readyz").status_code == 503


def test_a_flood_of_questions_costs_one_look(app, client):
    looked = []
    app.extensions["checks"] = {}
    health.add_check(app, "database", lambda: looked.append(1))
    assert {client.get("/readyz").status_code for _ in range(20)} == {200}
    assert len(looked) < 20
    app.extensions["readiness"]["until"] = 0
    client.get("/readyz")
    assert len(looked) >= 2


def test_only_get_is_understood(client):
    assert client.post("/healthz").status_code == 405
    assert "GET" in client.post("/healthz").headers["Allow"]


def test_two_apps_share_no_checks(app, client, settings):
    from messenger import create_app

    health.add_check(app, "mine", lambda: None)
    other = create_app(settings)
    assert "mine" in client.get("/readyz").json["checks"]
    assert "mine" not in other.test_client().get("/readyz").json["checks"]
