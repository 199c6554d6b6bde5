"""What the environment may say, what is made of it, and how mistakes are told."""

import dataclasses
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from messenger.settings import Settings, SettingsWrong, checks, load, paper
from messenger.settings.table import Table
from tests.fixtures.server import environment_of

HOME = Path(__file__).resolve().parents[1]
SECRET = "correct horse battery staple, and some more"


@pytest.fixture
def said(tmp_path):
    """An environment that reads a `.env` of this test and keeps things in a folder of this test."""
    return {"ENV_FILE": str(tmp_path / ".env"), "INSTANCE_DIR": str(tmp_path / "instance")}


def mistakes(said):
    with pytest.raises(SettingsWrong) as wrong:
        load(said)
    return wrong.value.mistakes


def test_an_empty_environment_makes_a_local_server(said, tmp_path):
    settings = load(said)
    assert settings.bind == "127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/messenger.db"
    assert settings.sqlite_path == tmp_path / "instance" / "messenger.db"
    assert settings.storage_url == f"{tmp_path}/instance/files"
    assert (settings.registration, settings.limits, settings.log_format) == ("open", True, "console")
    assert settings.warnings() == []


def test_the_secret_is_made_once_and_readable_by_its_owner_only(said, tmp_path):
    first, second = load(said), load(said)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "instance" / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700
    assert load(said | {"INSTANCE_DIR": str(tmp_path / "other")}).secret_key != first.secret_key


@pytest.mark.security("settings")
def test_processes_that_start_together_keep_the_same_secret(said):
    script = "from messenger.settings import load; print(load().secret_key)"
    start = [sys.executable, "-c", script]
    environment = environment_of(Path(said["INSTANCE_DIR"]))
    several = [subprocess.Popen(start, cwd=HOME, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in several}) == 1


