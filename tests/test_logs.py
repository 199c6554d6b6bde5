"""Log lines: one per event, with the request's id, without anybody's secrets."""

import json
import logging

import pytest
import structlog

from messenger import create_app, logs
from messenger.settings import Settings

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def lines(capsys, instance):
    """What was logged since begin(), as objects."""
    settings = Settings.for_tests(instance_dir=str(instance), log_format="json")

    class Lines:
        def begin(self):
            logs.configure(settings)
            capsys.readouterr()

        def __call__(self):
            return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return Lines()


@pytest.mark.security("logs")
@pytest.mark.parametrize(
    "said",
    [
        {"password": "sesame"},
        {"token": "sesame"},
        {"Authorization": "Bearer sesame"},
        {"cookie": "sessionToken=sesame"},
        {"sessionToken": "sesame"},
        {"text": "sesame"},
        {"message_body": "sesame"},
        {"secret_key": "sesame"},
        {"form": {"login": "ann", "password": "sesame"}},
        {"path": "/ws/chat/room/?token=sesame&x=1"},
        {"path": "/dialog/ann/ws?since=4&token=sesame"},
        {"header": "Authorization: Bearer sesame"},
        {"header": "Bearersesame"},
        {"path": "/reset?pass=sesame"},
        {"path": "/?tab=register&invitation=sesame"},
        {"body_said": '{"password": "sesame"}'},
        {"url": "postgres://ann:sesame@host/x"},
        {"url": "redis://:sesame@host"},
        {"frame": b"sesame"},
        {"several": ["a", "password=sesame"]},
    ],
    ids=lambda said: next(iter(said)),
)
def test_secrets_do_not_reach_the_log(lines, said):
    lines.begin()
    structlog.get_logger("x").info("something", **said)
    logging.getLogger("y").warning("something %s", said)
    ours, theirs = lines()
    assert "sesame" not in json.dumps([ours]), said
    assert "***" in json.dumps(ours), said
    assert theirs["event"].startswith("something")


@pytest.mark.security("logs")
def test_libraries_lines_and_tracebacks_are_cleaned_too(lines):
    lines.begin()
    try:
        raise RuntimeError(f"cannot read token={TOKEN}")
    except RuntimeError:
        logging.getLogger("somebody").exception("at /x?token=sesame with %s", TOKEN)
    (line,) = lines()
    assert "sesame" not in json.dumps(line)
    assert TOKEN not in json.dumps(line)
    assert "RuntimeError" in line["exception"]


def test_ordinary_words_stay(lines):
    lines.begin()
    structlog.get_logger("x").info("started", address="127.0.0.1", path="/keys/token", count=3, ok=True, name="ключ")
    (line,) = lines()
    assert {
        "address": "127.0.0.1",
        "path": "/keys/token",
        "count": 3,
        "ok": True,
        "name": "ключ",
    }.items() <= line.items()
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_a_new_line_in_a_value_cannot_forge_a_line(lines):
    lines.begin()
    structlog.get_logger("x").info("said", name='ann"}\n{"event":"forged"')
    assert [line["event"] for line in lines()] == ["said"]


def test_the_level_is_the_settings(capsys, instance):
    logs.configure(Settings.for_tests(instance_dir=str(instance), log_level="warning"))
    structlog.get_logger("x").info("quiet")
    structlog.get_logger("x").warning("loud")
    assert "quiet" not in (said := capsys.readouterr().out)
    assert "loud" in said


def test_each_request_has_an_id_and_one_line_without_its_query(instance, capsys):
    client = create_app(Settings.for_tests(instance_dir=str(instance), log_format="json")).test_client()
    answer = client.get("/version?token=sesame", headers={"X-Request-ID": "router-4711"})
    answer.close()
    assert answer.headers["X-Request-ID"] == "router-4711"
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"request"' in line]
    assert (line["request_id"], line["method"], line["path"], line["status"]) == ("router-4711", "GET", "/version", 200)
    assert "sesame" not in json.dumps(line)


@pytest.mark.parametrize("asked", ["", "a" * 65, "a b", "ä", "../x", "<script>", "-x"])
def test_an_id_that_is_no_id_is_replaced(instance, asked):
    client = create_app(Settings.for_tests(instance_dir=str(instance))).test_client()
    given = client.get("/version", headers={"X-Request-ID": asked}).headers["X-Request-ID"]
    assert given != asked
    assert len(given) == 32


def test_two_requests_have_two_ids(client):
    assert client.get("/version").headers["X-Request-ID"] != client.get("/version").headers["X-Request-ID"]


def test_a_health_check_leaves_no_line(instance, capsys):
    client = create_app(Settings.for_tests(instance_dir=str(instance))).test_client()
    client.get("/healthz").close()
    client.get("/version").close()
    assert "/version" in (said := capsys.readouterr().out)
    assert "/healthz" not in said
