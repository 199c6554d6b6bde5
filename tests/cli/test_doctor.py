"""flask doctor finds what is wrong by its name, says what cures it, and nothing when all is well."""

import json
import shutil
import socket
import sqlite3
import threading
import time
from dataclasses import replace
from email.utils import formatdate

import pytest
from sqlalchemy import event

from messenger import create_app
from messenger.cli.doctor import bounds, cures, disk, sqlite
from messenger.cli.doctor.command import CHECKS
from messenger.core import attachments
from messenger.settings import Settings
from tests.core.files import pieces
from tests.core.world import World
from tests.fixtures.apps import leave
from tests.fixtures.proxy import GOOD, certificate
from tests.fixtures.server import Server

SECRET = "0f3b9c5a7d1e8264c0b9e1f7a2d4683508fbd5c17e93a64b2d7f10e4c8a956b3"
DEAD = "127.0.0.1:1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An instance folder as it should be."""
    folder = tmp_path_factory.mktemp("well") / "instance"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def served(folder, blank_database):
    """The port of a server in that folder."""
    server = Server(folder, blank_database, SECRET_KEY=SECRET, TRUSTED_PROXIES="1").start()
    yield server.port
    server.kill()


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
def instance(tmp_path, blank_database):
    """A folder of its own, as it should be, with an empty database."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    shutil.copy(blank_database, folder / "messenger.db")
    return folder


def test_nothing_is_said_when_all_is_well(doctor, folder, served, proxied):
    good = proxied(served)
    settings = {"instance_dir": str(folder), "port": served, "trusted_proxies": 1, "base_url": good.url}
    assert doctor(**settings) == {}
    app = create_app(Settings.for_tests(secret_key=SECRET, **settings))
    result = app.test_cli_runner().invoke(args=["doctor"])
    leave(app)
    assert (result.exit_code, result.stdout) == (0, "")


IN_FRONT = {
    "proxy-for-missing": {"adds": {"X-Forwarded-Proto": "http"}},
    "proxy-count": {"adds": GOOD | {"X-Forwarded-For": "10.0.0.1, 127.0.0.1"}},
    "proxy-host": {"adds": GOOD | {"Host": "backend.internal"}},
    "proxy-body": {"largest": 1024 * 1024},
    "websocket-blocked": {"drops": ("upgrade", "connection")},
    "clock-off": {"says": {"Date": formatdate(time.time() - 3600, usegmt=True)}},
}


@pytest.mark.parametrize("name", IN_FRONT)
def test_a_proxy_that_is_set_up_badly_is_found_and_cured(doctor, folder, served, proxied, name):
    bad = proxied(served, **IN_FRONT[name])
    found = doctor(instance_dir=str(folder), port=served, trusted_proxies=1, base_url=bad.url)
    assert name in found
    assert found[name]["cures"]


def test_https_that_the_server_does_not_hear_of_is_found(doctor, folder, served, proxied, self_signed):
    silent = proxied(served, adds={"X-Forwarded-For": "127.0.0.1"}, certificate=self_signed)
    found = doctor(instance_dir=str(folder), port=served, trusted_proxies=1, base_url=silent.url)
    assert {"proxy-scheme", "certificate"} <= found.keys()
    assert "self-signed" in found["certificate"]["says"]
    nginx = next(cure["lines"] for cure in found["proxy-scheme"]["cures"] if cure["place"] == "nginx")
    assert "    proxy_set_header X-Forwarded-Proto $scheme;" in nginx
    safe = proxied(served, adds=GOOD | {"X-Forwarded-Proto": "https"})
    found = doctor(instance_dir=str(folder), port=served, trusted_proxies=1, base_url=safe.url)
    assert "cookie-not-secure" in found


def test_who_answers_may_be_nobody_or_somebody_else(doctor, folder, served, instance):
    assert "server-silent" in doctor(instance_dir=str(instance), port=1)
    assert "base-url-silent" in doctor(instance_dir=str(instance), base_url=f"http://{DEAD}")
    other = {"instance_dir": str(instance), "secret_key": SECRET[::-1]}
    found = doctor(port=served, base_url=f"http://127.0.0.1:{served}", **other)
    assert {"port-taken", "base-url-elsewhere"} <= found.keys()
    assert "port-open" in doctor(instance_dir=str(folder), port=served, host="0.0.0.0", trusted_proxies=1)


def say(words):
    """A mail server that says one line to whoever comes: its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _ = listener.accept()
        with line, line.makefile("rb") as heard:
            for answer in words:
                line.sendall(answer)
                heard.readline()
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