def test_all_mistakes_are_told_at_once_in_plain_words(said):
    wrong = {"PORT": "eighty", "MAX_UPLOAD_MB": "0", "REGISTRATION": "maybe", "LIMITS": "perhaps", "LOG_LEVEL": "loud"}
    assert mistakes(said | wrong) == [
        "PORT: must be a whole number.",
        "REGISTRATION: must be one of open, invite, closed.",
        "MAX_UPLOAD_MB: must lie between 1 and 10240.",
        "LIMITS: must be on or off.",
        "LOG_LEVEL: must be one of debug, info, warning, error.",
    ]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"HTTP_HOST": "8080"}, "HTTP_HOST"),
        ({"HTTP_HOST": ":99999"}, "HTTP_HOST"),
        ({"BASE_URL": "chat.example.org"}, "BASE_URL"),
        ({"BASE_URL": "https://example.org/chat"}, "BASE_URL"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://ann:a#b:c@host:port/x"}, "DATABASE_URL"),
        ({"DATABASE_REPLICA_URL": "sqlite:///x.db"}, "DATABASE_REPLICA_URL"),
        ({"DATABASE_REPLICA_URL": "postgres://host/copy"}, "DATABASE_REPLICA_URL"),
        ({"DATABASE_CONNECTIONS": "2"}, "DATABASE_CONNECTIONS"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
        ({"STORAGE_URL": "ftp://x"}, "STORAGE_URL"),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org"}, "SMTP_URL"),
        ({"MAIL_FROM": "somebody"}, "MAIL_FROM"),
        ({"ADMIN_LOGIN": "ann"}, "ADMIN_LOGIN"),
        ({"ADMIN_LOGIN": "ann", "ADMIN_PASSWORD": "short"}, "ADMIN_PASSWORD"),
        ({"METRICS": "short"}, "METRICS"),
        ({"DEFAULT_LANGUAGE": "English, please"}, "DEFAULT_LANGUAGE"),
        ({"WEB_CONCURRENCY": "2"}, "WEB_CONCURRENCY"),
        ({"WEB_CONCURRENCY": "2", "DATABASE_URL": "sqlite:///x.db"}, "WEB_CONCURRENCY"),
        ({"WEB_CONCURRENCY": "2", "DATABASE_URL": "sqlite:///x.db", "REDIS_URL": "redis://h"}, "WEB_CONCURRENCY"),
        ({"REDIS_URL": "http://h"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://h:no"}, "REDIS_URL"),
        ({"REDIS_URL": "redis+cluster://h:7000,h:no"}, "REDIS_URL"),
        ({"REDIS_URL": "redis+sentinel://h:1,h:2"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://h?ssl_cert_reqs=none"}, "REDIS_URL: ssl_cert_reqs is of use with rediss:// only"),
        ({"REDIS_URL": "rediss://h?ssl_cert_reqs=CERT_NONE"}, "REDIS_URL: ssl_cert_reqs must be one of none"),
        ({"REDIS_URL": "rediss://h?ssl_ca_certs=/not/there"}, "REDIS_URL: ssl_ca_certs names a file that is not there"),
        ({"REDIS_URL": "rediss://h?ssl_check_hostname=maybe"}, "REDIS_URL: ssl_check_hostname must be true"),
        ({"REDIS_URL": "rediss://h?ssl_authority=/x"}, "REDIS_URL: ssl_authority is not known"),
        ({"REDIS_URL": "rediss://[h/0"}, "REDIS_URL"),
    ],
)
def test_each_rule_names_its_variable_and_only_that(said, wrong, name):
    told = mistakes(said | wrong)
    assert len(told) == 1
    assert told[0].startswith(name)


def test_several_workers_are_served_with_postgresql_and_redis(said):
    several = {"WEB_CONCURRENCY": "2", "DATABASE_URL": "postgres://h/x"}
    assert load(said | several).web_concurrency == 2, "PostgreSQL is a bus, too"
    for bus in (
        "redis://h", "rediss://:secret@h:1", "rediss://h?ssl_cert_reqs=required&ssl_check_hostname=false",
        "redis+sentinel://h:1,h:2/name?sentinel_password=s", "rediss+sentinel://h:1/name",
        "redis+cluster://:s@h:1,h:2", "rediss+cluster://h?ssl_cert_reqs=none", "unix:///run/redis.sock?db=1",
    ):  # fmt: skip
        assert load(said | several | {"REDIS_URL": bus}).redis_url == bus


@pytest.mark.security("settings")
@pytest.mark.parametrize("sign", ["DYNO", "RENDER", "FLY_APP_NAME", "RAILWAY_ENVIRONMENT", "K_SERVICE"])
def test_a_platform_must_be_given_its_secret(said, tmp_path, sign):
    assert mistakes(said | {sign: "x"})[0].startswith("SECRET_KEY: must be given on ")
    assert not (tmp_path / "instance").exists(), "nothing is made where nothing is kept"
    settings = load(said | {sign: "x", "SECRET_KEY": SECRET})
    assert (settings.host, settings.log_format) == ("0.0.0.0", "json")
    assert len(settings.warnings()) == 2, "database and files on a disk that will be wiped"


@pytest.mark.security("settings")
def test_secrets_are_never_shown(said):
    given = {
        "SECRET_KEY": SECRET, "JWT_KEY": "jwt-sesame", "ADMIN_LOGIN": "ann", "ADMIN_PASSWORD": "admin-sesame",
        "DATABASE_URL": "postgres://ann:db-sesame@h/x", "REDIS_URL": "redis://:redis-sesame@h",
        "STORAGE_URL": "s3://k:s3-sesame@h/b", "SMTP_URL": "smtp://a:mail-sesame@h", "BASE_URL": "http://h",
        "METRICS": "metrics-sesame-metrics",
    }  # fmt: skip
    settings = load(said | given)
    assert "sesame" in settings.database_url, "the forbidden thing exists"
    for shown in (repr(settings), str(settings), f"{settings}", str(settings.spoken())):
        assert "sesame" not in shown
        assert SECRET not in shown
    wrong = given | {"SECRET_KEY": "sesame", "REDIS_URL": "sesame", "METRICS": "sesame", "ADMIN_PASSWORD": "sesame"}
    assert "sesame" not in " ".join(mistakes(said | wrong))


def test_the_file_beside_the_app_is_read_and_the_environment_wins(said):
    Path(said["ENV_FILE"]).write_text("PORT=9001\nMAX_UPLOAD_MB=7\nREGISTRATION=\n")
    settings = load(said | {"PORT": "9002"})
    assert (settings.port, settings.max_upload_mb, settings.registration) == (9002, 7, "open")


SEED = """JWT_KEY=your-jwt-encryption-key
JWT_EXP=60 // jwt expiration time in minutes

HTTP_HOST=":8080" // http serving port
"""


def test_the_seed_s_own_file_is_understood(said):
    Path(said["ENV_FILE"]).write_text(SEED)
    settings = load(said)
    assert (settings.jwt_key, settings.jwt_exp, settings.bind) == ("your-jwt-encryption-key", 60, "127.0.0.1:8080")


def test_what_flask_has_loaded_from_the_file_before_us_is_not_taken_for_the_environment(said):
    Path(said["ENV_FILE"]).write_text(SEED)
    assert load(said | {"JWT_EXP": "60 // jwt expiration time in minutes"}).jwt_exp == 60


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('SITE_NAME="a // b"', "a // b"),
        ('SITE_NAME="a // b" // c', "a // b"),
        ("SITE_NAME='a' // c", "a"),
        ("SITE_NAME=a b // c // d", "a b"),
        ("SITE_NAME=a//b", "a//b"),
        ("SITE_NAME=a # b", "a"),
        ("export SITE_NAME=a // b", "a"),
        ("\ufeffSITE_NAME=a", "a"),
        ("SITE_NAME=$HOME", "$HOME"),
        ("SITE_NAME=a\r", "a"),
        ("SITE_NAME=// nothing", "// nothing"),
        ("not a line at all\nSITE_NAME=a", "a"),
    ],
)
def test_comments_and_quotes_in_the_file(said, line, value):
    Path(said["ENV_FILE"]).write_text(line + "\n", encoding="utf-8")
    assert load(said).site_name == value


@pytest.mark.parametrize(
    ("given", "bind"),
    [
        ({"HTTP_HOST": ":8080"}, "127.0.0.1:8080"),
        ({"HTTP_HOST": "0.0.0.0:8080"}, "0.0.0.0:8080"),
        ({"HTTP_HOST": ":8080", "PORT": "8000"}, "127.0.0.1:8000"),
        ({"HTTP_HOST": "0.0.0.0:8080", "HOST": "10.0.0.1"}, "10.0.0.1:8080"),
        ({"HTTP_HOST": "[::1]:8080"}, "[::1]:8080"),
        ({"HOST": "::", "PORT": "0"}, "[::]:0"),
    ],
)
def test_where_the_server_listens(said, given, bind):
    assert load(said | given).bind == bind


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://a:b@h/x", "postgresql+psycopg://a:b@h/x"),
        ("postgresql://h/x?sslmode=require", "postgresql+psycopg://h/x?sslmode=require"),
        ("sqlite:////var/lib/chat.db", "sqlite:////var/lib/chat.db"),
    ],
)
def test_database_addresses_as_hosts_give_them(said, given, url):
    assert load(said | {"DATABASE_URL": given}).database_url == url