NO_ENTRANCE = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"535 no\r\n", b"221 bye\r\n")


def open_secret(folder):
    """The secret, for everybody on the machine to read."""
    file_of(folder, "secret_key", SECRET)
    (folder / "secret_key").chmod(0o644)


def settings_of(**settings):
    """A fault that is only a setting."""
    return lambda folder: (settings, None)


def with_people(*changes):
    """People who have registered, and what was done to them afterwards, by SQL."""

    def plant(folder):
        with World(f"sqlite:///{folder / 'messenger.db'}", folder) as world:
            ann = world.person("ann")
            if "file" in changes:
                kept = attachments.receive(ann, "a.txt", pieces(b"words"))
                world.app.extensions["storage"].drop(kept.key)
        file = sqlite3.connect(folder / "messenger.db")
        for change in changes:
            if change != "file":
                file.execute(change)
        file.commit()
        file.close()
        return {}, None

    return plant


def on_disk(change, **settings):
    """Something done to the folder."""

    def plant(folder):
        change(folder)
        return settings, None

    return plant


def forgetful(app):
    """As if somebody had told SQLite to hurry."""
    writer = app.extensions["writer"].engine
    event.listen(writer, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))


def damage(folder):
    path = folder / "messenger.db"
    content = bytearray(path.read_bytes())
    content[8192:24576] = b"\xff" * 16384
    path.write_bytes(content)


def schema_is(revision):
    return f"UPDATE alembic_version SET version_num = '{revision}'"


def file_of(folder, name, content="x"):
    (folder / name).write_text(content)
    return str(folder / name)