def test_a_relative_database_file_lies_in_the_instance_folder(said, tmp_path):
    settings = load(said | {"DATABASE_URL": "sqlite:///chat.db"})
    assert settings.sqlite_path == tmp_path / "instance" / "chat.db"


def test_an_instance_folder_that_cannot_be_made_is_one_clear_line(said, tmp_path):
    (tmp_path / "file").write_text("")
    told = mistakes(said | {"INSTANCE_DIR": str(tmp_path / "file" / "instance")})
    assert told == [f"INSTANCE_DIR: {tmp_path}/file/instance cannot be used: Not a directory."]


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.for_tests().port = 1


def test_a_short_jwt_key_makes_a_key_of_full_length():
    short = Settings.for_tests(jwt_key="abc")
    assert len(short.jwt_secret) == 32
    assert short.jwt_secret != Settings.for_tests().jwt_secret


def test_lifted_limits_are_warned_of():
    assert "LIMITS=off" in Settings.for_tests(limits=False).warnings()[0]


def test_the_papers_say_what_the_table_says():
    again = "type: python -m messenger.settings docs"
    assert (HOME / "docs" / "settings.md").read_text() == paper.page(), again
    assert (HOME / ".env.example").read_text() == paper.example(), again


def test_the_example_file_changes_nothing_when_all_of_it_is_taken(said):
    lines = [line.removeprefix("#") for line in paper.example().splitlines() if "=" in line and line[1:2].isupper()]
    assert len(lines) == len(dataclasses.fields(Table))
    Path(said["ENV_FILE"]).write_text("\n".join(line for line in lines if not line.startswith("INSTANCE_DIR")))
    assert load(said) == load(said | {"ENV_FILE": os.devnull})


def test_every_variable_is_explained_in_one_sentence():
    for variable in dataclasses.fields(Table):
        assert variable.metadata["about"].endswith("."), variable.name
        assert variable.type in (str, int, bool), variable.name


def test_every_rule_is_asked():
    assert len(checks.RULES) == len({rule.__name__ for rule in checks.RULES}) >= 7


@pytest.mark.parametrize("command", [["gunicorn"], ["flask", "routes"], ["messenger.settings"]])
def test_every_way_to_start_leaves_with_78_and_the_same_words(tmp_path, command):
    environment = environment_of(tmp_path, SECRET_KEY="short", BASE_URL="x")
    start = [sys.executable, "-m", *command]
    done = subprocess.run(start, cwd=HOME, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == os.EX_CONFIG
    assert done.stderr.startswith("The settings do not fit:\n  - SECRET_KEY: must have at least 32 bytes.")
    assert "  - BASE_URL: must look like" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