FAULTS = {
    "secret-weak": settings_of(secret_key="abcabcabcabcabcabcabcabcabcabcabcabc"),
    "jwt-key-weak": settings_of(jwt_key="secret"),
    "secret-readable": on_disk(open_secret),
    "instance-readable": on_disk(lambda folder: folder.chmod(0o755)),
    "schema-missing": on_disk(lambda folder: (folder / "messenger.db").unlink()),
    "schema-newer": with_people(schema_is("9999")),
    "schema-old": with_people(schema_is("0001")),
    "database-silent": settings_of(database_url=f"postgres://ann:sesame@{DEAD}/none"),
    "sqlite-forgets": lambda folder: ({}, forgetful),
    "sqlite-damaged": on_disk(damage),
    "storage-refuses": lambda folder: ({"storage_url": file_of(folder, "no-folder")}, None),
    "files-missing": with_people("file"),
    "database-wiped": settings_of(platform="Heroku"),
    "uploads-wiped": settings_of(platform="Heroku"),
    "backups-wiped": settings_of(platform="Heroku", backup_every=24),
    "base-url-missing": settings_of(platform="Render"),
    "bus-silent": settings_of(redis_url=f"redis://:sesame@{DEAD}/0"),
    "limits-off": settings_of(limits=False),
    "log-debug": settings_of(log_level="debug", platform="Fly"),
    "ping-slow": settings_of(ping_seconds=50, platform="Railway"),
    "trusted-hosts-exclude": settings_of(trusted_hosts="a.example", base_url=f"http://{DEAD}"),
    "mail-silent": settings_of(smtp_url=f"smtp://ann:sesame@{DEAD}"),
    "mail-refused": lambda folder: ({"smtp_url": f"smtp://ann:sesame@127.0.0.1:{say(NO_ENTRANCE)}"}, None),
    "no-administrator": with_people("UPDATE users SET is_admin = 0"),
    "backup-missing": lambda folder: (
        {"base_url": f"http://{DEAD}"}, with_people("UPDATE users SET created_at = 1")(folder)[1]
    ),
    "backup-late": on_disk(
        lambda folder: ((folder / "backups").mkdir(),
                        file_of(folder / "backups", "messenger-20200101-000000-000000.tar.gz")),
        backup_every=24,
    ),
    "backup-silent": settings_of(backup_to=f"s3://key:sesame@{DEAD}/bucket?tls=off"),
    "replica-silent": settings_of(database_replica_url=f"postgresql+psycopg://ann:sesame@{DEAD}/none"),
    "not-https": settings_of(base_url="http://chat.invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_by_its_name(doctor, instance, name):
    settings, plant = FAULTS[name](instance)
    found = doctor(plant, instance_dir=str(instance), **settings)
    assert name in found
    assert found[name]["cures"], "what cures it is said too"
    assert "sesame" not in json.dumps(found)


@pytest.mark.parametrize("form", ["redis+sentinel://{0}/one", "rediss+cluster://{0},{0}"])
def test_a_silent_redis_is_found_in_every_form(doctor, instance, form):
    assert "bus-silent" in doctor(instance_dir=str(instance), redis_url=form.format(DEAD))


def test_a_redis_whose_certificate_is_not_trusted_is_found(doctor, instance, valkey, tunnelled, self_signed, tmp_path):
    address = tunnelled(valkey.port, certificate=self_signed).redis_url
    elsewhere = certificate(tmp_path / "elsewhere.pem")

    def found(asked):
        return doctor(instance_dir=str(instance), redis_url=address + asked).keys() & {"bus-silent", "bus-certificate"}

    assert found(f"?ssl_ca_certs={elsewhere}") == {"bus-certificate"}
    assert found("") == set(), "platforms sign theirs themselves"


def test_postgresql_that_forgets_and_has_too_little_room_is_found(doctor, postgres, tmp_path):
    found = doctor(database_url=postgres.blank().replace("postgresql://", "postgresql+psycopg://"), database_pool=200)
    assert {"postgresql-forgets", "database-connections"} <= found.keys()


def test_what_only_the_machine_can_lack_is_found_too(doctor, instance, monkeypatch):
    monkeypatch.setattr(bounds.resource, "getrlimit", lambda kind: (256, 256))
    monkeypatch.setattr(sqlite.sqlite3, "sqlite_version_info", (3, 7, 17))
    mounts = instance / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/export {instance.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(sqlite, "MOUNTS", mounts)
    real = disk.os.statvfs
    small = type("Small", (), {"f_bavail": 10, "f_frsize": 4096, "f_files": 0, "f_favail": 0})
    monkeypatch.setattr(disk.os, "statvfs", lambda path: small if str(path) == str(instance) else real(path))
    found = doctor(instance_dir=str(instance))
    assert {"open-files", "sqlite-old", "sqlite-far", "disk-nearly-full"} <= found.keys()


def test_every_fault_has_lines_for_every_place_where_the_place_decides(doctor, instance):
    found = doctor(instance_dir=str(instance), platform="Heroku")
    for name in ("database-wiped", "uploads-wiped", "base-url-missing"):
        assert {"Heroku", "Fly", "Render", "Railway", "Dokku"} <= {cure["place"] for cure in found[name]["cures"]}
    places = {cure.place for cure in cures.proxy(8000)}
    assert places == {"nginx", "Caddy", "Heroku", "Fly", "Render", "Railway", "Dokku"}


def test_the_text_names_the_fault_and_the_line_for_where_we_are(instance):
    settings = replace(Settings.for_tests(instance_dir=str(instance), secret_key=SECRET), platform="Heroku")
    app = create_app(settings)
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert "heroku addons:create heroku-postgresql" in result.stdout
    assert "dokku" not in result.stdout
    result = app.test_cli_runner().invoke(args=["doctor", "--for", "dokku"])
    assert "dokku postgres:create messenger" in result.stdout
    leave(app)


def test_twenty_faults_and_more_are_planted():
    assert len(CHECKS) > 15
    assert len({*FAULTS, *IN_FRONT}) >= 30
